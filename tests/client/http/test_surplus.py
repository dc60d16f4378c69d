"""Bytes that nobody asked for are never taken for an answer: over plain connections, over TLS, and through a proxy."""

import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Literal

import httpcore
import pytest
import trustme

from tests.support.faults.sockets import RawServer, ServedConnection, Serving
from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.connection import CallDeadline, DeadlineBackend, close_if_surplus
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import UnsureError, XplentyError

Way = Literal["plain", "TLS", "tunnel"]
EACH_WAY = pytest.mark.parametrize("way", ["plain", "TLS", "tunnel"])


def answer(number: int, status: str = "available") -> bytes:
    body = json.dumps({"id": number, "status": status}).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def truthfully(connection: ServedConnection) -> None:
    """Answer each request about the cluster that it names, for as long as the client stays."""
    while True:
        found = re.match(rb"[A-Z]+ /acme/api/clusters/(\d+) ", connection.read_request())
        assert found
        connection.send(answer(int(found[1])))


SURPLUS: dict[str, bytes] = {
    "a second answer": answer(78, "terminated"),
    "half an answer": answer(78, "terminated")[:20],
    "no HTTP": b"\r\n\r\n",
    "one byte": b"x",
}
EACH_SURPLUS = pytest.mark.parametrize("surplus", [pytest.param(data, id=name) for name, data in SURPLUS.items()])


@dataclass
class Road:
    """A client of a server that it reaches in one of the ways."""

    client: Client
    server: RawServer


@contextmanager
def road(way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *behaviours: Serving) -> Iterator[Road]:
    """Give a way to a server whose connections behave so."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("127.0.0.1", "api.example.test").configure_cert(context)
    with ExitStack() as opened:
        served = [tunnelled(behaviour, context) for behaviour in behaviours] if way == "tunnel" else behaviours
        server = opened.enter_context(RawServer(*served, tls=context if way == "TLS" else None))
        url = server.url if way == "plain" else server.url.replace("http:", "https:")
        if way == "tunnel":
            for name in ("no_proxy", "NO_PROXY", "https_proxy"):
                monkeypatch.delenv(name, raising=False)
            monkeypatch.setenv("HTTPS_PROXY", server.url)
            url = "https://api.example.test"
        client = Client(
            api_key="a-key",
            account_id="acme",
            base_url=url,
            clock=ManualClock(),
            random=Random(1),
            ca_path=tmp_path / "ca.pem",
        )
        yield Road(opened.enter_context(client), server)


def tunnelled(behaviour: Serving, context: ssl.SSLContext) -> Serving:
    """Let a proxy ask for the tunnel first."""

    def behave(connection: ServedConnection) -> None:
        assert connection.read_request().startswith(b"CONNECT api.example.test:443 ")
        connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
        connection.start_tls(context)
        behaviour(connection)

    return behave


@EACH_WAY
def test_a_connection_without_surplus_is_kept(way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that follow each other share a connection."""
    with road(way, tmp_path, monkeypatch, truthfully) as on:
        assert [on.client.clusters.get(number).id for number in (77, 78, 79)] == [77, 78, 79]
        assert on.server.connections == 1


