"""Faults on a real socket: what each leads to for a read, a write and a create, and how many requests it costs."""

import gzip
import json
import socket
from collections.abc import Callable
from random import Random

import pytest

from tests.support.faults.sockets import RawServer, ServedConnection, Serving
from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.address import Address
from xplenty_pulumi.client.http.outcomes import HttpRequest, NotSent, Outcome, Unsure
from xplenty_pulumi.client.http.transport import Transport
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import ApiError, NotSentError, ServerError, UnsureError
from xplenty_pulumi.redact import Secret

CLUSTER = json.dumps({"id": 77, "status": "pending"}).encode()


def answer(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {size}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def close_at_once(connection: ServedConnection) -> None:
    """Closed before anything was read."""


def reset_while_reading(connection: ServedConnection) -> None:
    """Reset when the first bytes of the request had come."""
    connection.read_some()
    connection.reset()


def read_then_close(connection: ServedConnection) -> None:
    """The whole request was read, then closed."""
    connection.read_request()


def read_then_reset(connection: ServedConnection) -> None:
    """The whole request was read, then reset."""
    connection.read_request()
    connection.reset()


def read_then_silent(connection: ServedConnection) -> None:
    """The whole request was read, then nothing."""
    connection.read_request()
    connection.be_silent()


def says(reply: bytes) -> Serving:
    """Answer with exactly these bytes, then close."""

    def behave(connection: ServedConnection) -> None:
        connection.read_request()
        connection.send(reply)

    return behave


FAULTS: dict[str, Serving] = {
    "closed before reading": close_at_once,
    "reset while reading": reset_while_reading,
    "read, then closed": read_then_close,
    "read, then reset": read_then_reset,
    "read, then silent": read_then_silent,
    "half a header": says(b"HTTP/1.1 201 Cre"),
    "body cut": says(answer(CLUSTER[:5], status="201 Created", length=500)),
    "broken JSON": says(answer(b'{"id": 77, "status"', status="201 Created")),
    "an HTML page": says(answer(b"<html>Welcome</html>", status="200 OK")),
    "broken gzip": says(answer(gzip.compress(CLUSTER)[:-9] + b"x" * 9, "Content-Encoding: gzip")),
    "no id": says(answer(b'{"status": "pending"}', status="201 Created")),
    "wrong type": says(answer(b'["pending"]', status="201 Created")),
    "empty success": says(answer(b"", status="201 Created")),
    "not HTTP": says(b"220 mail.example.com ready\r\n"),
    "502 page": says(answer(b"<html>Bad gateway</html>", status="502 Bad Gateway")),
    "deep nesting": says(answer(b"[" * 100_000, status="201 Created")),
}

EACH_FAULT = pytest.mark.parametrize("behaviour", [pytest.param(fault, id=name) for name, fault in FAULTS.items()])


def patience(behaviour: Serving | None) -> float:
    """Real seconds for a call: few only where the fault is silence, so that a busy machine is not taken for one."""
    return 0.5 if behaviour is read_then_silent else 20.0


def client_for(url: str, behaviour: Serving | None = None) -> Client:
    """A client of a server with this fault; its back-off takes no real time."""
    return Client(
        api_key="key-of-the-wire",
        account_id="acme",
        base_url=url,
        clock=ManualClock(),
        random=Random(3),
        deadline=patience(behaviour),
    )


@EACH_FAULT
def test_create(behaviour: Serving) -> None:
    """A create is sent once and never again when its answer is lost, so nothing can be made twice."""
    with RawServer(behaviour) as server, client_for(server.url, behaviour) as client:
        with pytest.raises(UnsureError, match="new cluster"):
            client.clusters.create({"nodes": 2})
        assert server.connections == 1


@EACH_FAULT
def test_update(behaviour: Serving) -> None:
    """A write whose answer is lost is left to the caller, who reads back first."""
    with RawServer(behaviour) as server, client_for(server.url, behaviour) as client:
        with pytest.raises(UnsureError, match="cluster 77"):
            client.clusters.update(77, {"nodes": 3})
        assert server.connections == 1


@EACH_FAULT
def test_read_repeats(behaviour: Serving) -> None:
    """A read is repeated and succeeds when the second answer is whole."""
    with RawServer(behaviour, says(answer(CLUSTER))) as server, client_for(server.url, behaviour) as client:
        assert client.clusters.get(77).id == 77
        assert server.connections == 2


@pytest.mark.parametrize("fault", ["read, then reset", "an HTML page", "502 page", "wrong type"])
def test_read_gives_up(fault: str) -> None:
    """A read that never gets a usable answer ends as a ServerError that says so much of the read alone."""
    with RawServer(FAULTS[fault]) as server, client_for(server.url) as client:
        with pytest.raises(ServerError, match="Reading changes nothing"):
            client.clusters.get(77)
        assert 1 < server.connections <= 5


@pytest.mark.parametrize(
    ("fault", "is_elsewhere"),
    [("an HTML page", True), ("wrong type", True), ("502 page", False), ("read, then reset", False)],
)
def test_what_makes_no_sense_may_be_of_another_server(fault: str, is_elsewhere: bool) -> None:
    """A success that is no answer of the service lets the user check the address, a failure does not."""
    with RawServer(FAULTS[fault]) as server, client_for(server.url) as client, pytest.raises(ServerError) as caught:
        client.clusters.get(77)
    assert ("Check XPLENTY_API_URL" in str(caught.value), "such as a login page" in str(caught.value)) == (
        is_elsewhere,
        is_elsewhere,
    )


@pytest.mark.parametrize("operation", ["create", "update", "get"])
def test_refused_connection(operation: str) -> None:
    """A refused connection is repeated, then reported as nothing sent, with the host and what to check."""
    with socket.create_server(("127.0.0.1", 0)) as placeholder:
        port = placeholder.getsockname()[1]
    with client_for(f"http://127.0.0.1:{port}") as client:
        calls: dict[str, Callable[[], object]] = {
            "create": lambda: client.clusters.create({"nodes": 2}),
            "update": lambda: client.clusters.update(77, {"nodes": 2}),
            "get": lambda: client.clusters.get(77),
        }
        with pytest.raises(
            NotSentError, match=rf"127\.0\.0\.1:{port} cannot be reached.*nothing was sent.*XPLENTY_API_URL"
        ):
            calls[operation]()


def test_unknown_host() -> None:
    """A name that does not exist means that nothing was sent."""
    with client_on_host("no-such-host.invalid") as client, pytest.raises(NotSentError, match=r"no-such-host\.invalid"):
        client.clusters.create({"nodes": 2})


def client_on_host(host: str) -> Client:
    return Client(
        api_key="key-of-the-wire", account_id="acme", base_url=f"https://{host}", clock=ManualClock(), deadline=9.0
    )


def test_redirect_is_not_followed() -> None:
    """A redirect is an error, and neither the request nor the key goes where it points."""
    with RawServer(says(answer(CLUSTER))) as elsewhere:
        redirect = says(answer(b"", f"Location: {elsewhere.url}/", status="302 Found"))
        with RawServer(redirect) as server, client_for(server.url) as client:
            with pytest.raises(ApiError, match="Redirects are not followed") as caught:
                client.clusters.get(77)
            assert (caught.value.status, server.connections, elsewhere.connections) == (302, 1, 0)


def test_see_other_after_create() -> None:
    """A 303 to a create may mean that it was done, so it is to be verified."""
    with RawServer(says(answer(b"", "Location: /elsewhere", status="303 See Other"))) as server:
        with client_for(server.url) as client, pytest.raises(UnsureError):
            client.jobs.run(cluster_id=1, package_id=2)
        assert server.connections == 1


def send(behaviour: Serving, request: HttpRequest) -> Outcome:
    """What the transport makes of one request to a server that behaves so."""
    with RawServer(behaviour) as server:
        transport = Transport(Address("http", "127.0.0.1", server.port), Secret("key-of-the-wire"), clock=ManualClock())
        try:
            return transport.send(request, timeout=patience(behaviour))
        finally:
            transport.close()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"no id", "wrong type", "empty success"}))
