"""What was spent is counted where it is sent."""

import httpx
import pytest

from tests.support.faults.script import Script, client_on, cluster_reply
from xplenty_pulumi.client.http.outcomes import CallKind
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import NotSentError

RATE_STATUS = httpx.Response(200, json={"limits": {"limit": 5000, "remaining": 4000}})


def test_every_try_costs_a_credit() -> None:
    """Also one that fails."""
    client = client_on(Script(httpx.Response(502), httpx.Response(502), cluster_reply()))
    client.clusters.get(77)
    client.clusters.terminate(77)
    assert client.meter.spent() == {CallKind.READ: 3, CallKind.WRITE: 1, CallKind.CREATE: 0}


def test_what_was_not_sent_costs_nothing() -> None:
    """Nothing arrived, so nothing was counted there."""
    client = client_on(Script(httpx.ConnectError("no route")))
    with pytest.raises(NotSentError):
        client.clusters.get(77)
    assert client.meter.spent_in_hour() == 0


def test_the_free_call_costs_nothing() -> None:
    """The service says that asking for the limit is free (documented)."""
    client = client_on(Script(RATE_STATUS))
    client.rate_limit()
    assert client.meter.spent_in_hour() == 0


def test_an_hour_forgets() -> None:
    """What was sent more than an hour ago is not counted any more, except in the sum of all."""
    clock = ManualClock()
    client = client_on(Script(cluster_reply()), clock=clock)
    for pause in [0, 5, 10, 3_000, 590]:
        clock.advance(pause)
        client.clusters.get(77)
    assert client.meter.spent_in_hour() == 3
    clock.advance(3_600)
    assert client.meter.spent_in_hour() == 0
    assert client.meter.spent()[CallKind.READ] == 5


def test_the_newest_word_of_the_service_counts() -> None:
    """Each answer has what is left; one without it changes nothing."""
    headers = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "17"}
    client = client_on(Script(httpx.Response(200, json={"id": 1, "status": "idle"}, headers=headers), cluster_reply()))
    assert client.meter.told is None
    client.clusters.get(77)
    client.clusters.get(77)
    assert client.credits == client.meter.told
    assert client.meter.told is not None
    assert client.meter.told.remaining == 17


def test_no_call_is_forgotten_before_its_hour_is_over() -> None:
    """Also not the last ones of those that are counted together."""
    clock = ManualClock()
    client = client_on(Script(cluster_reply()), clock=clock)
    client.clusters.get(77)
    clock.advance(9.5)
    client.clusters.get(77)
    clock.advance(3_599)
    assert client.meter.spent_in_hour() >= 1
    clock.advance(1)
    assert client.meter.spent_in_hour() == 0
