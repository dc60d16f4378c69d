"""Pauses between the tries of a call end when the user has had enough."""

import threading

import httpx
import pytest

from tests.client.scripts import ACCOUNT, KEY, Script
from xplenty_pulumi.client import Client
from xplenty_pulumi.dynamic.cancellable_clock import CancellableClock
from xplenty_pulumi.errors import Cancelled


def test_a_pause_that_the_service_asks_for_is_given_up() -> None:
    """A minute of Retry-After is not waited for after Ctrl-C, and the call is not sent again."""
    cancelled = threading.Event()
    script = Script(httpx.Response(429, headers={"Retry-After": "60"}))
    clock = CancellableClock(cancelled)
    client = Client(api_key=KEY, account_id=ACCOUNT, clock=clock, http=httpx.MockTransport(script))
    threading.Timer(0.2, cancelled.set).start()
    began = clock.monotonic()
    with pytest.raises(Cancelled, match="cancelled while waiting for the service to take a call"):
        client.clusters.get(1)
    assert clock.monotonic() - began < 10
    assert script.calls == 1


def test_a_pause_ends_by_itself() -> None:
    """Nobody who has not had enough notices anything."""
    clock = CancellableClock(threading.Event())
    began = clock.monotonic()
    clock.sleep(0.01)
    clock.sleep(0)
    assert clock.monotonic() - began >= 0.01
