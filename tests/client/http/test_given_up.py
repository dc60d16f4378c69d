"""What is under way when the user has had enough: pauses and looks end, changes do not."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.support.faults.script import ACCOUNT, KEY, Script
from tests.support.faults.sockets import RawServer, ServedConnection
from xplenty_pulumi.client import Client
from xplenty_pulumi.errors import Cancelled


def test_a_pause_that_the_service_asks_for_is_given_up() -> None:
    """A minute of Retry-After is not waited for after Ctrl-C, and the call is not sent again."""
    cancelled = threading.Event()
    script = Script(httpx.Response(429, headers={"Retry-After": "60"}))
    client = Client(api_key=KEY, account_id=ACCOUNT, http=httpx.MockTransport(script), given_up=cancelled.is_set)
    threading.Timer(0.2, cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled, match="cancelled while waiting for the service to take a call"):
        client.clusters.get(1)
    assert time.monotonic() - began < 10
    assert script.calls == 1


@contextmanager
def silent_service(*answers: bytes) -> Iterator[tuple[Client, threading.Event, RawServer]]:
    """Give a client of a service that takes calls and gives these answers after a second, or none without any."""
    cancelled = threading.Event()

    def behave(connection: ServedConnection) -> None:
        connection.read_request()
        for answer in answers:
            connection.pause(1)
            connection.send(answer)
        if not answers:
            connection.be_silent()

    with (
        RawServer(behave) as server,
        Client(api_key=KEY, account_id=ACCOUNT, base_url=server.url, given_up=cancelled.is_set) as client,
    ):
        yield client, cancelled, server


def test_a_look_under_way_is_given_up() -> None:
    """A service that takes a look and does not answer does not hold Ctrl-C, and is not asked again."""
    with silent_service() as (client, cancelled, server):
        threading.Timer(0.2, cancelled.set).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            client.clusters.get(1)
        assert time.monotonic() - began < 3
        assert server.connections == 1


def test_a_change_under_way_is_not_given_up() -> None:
    """What became of it would not be known, so its answer is waited for."""
    body = b'{"id": 1, "status": "pending_terminate"}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with silent_service(answer) as (client, cancelled, _):
        threading.Timer(0.2, cancelled.set).start()
        assert client.clusters.terminate(1).status == "pending_terminate"


def test_a_look_that_begins_later_is_not_given_up() -> None:
    """After Ctrl-C runs may have to be stopped and lost answers looked for: that is as patient as ever."""
    body = b'{"id": 1, "status": "available"}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with silent_service(answer) as (client, cancelled, _):
        cancelled.set()
        assert client.clusters.get(1).status == "available"
