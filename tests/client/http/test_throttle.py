"""When the service asks one caller to wait, nobody else calls meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.faults.script import Script, client_on, cluster_reply
from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.limits import asked_pause
from xplenty_pulumi.client.http.outcomes import Answered, NotSent, Outcome, Unsure
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
    assert (script.calls, clock.monotonic()) == (2, 60.0)


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
    """The last of four 429 without advice holds the next call back."""
    clock = ManualClock()
    client = client_on(Script(*[httpx.Response(429)] * 4, cluster_reply()), clock=clock)
    with pytest.raises(RateLimitedError):
        client.clusters.create({"nodes": 2})
    gave_up = clock.monotonic()
    client.clusters.get(77)
    assert 5.0 <= clock.monotonic() - gave_up <= 5.5


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
    with pytest.raises(RateLimitedError, match="15m more"):
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
