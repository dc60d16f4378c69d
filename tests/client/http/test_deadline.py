"""No call outlives its deadline, however slowly the service drips."""

import ssl
import time
from collections.abc import Iterator

import httpcore
import httpx
import pytest

from tests.support.faults.script import KEY, Script, client_on, cluster_reply, refusal
from tests.support.faults.sockets import RawServer, ServedConnection, Serving
from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.address import Address
from xplenty_pulumi.client.http.connection import CallDeadline, DeadlineStream
from xplenty_pulumi.client.http.outcomes import HttpRequest, NotSent, Unsure
from xplenty_pulumi.client.http.transport import Transport
from xplenty_pulumi.clock import ManualClock, SystemClock
from xplenty_pulumi.errors import NotSentError, RateLimitedError, ServerError, UnsureError
from xplenty_pulumi.redact import Secret

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def drips(at_once: bytes, slowly: bytes) -> Serving:
    """Answer with a first part, then with one byte every 20 ms."""

    def behave(connection: ServedConnection) -> None:
        connection.read_request()
        connection.send(at_once)
        connection.drip(slowly, pause=0.02)

    return behave


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(drips(HEAD + b"Content-Length: 5000\r\n\r\n", b" " * 5000), id="body"),
        pytest.param(drips(HEAD, b"X-Padding: " + b"x" * 5000), id="header"),
        pytest.param(drips(b"", b"HTTP/1.1 200 " + b"O" * 5000), id="status line"),
        pytest.param(drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 1000), id="chunks"),
    ],
)
def test_slow_drip(behaviour: Serving) -> None:
    """A server that drips, so that no single read is late, is left at the deadline of the whole call."""
    started = time.monotonic()
    with RawServer(behaviour) as server:
        client = Client(api_key=KEY, account_id="acme", base_url=server.url, clock=SystemClock(), deadline=0.4)
        with client, pytest.raises(UnsureError):
            client.clusters.create({"nodes": 2})
        assert server.connections == 1
    assert time.monotonic() - started < 3.0


def test_no_step_after_the_deadline() -> None:
    """Once a call is over its connection neither reads nor writes nor encrypts any more."""
    clock = ManualClock()
    deadline = CallDeadline(clock)
    stream = DeadlineStream(httpcore.MockStream([b"one", b"two"]), deadline)
    deadline.start(5)
    assert stream.read(3) == b"one"
    clock.advance(5)
    with pytest.raises(httpcore.ReadTimeout):
        stream.read(3, timeout=30)
    with pytest.raises(httpcore.WriteTimeout):
        stream.write(b"x")
    with pytest.raises(httpcore.ConnectTimeout):
        stream.start_tls(ssl.create_default_context())


class TimeoutsSeen(httpcore.MockStream):
    """A connection that notes how long each read may take."""

    def __init__(self) -> None:
        super().__init__([b"x"] * 3)
        self.timeouts: list[float | None] = []

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.timeouts.append(timeout)
        return super().read(max_bytes, timeout)


def test_no_step_longer_than_what_is_left() -> None:
    """A read may take no longer than the rest of the call, however long a single read may be."""
    clock = ManualClock()
    deadline = CallDeadline(clock)
    inner = TimeoutsSeen()
    stream = DeadlineStream(inner, deadline)
    deadline.start(40)
    stream.read(1, timeout=30)
    clock.advance(25)
    stream.read(1, timeout=30)
    stream.read(1)
    assert inner.timeouts == [30, 15, 15]


class DrippingBody(httpx.SyncByteStream):
    """A body of 100 pieces, each of which takes ten seconds of the clock."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.pieces = 0

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(100):
            self._clock.advance(10)
            self.pieces += 1
            yield b" "


def test_deadline_between_chunks() -> None:
    """The deadline is checked by the client's clock after each piece of the body."""
    clock = ManualClock()
    body = DrippingBody(clock)
    transport = Transport(
        Address("https", "api.xplenty.com"),
        Secret(KEY),
        clock=clock,
        http=httpx.MockTransport(lambda _: httpx.Response(200, stream=body)),
    )
    outcome = transport.send(HttpRequest("GET", "/"), timeout=60.0)
    transport.close()
    assert isinstance(outcome, Unsure)
    assert outcome.timed_out
    assert body.pieces == 6


