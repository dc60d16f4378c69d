"""When the service asks one caller to wait, nobody else calls meanwhile."""

import httpx
import pytest

from tests.client.scripts import Script, client_on, cluster_reply
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import RateLimitedError, ServerError

TOO_MANY = httpx.Response(429, headers={"Retry-After": "60"})
RATE_STATUS = httpx.Response(200, json={"limits": {"limit": 5000, "remaining": 0}})


def test_others_wait_too() -> None:
    """A call that has the time waits until the minute is over, and is then sent."""
    clock = ManualClock()
    script = Script(TOO_MANY, cluster_reply())
    impatient = client_on(script, clock=clock, deadline=120.0)
    impatient.clusters.get(1)
    assert (script.calls, clock.monotonic()) == (2, 60.0)


def test_a_call_without_the_time_is_not_sent() -> None:
    """It fails at once, and names the time; nothing is sent that would make it worse."""
    clock = ManualClock()
    script = Script(TOO_MANY, cluster_reply())
    client = client_on(script, clock=clock, deadline=30.0)
    with pytest.raises(RateLimitedError):
        client.clusters.get(1)
    clock.advance(10)
    with pytest.raises(RateLimitedError) as caught:
        client.clusters.get(2)
    assert (script.calls, clock.monotonic()) == (1, 10.0)
    assert caught.value.retry_after == 50.0
    assert "has asked to be left alone for 50 s more, so nothing was sent" in str(caught.value)
    assert caught.value.advice == "Wait 50 s, then run again."


def test_after_the_time_calls_go_on() -> None:
    """The wait is over when the service said so."""
    clock = ManualClock()
    script = Script(TOO_MANY, cluster_reply())
    client = client_on(script, clock=clock, deadline=30.0)
    with pytest.raises(RateLimitedError):
        client.clusters.get(1)
    clock.advance(60)
    assert client.clusters.get(2).id == 77
    assert clock.monotonic() == 60


def test_those_who_waited_do_not_go_on_in_the_same_instant() -> None:
    """They leave spread over half a second."""
    clock = ManualClock()
    script = Script(TOO_MANY, cluster_reply())
    client = client_on(script, clock=clock, deadline=30.0)
    with pytest.raises(RateLimitedError):
        client.clusters.get(1)
    clock.advance(50)
    client.clusters.get(2)
    assert 60.0 < clock.monotonic() <= 60.5


def test_a_busy_service_is_left_alone_as_it_asks() -> None:
    """A 503 that advises to wait counts like a 429; without advice it is the trouble of one call."""
    clock = ManualClock()
    script = Script(httpx.Response(503, headers={"Retry-After": "60"}), cluster_reply())
    client = client_on(script, clock=clock, deadline=30.0)
    with pytest.raises(ServerError):
        client.clusters.get(1)
    with pytest.raises(RateLimitedError):
        client.clusters.get(2)
    assert script.calls == 1


def test_the_free_call_does_not_wait() -> None:
    """Asking what is left costs nothing, so it may be asked at any time."""
    clock = ManualClock()
    script = Script(TOO_MANY, RATE_STATUS)
    client = client_on(script, clock=clock, deadline=30.0)
    with pytest.raises(RateLimitedError):
        client.clusters.get(1)
    assert client.rate_limit().remaining == 0
    assert clock.monotonic() == 0