@EACH_WAY
@EACH_SURPLUS
def test_surplus_in_the_same_packet(way: Way, surplus: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read beyond an answer goes with its connection, and the next call has another."""

    def behave(connection: ServedConnection) -> None:
        connection.read_request()
        connection.send(answer(77) + surplus)
        truthfully(connection)

    with road(way, tmp_path, monkeypatch, behave, truthfully) as on:
        assert on.client.clusters.get(77).id == 77
        ended = on.client.clusters.terminate(78)
        assert (ended.id, ended.status, on.server.connections) == (78, "available", 2)


@EACH_WAY
@EACH_SURPLUS
def test_surplus_while_idle(way: Way, surplus: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes on a connection between two calls ends it."""
    goes_on, has_come = threading.Event(), threading.Event()

    def behave(connection: ServedConnection) -> None:
        connection.read_request()
        connection.send(answer(77))
        goes_on.wait(20)
        connection.send(surplus)
        has_come.set()
        truthfully(connection)

    with road(way, tmp_path, monkeypatch, behave, truthfully) as on:
        assert on.client.clusters.get(77).id == 77
        goes_on.set()
        assert has_come.wait(20)
        ended = on.client.clusters.terminate(78)
        assert (ended.id, ended.status, on.server.connections) == (78, "available", 2)


@EACH_WAY
def test_an_answer_before_the_request(way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that was there before its request is believed by no read, whenever it comes."""

    def behave(connection: ServedConnection) -> None:
        connection.send(answer(999999))
        truthfully(connection)

    with road(way, tmp_path, monkeypatch, behave, truthfully) as on:
        assert [on.client.clusters.get(number).id for number in (77, 78)] == [77, 78]
        assert on.server.connections == 2


@EACH_WAY
def test_a_write_on_a_connection_that_always_speaks_first(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write is not sent, or not known to be done, and never taken for done."""

    def behave(connection: ServedConnection) -> None:
        connection.send(answer(999999))
        connection.read_request()

    with road(way, tmp_path, monkeypatch, behave) as on, pytest.raises(XplentyError):
        on.client.clusters.update(77, {"nodes": 3})


def test_an_unusable_answer_ends_all_kept_connections() -> None:
    """After the record of another the read is repeated on a new connection, and no answer comes one call too late."""

    def behave(connection: ServedConnection) -> None:
        connection.read_request()
        connection.send(answer(999999))
        connection.read_request()
        connection.send(answer(77, "stale"))
        connection.be_silent()

    with RawServer(behave, truthfully) as server:
        with Client(api_key="a-key", account_id="acme", base_url=server.url, clock=ManualClock()) as client:
            assert client.clusters.get(77).status == "available"
        assert server.connections == 2


def test_a_mixed_up_connection() -> None:
    """An answer of another record that comes after the request was sent leaves a write open."""

    def behave(connection: ServedConnection) -> None:
        connection.read_request()
        connection.send(answer(999999, "terminated"))
        connection.be_silent()

    with RawServer(behave) as server:
        client = Client(api_key="a-key", account_id="acme", base_url=server.url, clock=ManualClock())
        with client, pytest.raises(UnsureError, match="another Cluster"):
            client.clusters.terminate(77)


@contextmanager
def stream_to(behave: Callable[[socket.socket], None]) -> Iterator[httpcore.NetworkStream]:
    """Give a connection whose other side has done this before it is used."""
    deadline = CallDeadline(ManualClock())
    deadline.start(20)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = DeadlineBackend(deadline).connect_tcp(*listener.getsockname())
        with listener.accept()[0] as other:
            behave(other)
            yield stream
            stream.close()


def test_nothing_is_sent_after_unasked_words() -> None:
    """On a new connection that speaks first nothing is sent."""
    with (
        stream_to(lambda other: other.sendall(b"HTTP/1.1 200 OK\r\n")) as stream,
        pytest.raises(httpcore.ConnectError, match="before it was asked"),
    ):
        stream.write(b"GET / HTTP/1.1\r\n")


@pytest.mark.parametrize("words", [b"HTTP/1.1 200 OK\r\n", None], ids=["speaks", "is closed"])
def test_a_kept_connection_that_is_not_silent(words: bytes | None) -> None:
    """On a kept connection with unread bytes, or a closed one, nothing is sent, and the pool takes another."""
    with stream_to(partial(_answer_and, words=words)) as stream:
        assert stream.read(6) == b"answer"
        with pytest.raises(httpcore.ConnectionNotAvailable):
            stream.write(b"GET / HTTP/1.1\r\n")


def _answer_and(other: socket.socket, *, words: bytes | None) -> None:
    other.sendall(b"answer" + (words or b""))
    if words is None:
        other.shutdown(socket.SHUT_WR)


class Closable(httpcore.NetworkStream):
    """A connection that notes whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


def test_what_cannot_be_told_counts_as_surplus() -> None:
    """Where httpcore is built differently than expected, each connection is used once."""
    stream = Closable()
    close_if_surplus(httpcore.Response(200, content=b"", extensions={"network_stream": stream}))
    assert stream.closed
