"""Broken answers of an emulated account as the HTTP library would report them, without a socket."""

import json
from collections.abc import Iterator

import httpx

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.emulator import Account, Breakage, Broken, Request, Response

DRIP_PAUSE = 10.0
"""Seconds between two bytes of a drip: less than any read time-out."""

_ERRORS: dict[Breakage, tuple[type[httpx.TransportError], str, str]] = {
    Breakage.NO_SUCH_HOST: (httpx.ConnectError, "", "[Errno -2] Name or service not known"),
    Breakage.REFUSED: (httpx.ConnectError, "", "[Errno 111] Connection refused"),
    Breakage.NO_CONNECTION: (httpx.ConnectTimeout, "connect", "timed out"),
    Breakage.BAD_CERTIFICATE: (httpx.ConnectError, "", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
    Breakage.NO_FREE_CONNECTION: (httpx.PoolTimeout, "pool", ""),
    Breakage.CLOSED: (httpx.RemoteProtocolError, "", "Server disconnected without sending a response."),
    Breakage.RESET: (httpx.ReadError, "", "[Errno 104] Connection reset by peer"),
    Breakage.SILENCE: (httpx.ReadTimeout, "read", "The read operation timed out"),
    Breakage.HALF_HEADER: (httpx.RemoteProtocolError, "", "Server disconnected without sending a response."),
    Breakage.NOT_HTTP: (httpx.RemoteProtocolError, "", "illegal status line"),
}
"""The exception for each breakage, which of the request's time-outs passes first, and the library's words."""


def translating(account: Account, clock: Clock, *, gossip: str = "") -> httpx.MockTransport:
    """Return a transport on which `account` answers in the calling thread, and broken answers break.

    `gossip` is put into all words of refusals and exceptions, as a careless service or library might do with a key.
    """

    def answer(request: httpx.Request) -> httpx.Response:
        response = account.handle(_asked(request))
        if isinstance(response, Broken):
            return _break(response, request, clock=clock, gossip=gossip)
        headers, body = dict(response.headers), response.body
        if gossip and response.status >= 300:
            headers, body = {**headers, "X-Request-Id": gossip}, _gossiping(response, gossip)
        return httpx.Response(response.status, headers=headers, content=body)

    return httpx.MockTransport(answer)


def _asked(request: httpx.Request) -> Request:
    return Request(
        method=request.method,
        path=request.url.raw_path.decode().partition("?")[0],
        query=request.url.query.decode(),
        headers=dict(request.headers),
        body=request.read(),
    )


def _gossiping(response: Response, gossip: str) -> bytes:
    if not response.body.startswith(b"{"):
        return response.body + gossip.encode()
    document = response.json()
    return json.dumps({**document, "message": f"{document.get('message', '')} ({gossip})"}).encode()


def _break(broken: Broken, request: httpx.Request, *, clock: Clock, gossip: str) -> httpx.Response:
    if broken.how in _ERRORS:
        error, passing, words = _ERRORS[broken.how]
        clock.sleep(request.extensions["timeout"][passing] if passing else 0.0)
        raise error(f"{words} {gossip}", request=request)
    whole = broken.whole or Response(200)
    headers = {**whole.headers, "Content-Length": str(len(whole.body))}
    stream = _Cut(whole.body, gossip) if broken.how is Breakage.CUT_BODY else _Drip(whole.body, clock)
    return httpx.Response(whole.status, headers=headers, stream=stream)


class _Cut(httpx.SyncByteStream):
    """Half a body, then the end of the connection."""

    def __init__(self, body: bytes, gossip: str) -> None:
        self._body, self._gossip = body, gossip

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx.RemoteProtocolError(f"peer closed connection without sending complete body {self._gossip}")


class _Drip(httpx.SyncByteStream):
    """A body byte by byte."""

    def __init__(self, body: bytes, clock: Clock) -> None:
        self._body, self._clock = body, clock

    def __iter__(self) -> Iterator[bytes]:
        for byte in self._body:
            self._clock.sleep(DRIP_PAUSE)
            yield bytes([byte])
