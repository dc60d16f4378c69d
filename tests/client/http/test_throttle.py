"""When the service asks one caller to wait, nobody else calls meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor
from random import Random

import httpx
import pytest

from tests.support.faults.script import Script, client_on, cluster_reply
from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.outcomes import Answered, NotSent, Outcome, Unsure
from xplenty_pulumi.client.http.throttle import Throttle, asked_pause
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import RateLimitedError, ServerError

TOO_MANY = httpx.Response(429, headers={"Retry-After": "60"})
RATE_STATUS = httpx.Response(200, json={"limits": {"limit": 5000, "remaining": 0}})


def asked_to_wait(script: Script, clock: ManualClock) -> Client:
    """Return a client that its first call has found asked to wait, for longer than a call may take."""
    client = client_on(script, clock=clock, deadline=30.0)
    with pytest.raises(RateLimitedError):
        client.clusters.get(77)
    return client


def test_others_wait_too() -> None:
    """A call that has the time waits until the minute is over, and is then sent."""
    clock = ManualClock()
    script = Script(TOO_MANY, cluster_reply())
    impatient = client_on(script, clock=clock, deadline=120.0)
    impatient.clusters.get(77)
    assert (script.calls, 60.0 <= clock.monotonic() <= 60.5) == (2, True)


def test_a_call_without_the_time_is_not_sent() -> None:
    """It fails at once, and names the time; nothing is sent that would make it worse."""
    clock = ManualClock()
    script = Script(TOO_MANY, cluster_reply())
    client = asked_to_wait(script, clock)
    clock.advance(10)
    with pytest.raises(RateLimitedError) as caught:
        client.clusters.get(77)
    assert (script.calls, clock.monotonic()) == (1, 10.0)
    assert caught.value.retry_after == 50.0
    assert "has asked to be left alone for 50s more, so nothing was sent" in str(caught.value)
    assert caught.value.advice == "Wait 50s, then run again."


def test_after_the_time_calls_go_on() -> None:
    """The wait is over when the service said so."""
    clock = ManualClock()
    script = Script(TOO_MANY, cluster_reply())
    client = asked_to_wait(script, clock)
    clock.advance(60)
    assert client.clusters.get(77).id == 77
    assert clock.monotonic() == 60


def test_those_who_waited_do_not_go_on_in_the_same_instant() -> None:
    """They leave spread over half a second."""
    clock = ManualClock()
    script = Script(TOO_MANY, cluster_reply())
    client = asked_to_wait(script, clock)
    clock.advance(50)
    client.clusters.get(77)
    assert 60.0 < clock.monotonic() <= 60.5


def test_a_busy_service_is_left_alone_as_it_asks() -> None:
    """A 503 that advises to wait counts like a 429; without advice it is the trouble of one call."""
    clock = ManualClock()
    script = Script(httpx.Response(503, headers={"Retry-After": "60"}), cluster_reply())
    client = client_on(script, clock=clock, deadline=30.0)
    with pytest.raises(ServerError):
        client.clusters.get(77)
    with pytest.raises(RateLimitedError):
        client.clusters.get(77)
    assert script.calls == 1


def test_the_free_call_does_not_wait() -> None:
    """Asking what is left costs nothing, so it may be asked at any time."""
    clock = ManualClock()
    script = Script(TOO_MANY, RATE_STATUS)
    client = asked_to_wait(script, clock)
    assert client.rate_limit().remaining == 0
    assert clock.monotonic() == 0


@pytest.mark.parametrize(
    ("outcome", "pause", "asked"),
    [
        (Answered(429, retry_after=60.0), 60.0, 60.0),
        (Answered(429, retry_after=60.0), None, 60.0),
        (Answered(429, retry_after=1.0), 8.0, 8.0),
        (Answered(429), 8.0, 8.0),
        (Answered(429), None, 5.0),
        (Answered(429, retry_after=0.0), None, 0.0),
        (Unsure("busy", status=503, retry_after=60.0), 0.2, 60.0),
        (Unsure("busy", status=503, retry_after=60.0), None, 60.0),
        (Unsure("busy", status=503), 0.2, None),
        (Unsure("no id", status=201, retry_after=60.0), None, None),
        (Unsure("silence"), 0.2, None),
        (Answered(404, retry_after=60.0), None, None),
        (NotSent("no route"), 0.2, None),
    ],
)
def test_what_concerns_everybody(outcome: Outcome, pause: float | None, asked: float | None) -> None:
    """A 429 does, and a server fault that says when to come back; anything else is the trouble of one call."""
    assert asked_pause(outcome, pause=pause) == asked


def test_a_call_that_gives_up_slows_the_others_too() -> None:
    """A 429 without advice, after which there is no time for another try, holds the next call back."""
    script = Script(httpx.Response(429), cluster_reply())
    client = client_on(script, deadline=1.5)
    with pytest.raises(RateLimitedError):
        client.clusters.create({"nodes": 2})
    with pytest.raises(RateLimitedError, match="left alone for 5s more, so nothing was sent"):
        client.clusters.get(77)
    assert script.calls == 1


def test_a_call_is_repeated_as_long_as_there_is_time() -> None:
    """However often it is refused because there are too many, and whatever else happens between."""
    busy, unreachable = httpx.Response(429), httpx.ConnectError("refused")
    script = Script(*[busy] * 9, *[unreachable] * 3, *[busy] * 9, cluster_reply(201))
    with client_on(script, deadline=600.0) as client:
        assert client.clusters.create({"nodes": 2}).id == 77
    assert script.calls == 22


def test_refusals_leave_other_retries() -> None:
    """They take nothing from the retries that a client has in an outage."""
    script = Script(*[httpx.Response(429)] * 30, httpx.ConnectError("refused"), cluster_reply())
    with client_on(script, deadline=1000.0) as client:
        assert client.clusters.get(77).id == 77


def waits(throttle: Throttle, *calls: str) -> list[float]:
    """Return how long each of these calls is to wait, asked in this order."""
    return [round(throttle.wait_of(call), 6) for call in calls]


def test_who_has_waited_goes_on_one_after_the_other() -> None:
    """Calls are apart after a refusal, farther after the next one, and not any more after enough successes."""
    clock = ManualClock()
    throttle = Throttle(clock, Random(1))
    told = [waits(throttle, "a", "b")]
    for _ in range(2):
        throttle.note(Answered(429, retry_after=10.0), pause=None)
        throttle.note(Answered(429, retry_after=10.0), pause=None)  # sent before the first one was known
        told.append(waits(throttle, "c", "d", "e"))
        clock.advance(20)
    for _ in range(100):
        throttle.ease()
    assert [*told, waits(throttle, "e", "d", "c")] == [[0, 0], [10, 10.5, 11], [10, 11, 12], [0, 0, 0]]


def test_the_line_moves_on() -> None:
    """Who has its turn makes the others wait from then on, in the order in which they came; who leaves does not."""
    clock = ManualClock()
    throttle = Throttle(clock, Random(1))
    throttle.note(Answered(429, retry_after=10.0), pause=None)
    waits(throttle, "a", "b", "c", "d")
    clock.advance(10)
    throttle.leave("c")
    assert waits(throttle, "d", "b", "a", "d", "b") == [1.0, 0.5, 0.0, 1.0, 0.5]


@pytest.mark.parametrize(("in_queue", "is_done"), [(300.0, True), (0.0, False)])
def test_a_queue_has_its_own_time(in_queue: float, is_done: bool) -> None:
    """A call that is held back ends later where that is wanted, and other trouble does not prolong it."""
    clock = ManualClock()
    script = Script(TOO_MANY, cluster_reply())
    client = client_on(script, clock=clock, deadline=30.0, in_queue=in_queue)
    if is_done:
        assert client.clusters.get(77).id == 77
        with pytest.raises(RateLimitedError):
            client_on(Script(TOO_MANY), in_queue=in_queue).within(30.0).clusters.get(77)
    else:
        with pytest.raises(RateLimitedError):
            client.clusters.get(77)
    busy = client_on(Script(httpx.Response(503, headers={"Retry-After": "60"})), deadline=30.0, in_queue=in_queue)
    with pytest.raises(ServerError):
        busy.clusters.get(77)


def refused_for(client: Client, clock: ManualClock, seconds: float) -> None:
    """Let the service ask for a pause, and go on at a moment so many seconds before its end."""
    with pytest.raises(RateLimitedError):
        client.clusters.get(77)
    clock.advance(60 - seconds)


def test_a_wait_that_just_fits_is_not_spoiled_by_the_spread() -> None:
    """The spread leaves some time for the call itself."""
    clock = ManualClock()
    client = client_on(Script(TOO_MANY, cluster_reply()), clock=clock, deadline=30.0)
    refused_for(client, clock, seconds=29.99)
    assert client.clusters.get(77).id == 77
    assert clock.monotonic() < 60.01


def test_one_who_waits_hears_that_the_wait_grew() -> None:
    """Where the service asks for more than a waiting call has, the call fails then and not at its deadline."""
    clock = ManualClock()
    script = Script(TOO_MANY, httpx.Response(429, headers={"Retry-After": "900"}))
    client = client_on(script, clock=clock, deadline=30.0)
    refused_for(client, clock, seconds=10)
    again = threading.Event()

    def meanwhile(_seconds: float) -> None:
        if not again.is_set():
            again.set()
            with pytest.raises(RateLimitedError):
                client.rate_limit()

    clock.on_advance(meanwhile)
    with pytest.raises(RateLimitedError, match="14m50s more"):
        client.clusters.get(77)
    assert (script.calls, clock.monotonic() < 61) == (2, True)


def test_those_who_queue_for_the_first_answer_hear_it_too() -> None:
    """At the start calls take turns; when the first is asked to wait, none of the others is sent."""
    entering = threading.Barrier(8)
    script = Script(httpx.Response(429, headers={"Retry-After": "600"}))

    def first(request: httpx.Request) -> httpx.Response:
        waiting.wait(timeout=0.3)
        return script(request)

    waiting = threading.Event()
    client = client_on(first, clock=ManualClock(), deadline=30.0)

    def get(number: int) -> int:
        entering.wait(timeout=10)
        with pytest.raises(RateLimitedError):
            client.clusters.get(number)
        return number

    with ThreadPoolExecutor(8) as threads:
        assert len(list(threads.map(get, range(1, 9)))) == 8
    assert script.calls == 1