def slow(clock: ManualClock, seconds: float, reply: httpx.Response) -> Script:
    """A service that takes `seconds` for each answer."""

    def answer(request: httpx.Request) -> httpx.Response:
        clock.advance(seconds)
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    return Script(answer)


def test_repeats_share_one_deadline() -> None:
    """All attempts together, with the waits between them, take no longer than the deadline."""
    clock = ManualClock()
    script = slow(clock, 50, refusal(502))
    with client_on(script, clock=clock, deadline=120.0) as client, pytest.raises(ServerError):
        client.clusters.get(77)
    assert script.calls == 3
    assert clock.monotonic() <= 160


def test_time_outs_shrink_with_the_time_left() -> None:
    """No single step of an attempt may take longer than what is left of the call."""
    clock = ManualClock()
    script = slow(clock, 100, refusal(500))
    with client_on(script, clock=clock, deadline=120.0) as client, pytest.raises(ServerError):
        client.clusters.get(77)
    first, second = (request.extensions["timeout"] for request in script.requests)
    assert first == {"connect": 5.0, "read": 30.0, "write": 10.0, "pool": 60.0}
    assert second["connect"] == 5.0
    assert 0 < second["read"] <= 20.0


def test_advice_beyond_the_deadline_is_not_waited_for() -> None:
    """A 429 that asks for more time than there is fails at once and names the time."""
    clock = ManualClock()
    script = Script(refusal(429, "Rate Limit Exceeded", **{"Retry-After": "900"}))
    with client_on(script, clock=clock) as client, pytest.raises(RateLimitedError, match="Wait 15m") as caught:
        client.clusters.get(77)
    assert (script.calls, clock.monotonic(), caught.value.retry_after) == (1, 0.0, 900.0)


def test_advice_within_the_deadline_is_waited_for() -> None:
    """A 429 that asks for 40 s is asked again after at least 40 s."""
    clock = ManualClock()
    script = Script(refusal(429, **{"Retry-After": "40"}), cluster_reply())
    with client_on(script, clock=clock) as client:
        assert client.clusters.get(77).id == 77
    assert 40 <= clock.monotonic() < 41


def test_wall_clock_jumps_do_not_matter() -> None:
    """A jump of the wall clock neither ends a call nor stretches it."""
    clock = ManualClock()

    def jump(request: httpx.Request) -> httpx.Response:
        clock.jump(86_400 if len(script.requests) == 1 else -7_200)
        return refusal(503)

    script = Script(jump, jump, cluster_reply())
    with client_on(script, clock=clock, deadline=10.0) as client:
        assert client.clusters.get(77).id == 77
    assert clock.monotonic() < 10


def test_another_deadline_holds_for_collections_in_use() -> None:
    """The same client with another deadline has it in each collection, and the first client keeps its own."""
    script = Script(cluster_reply())
    with client_on(script, deadline=120.0) as client:
        client.clusters.get(77)
        client.within(3).clusters.get(77)
        client.clusters.get(77)
    assert [request.extensions["timeout"]["read"] for request in script.requests] == [30.0, 3.0, 30.0]


def test_closed_client() -> None:
    """A call on a closed client is not sent and says so; closing again does nothing."""
    script = Script(cluster_reply())
    client = client_on(script)
    client.close()
    client.close()
    with pytest.raises(NotSentError, match="closed"):
        client.clusters.get(77)
    assert script.calls == 0


def test_call_that_waits_while_the_client_is_closed_is_not_sent() -> None:
    """Connections that are closed are not opened again for a call that had its turn only then."""
    script = Script(cluster_reply())
    http = httpx.MockTransport(script)
    transport = Transport(Address("https", "api.example.test"), Secret("key"), clock=ManualClock(), http=http)
    transport.close()
    assert transport.send(HttpRequest("GET", "/acme/api/clusters"), timeout=1) == NotSent("the client is closed")
    assert script.calls == 0
