"""Few calls for a wrong key, and no storm of retries in an outage."""

import threading
from collections.abc import Callable

import httpx
import pytest

from tests.support.faults.script import Script, client_on, cluster_reply, refusal
from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.limits import MINUTE, RetryQuota
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import ApiError, AuthError, Cancelled, NotFoundError, ServerError


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_key_costs_one_call(status: int) -> None:
    """After the key was refused once, every later call fails here with the same text."""
    script = Script(refusal(status, "Bad credentials"))
    with client_on(script) as client:
        with pytest.raises(AuthError) as first:
            client.rate_limit()
        for _ in range(5):
            with pytest.raises(AuthError) as later:
                client.jobs.run(cluster_id=1, package_id=2)
            assert later.value.message == first.value.message
            assert later.value.status == status
    assert script.calls == 1


def test_wrong_key_on_a_create_costs_one_call() -> None:
    """A 401 to any kind of call stops all the others."""
    script = Script(refusal(401))
    with client_on(script) as client:
        for _ in range(3):
            with pytest.raises(AuthError):
                client.clusters.create({"nodes": 2})
    assert script.calls == 1


def test_wrong_key_with_many_threads_costs_one_call() -> None:
    """Threads that start together wait for the first answer, so a wrong key still costs one call."""
    release = threading.Event()
    errors: list[AuthError] = []

    def answer(request: httpx.Request) -> httpx.Response:
        release.wait(5)
        return refusal(401)

    script = Script(answer)
    with client_on(script) as client:

        def work() -> None:
            with pytest.raises(AuthError) as caught:
                client.clusters.get(77)
            errors.append(caught.value)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        release.set()
        for thread in threads:
            thread.join()
    assert script.calls == 1
    assert len(errors) == 8