def test_class_of_fault(fault: str, method: str) -> None:
    """For every method a fault after the connection stands leaves open what happened."""
    outcome = send(
        FAULTS[fault], HttpRequest(method, "/acme/api/clusters", body={"nodes": 2} if method == "POST" else None)
    )
    assert isinstance(outcome, Unsure)
    assert outcome.reason


@pytest.mark.parametrize("fault", ["no id", "wrong type", "empty success"])
def test_post_without_an_id(fault: str) -> None:
    """A success to a POST that names no id is not taken for one."""
    outcome = send(FAULTS[fault], HttpRequest("POST", "/acme/api/jobs", body={}, makes=True))
    assert isinstance(outcome, Unsure)
    assert outcome.status == 201


def test_silence_counts_as_a_time_out() -> None:
    """Silence is known as a time-out, because its retries cost more."""
    outcome = send(read_then_silent, HttpRequest("GET", "/"))
    assert isinstance(outcome, Unsure)
    assert outcome.timed_out


def test_huge_answer() -> None:
    """An answer above 10 MiB is not read to its end."""
    outcome = send(says(answer(b" " * 1024, length=10**12) + b" " * (11 * 1024 * 1024)), HttpRequest("GET", "/"))
    assert isinstance(outcome, Unsure)
    assert "larger than 10 MiB" in outcome.reason


def test_huge_unpacked_answer() -> None:
    """The limit holds for what a compressed answer unpacks to."""
    outcome = send(
        says(answer(gzip.compress(b" " * 11 * 1024 * 1024), "Content-Encoding: gzip")), HttpRequest("GET", "/")
    )
    assert isinstance(outcome, Unsure)
    assert "larger than 10 MiB" in outcome.reason


def test_impossible_header() -> None:
    """A request that cannot be put into HTTP was not sent."""
    with RawServer(close_at_once) as server:
        transport = Transport(Address("http", "127.0.0.1", server.port), Secret("key"), clock=ManualClock())
        outcome = transport.send(HttpRequest("GET\n", "/"), timeout=20.0)
        transport.close()
    assert isinstance(outcome, NotSent)
