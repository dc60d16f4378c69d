"""Broken answers of an emulated account as the HTTP library would report them, without a socket."""

import json
from collections.abc import Iterator

import httpx

from xplenty_pulumi.clock import Clock, SystemClock
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


def in_process(account: Account, clock: Clock | None = None, *, leak: str = "") -> httpx.MockTransport:
    """Return a transport on which `account` answers in the calling thread, and broken answers break.

    `leak` is put into all words of refusals and exceptions, as a service or a library may do with a key.
    """

    def answer(request: httpx.Request) -> httpx.Response:
        return received(account.handle(sent(request)), request, clock=clock or SystemClock(), leak=leak)

    return httpx.MockTransport(answer)


def received(response: Response, request: httpx.Request, *, clock: Clock, leak: str = "") -> httpx.Response:
    """Return an answer of an account as the HTTP library gives it, or raise what the library raises instead."""
    if isinstance(response, Broken):
        return _break(response, request, clock=clock, leak=leak)
    headers, body = dict(response.headers), response.body
    if leak and response.status >= 300:
        headers, body = {**headers, "X-Request-Id": leak}, _leaking(response, leak)
    return httpx.Response(response.status, headers=headers, content=body)


def sent(request: httpx.Request) -> Request:
    """Return a request of the HTTP library as an account gets it."""
    return Request(
        method=request.method,
        path=request.url.raw_path.decode().partition("?")[0],
        query=request.url.query.decode(),
        headers=dict(request.headers),
        body=request.read(),
    )


def _leaking(response: Response, leak: str) -> bytes:
    if not response.body.startswith(b"{"):
        return response.body + leak.encode()
    document = response.json()
    return json.dumps({**document, "message": f"{document.get('message', '')} ({leak})"}).encode()


def _break(broken: Broken, request: httpx.Request, *, clock: Clock, leak: str) -> httpx.Response:
    if broken.how in _ERRORS:
        error, passing, words = _ERRORS[broken.how]
        clock.sleep(request.extensions["timeout"][passing] if passing else 0.0)
        raise error(f"{words} {leak}", request=request)
    whole = broken.whole or Response(200)
    headers = {**whole.headers, "Content-Length": str(len(whole.body))}
    parts = _cut(whole.body, leak) if broken.how is Breakage.CUT_BODY else _drip(whole.body, clock)
    return httpx.Response(whole.status, headers=headers, stream=_Stream(parts))


class _Stream(httpx.SyncByteStream):
    """A body in the parts of an iterator, which may raise."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return self._parts


def _cut(body: bytes, leak: str) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise httpx.RemoteProtocolError(f"peer closed connection without sending complete body {leak}")


def _drip(body: bytes, clock: Clock) -> Iterator[bytes]:
    for byte in body:
        clock.sleep(DRIP_PAUSE)
        yield bytes([byte])