def test_threads_run_together_once_the_key_is_good() -> None:
    """After a first success calls no longer take turns."""
    together = threading.Barrier(4, timeout=5)

    def answer(request: httpx.Request) -> httpx.Response:
        together.wait()
        return cluster_reply()

    script = Script(cluster_reply(), answer)
    with client_on(script) as client:
        client.clusters.get(77)
        threads = [threading.Thread(target=client.clusters.get, args=(77,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert script.calls == 5
    assert not together.broken


def test_forbidden_thing_with_a_good_key() -> None:
    """A 403 after a success concerns that one thing, so other calls go on."""
    script = Script(cluster_reply(), refusal(403), cluster_reply())
    with client_on(script) as client:
        client.clusters.get(77)
        with pytest.raises(AuthError, match="instances of cluster 77"):
            client.clusters.instances(77)
        assert client.clusters.get(77).id == 77


def test_forbidden_write() -> None:
    """A 403 to a write may be a missing permission, so reads go on."""
    script = Script(refusal(403), cluster_reply())
    with client_on(script) as client:
        with pytest.raises(AuthError):
            client.clusters.terminate(77)
        assert client.clusters.get(77).id == 77


def test_key_revoked_later() -> None:
    """A 401 that lasts for a minute after successes stops everything, with the call that has borne it."""
    script, clock = Script(cluster_reply(), refusal(401)), ManualClock()
    with client_on(script, clock=clock) as client:
        client.clusters.get(77)
        with pytest.raises(AuthError):
            client.clusters.get(77)
        assert MINUTE <= clock.monotonic() < MINUTE + 20
        asked = script.calls
        for _ in range(3):
            with pytest.raises(AuthError):
                client.clusters.create({"nodes": 2})
    assert script.calls == asked < 20


class Refusing:
    """A service that refuses the key for so many seconds after the first call."""

    def __init__(self, clock: ManualClock, status: int, seconds: float) -> None:
        self.clock, self.status, self.seconds = clock, status, seconds
        self.methods: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.methods.append(request.method)
        refuses = len(self.methods) > 2 and self.clock.monotonic() < self.seconds
        return refusal(self.status) if refuses else cluster_reply()


@pytest.mark.parametrize("seconds", [3, 30, 59])
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_good_key_that_is_refused_for_a_while(method: str, status: int, seconds: float) -> None:
    """For less than a minute reads and writes alike are repeated until they are accepted."""
    clock = ManualClock()
    service = Refusing(clock, status, seconds)
    with client_on(service, clock=clock) as client:
        calls = {"GET": lambda: client.clusters.get(77), "PUT": lambda: client.clusters.update(77, {"nodes": 3})}
        for asked in ("GET", "PUT", method):
            assert calls[asked]().id == 77
    assert seconds <= clock.monotonic() < seconds + 20
    assert {*service.methods[3:]} == {method}


@pytest.mark.parametrize("status", [401, 403])
def test_a_create_that_is_refused_for_a_while(status: int) -> None:
    """A create is repeated too, because a refusal comes before anything is made."""
    script = Script(cluster_reply(), cluster_reply(201), refusal(status), refusal(status), cluster_reply(201))
    with client_on(script) as client:
        client.clusters.get(77)
        for _ in range(2):
            client.clusters.create({"nodes": 2})
    assert script.calls == 5


@pytest.mark.parametrize("status", [301, 302, 307, 308, 404])
def test_a_list_that_is_not_there_for_a_while(status: int) -> None:
    """What was there before is asked for again: a page of maintenance or a failing gateway is no word on the list."""
    whole = httpx.Response(200, json=[{"id": 5, "status": "running"}])
    script = Script(whole, refusal(status), refusal(status), whole)
    with client_on(script) as client:
        for _ in range(2):
            assert [job.id for job in client.jobs.list()] == [5]


def test_a_thing_that_is_sent_elsewhere_for_a_while() -> None:
    """A read of one thing is repeated, as it is of no harm."""
    script = Script(cluster_reply(), refusal(302), cluster_reply())
    with client_on(script) as client:
        for _ in range(2):
            assert client.clusters.get(77).id == 77


def test_a_thing_that_is_not_there() -> None:
    """A 404 to one thing says that it is gone, whatever was there before."""
    script = Script(cluster_reply(), refusal(404))
    with client_on(script) as client:
        client.clusters.get(77)
        with pytest.raises(NotFoundError):
            client.clusters.get(77)
    assert script.calls == 2


def test_a_create_that_is_sent_elsewhere() -> None:
    """It may have been done, so it is not repeated."""
    script = Script(cluster_reply(201), refusal(302))
    with client_on(script) as client:
        client.clusters.create({"nodes": 2})
        with pytest.raises(ApiError):
            client.clusters.create({"nodes": 2})
    assert script.calls == 2


def test_a_success_begins_the_minute_anew() -> None:
    """The minute counts from the first refusal after the last success, over as many calls as there are."""
    clock = ManualClock()
    pattern = [cluster_reply(), *[refusal(401)] * 3] * 9
    script = Script(*pattern, cluster_reply())
    with client_on(script, clock=clock) as client:
        for _ in range(10):
            client.clusters.get(77)
    assert clock.monotonic() > MINUTE


def test_the_minute_is_one_for_all_calls() -> None:
    """Calls that have little time share the minute, and none is sent after it."""
    clock, script = ManualClock(), Script(cluster_reply(), refusal(401))
    with client_on(script, clock=clock, deadline=10.0) as client:
        client.clusters.get(77)
        while clock.monotonic() < MINUTE + 10:
            with pytest.raises(AuthError):
                client.clusters.get(77)
            clock.advance(5)
        asked = script.calls
        with pytest.raises(AuthError):
            client.clusters.get(77)
    assert script.calls == asked


def test_a_thing_that_was_never_allowed() -> None:
    """A 403 to a call whose like was never allowed is an error at once."""
    script = Script(cluster_reply(), refusal(403))
    with client_on(script) as client:
        client.clusters.get(77)
        with pytest.raises(AuthError):
            client.clusters.instances(77)
    assert script.calls == 2


def test_a_thing_that_is_not_allowed_any_more() -> None:
    """A 403 that lasts for a minute concerns that one thing, is an error from then on, and other calls go on."""
    script, clock = Script(cluster_reply(), refusal(403)), ManualClock()
    with client_on(script, clock=clock) as client:
        client.clusters.get(77)
        for _ in range(2):
            with pytest.raises(AuthError):
                client.clusters.get(77)
        asked = script.calls
        with pytest.raises(AuthError):
            client.clusters.get(77)
        assert script.calls == asked + 1
        with pytest.raises(AuthError):
            client.jobs.get(5)
    assert script.calls == asked + 2


def test_outage_is_not_multiplied() -> None:
    """In a lasting outage the retries of a client run out, and then each call is tried once."""
    script = Script(refusal(502))
    with client_on(script) as client:
        for _ in range(50):
            with pytest.raises(ServerError):
                client.clusters.get(77)
    assert script.calls == 50 + 100 // 5


def test_successes_earn_retries_back() -> None:
    """After an outage each success pays for a part of the next retry."""
    failing = [refusal(502)] * 30
    script = Script(*failing, *[cluster_reply()] * 5, refusal(502), cluster_reply())
    with client_on(script) as client:
        while script.calls < len(failing):
            with pytest.raises(ServerError):
                client.clusters.get(77)
        for _ in range(5):
            client.clusters.get(77)
        assert client.clusters.get(77).id == 77
    assert script.calls == len(failing) + 5 + 2


def test_quota_prices() -> None:
    """A retry costs 5 of 100 tokens, 10 after a time-out; a success gives 1 back, up to 100."""
    quota = RetryQuota()
    quota.give_back()
    assert quota.tokens == 100
    assert quota.take(timed_out=False)
    assert quota.tokens == 95
    assert quota.take(timed_out=True)
    assert quota.tokens == 85
    quota.give_back()
    assert quota.tokens == 86


def test_empty_quota() -> None:
    """What cannot be paid for in full is refused and costs nothing."""
    quota = RetryQuota()
    assert [quota.take(timed_out=True) for _ in range(11)] == [True] * 10 + [False]
    assert quota.tokens == 0
    for _ in range(5):
        quota.give_back()
    assert not quota.take(timed_out=True)
    assert quota.tokens == 5
    assert quota.take(timed_out=False)


def test_time_outs_cost_more() -> None:
    """Retries after time-outs use the quota up twice as fast."""
    script = Script(httpx.ReadTimeout("late"))
    with client_on(script, deadline=1000.0) as client:
        for _ in range(20):
            with pytest.raises(ServerError):
                client.clusters.get(77)
    assert script.calls == 20 + 100 // 10


def test_no_try_of_a_write_is_sent_once_nobody_wants_it() -> None:
    """A create that is to be sent again is not, where its caller has gone meanwhile; reads are not asked about."""
    gone: list[bool] = []

    def before_write() -> None:
        if gone:
            raise Cancelled("the engine has gone away, so nothing was sent")

    def throttled(request: httpx.Request) -> httpx.Response:
        gone.append(True)
        return refusal(429, **{"Retry-After": "40"})

    script = Script(throttled, cluster_reply())
    with client_on(script, before_write=before_write) as client:
        with pytest.raises(Cancelled, match="nothing was sent"):
            client.clusters.create({"nodes": 2})
        assert [one.method for one in script.requests] == ["POST"]
        client.clusters.get(77)
    assert [one.method for one in script.requests] == ["POST", "GET"]


@pytest.mark.parametrize(
    "write",
    [
        lambda client: client.clusters.create({"nodes": 2}),
        lambda client: client.clusters.update(77, {"nodes": 2}),
        lambda client: client.clusters.terminate(77),
        lambda client: client.jobs.run(cluster_id=1, package_id=2),
        lambda client: client.jobs.stop(5),
    ],
    ids=["create", "update", "terminate", "run", "stop"],
)
def test_every_write_is_asked_about(write: Callable[[Client], object]) -> None:
    """Whatever changes something is not sent where `before_write` raises."""

    def before_write() -> None:
        raise Cancelled("the engine has gone away, so nothing was sent")

    script = Script(cluster_reply())
    with client_on(script, before_write=before_write) as client, pytest.raises(Cancelled):
        write(client)
    assert script.calls == 0
