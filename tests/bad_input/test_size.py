"""Answers without measure: what they cost in memory is bounded, and so is the time."""

import gzip
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.bad_input.documents import DEEP
from tests.support.faults.script import KEY, Script, client_on
from tests.support.faults.sockets import RawServer, ServedConnection
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import ServerError, UnsureError

MIB = 1024 * 1024
CHUNK = 65_536


@contextmanager
def memory_below(limit: int) -> Iterator[None]:
    """Fail when more than `limit` bytes are held at a time within the block."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        yield
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert peak < limit, f"{peak / MIB:.0f} MiB"


def big(size: int, *, head: bytes = b"", content: bytes = b"") -> Callable[[ServedConnection], None]:
    """Return a service whose body is `content`, or `size` bytes of blanks."""

    def serve(connection: ServedConnection) -> None:
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\n%s\r\nContent-Length: %d\r\n\r\n" % (head or b"X: y", size))
        for start in range(0, size, CHUNK):
            connection.send(content[start : start + CHUNK] or b" " * min(CHUNK, size - start))

    return serve


def client_of(server: RawServer) -> Client:
    """Return a client of this server that does not really wait."""
    return Client(api_key=KEY, account_id="acme", base_url=server.url, clock=ManualClock())


def test_a_body_of_50_mib_is_not_kept() -> None:
    """A body of 50 MiB is given up after 10; the read fails, and a create is not taken for done."""
    with RawServer(big(50 * MIB)) as server, client_of(server) as client, memory_below(100 * MIB):
        _assert_too_large(client)
        with pytest.raises(UnsureError, match="larger than 10 MiB"):
            client.clusters.create({"nodes": 2})


def test_a_small_body_that_unpacks_to_500_mib_is_not_kept() -> None:
    """A body is measured as it is unpacked, so a compressed one cannot fill the memory."""
    packed = gzip.compress(b" " * (500 * MIB), compresslevel=1)
    service = big(len(packed), head=b"Content-Encoding: gzip", content=packed)
    with RawServer(service) as server, client_of(server) as client, memory_below(100 * MIB):
        _assert_too_large(client)


def _assert_too_large(client: Client) -> None:
    with pytest.raises(ServerError, match="larger than 10 MiB"):
        client.clusters.get(77)


@pytest.mark.parametrize("levels", [DEEP, 100 * DEEP])
@pytest.mark.parametrize(("opened", "closed"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_deep_body_is_no_answer(levels: int, opened: bytes, closed: bytes) -> None:
    """JSON of 10,000 levels and more is not understood, and costs no more than its size."""
    body = opened * levels + b"1" + closed * levels
    script = Script(httpx.Response(200, content=body))
    with client_on(script) as client, memory_below(100 * MIB), pytest.raises(ServerError, match="not JSON"):
        client.clusters.get(77)


@pytest.mark.long
@pytest.mark.parametrize("item", [b"{}", b"[]", b'{"id":1}'])
def test_ten_mib_of_small_things_are_borne(item: bytes) -> None:
    """The densest body that is read at all takes 25 times its size for a moment, and is an error like any other."""
    body = b"[" + b",".join([item] * (10 * MIB // (len(item) + 1) - 1)) + b"]"
    script = Script(httpx.Response(200, content=body))
    with client_on(script) as client, memory_below(350 * MIB), pytest.raises(UnsureError):
        client.clusters.update(77, {"nodes": 2})
