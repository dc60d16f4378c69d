"""The server that web hooks write to: it answers quickly, trusts nothing unsigned, and takes no more than it can."""

import asyncio
import socket
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from xplenty_pulumi.cli.commands.listen.requests import HEADER, Notice, Verifier

try:
    import uvicorn
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import ClientDisconnect, Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send
    from uvicorn.protocols.http.h11_impl import H11Protocol
except ImportError:
    raise ImportError('it needs Starlette and uvicorn: pip install "xplenty-pulumi[cli]"') from None

LARGEST_BODY = 1_048_576
MOST_AT_ONCE = 128
"""Connections, more than the events that can wait: a burst of hooks is judged by the room that the queue has."""
LONGEST_REQUEST = 10.0
"""Seconds for a whole request, however slowly it comes."""


class HookServer:
    """Gives each signed request as a notice to `take`, which returns why it does not take it, or an empty text.

    `refused` gets a line for each request that is not taken. Raises OSError where the address cannot be used.
    """

    def __init__(
        self,
        address: tuple[str, int],
        verifier: Verifier,
        *,
        take: Callable[[Notice], str],
        refused: Callable[[str], object],
    ) -> None:
        self.take = take
        self._verifier = verifier
        self._refused = refused
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        is_dual = family is socket.AF_INET6 and socket.has_dualstack_ipv6()
        self._socket = socket.create_server(address, family=family, dualstack_ipv6=is_dual)
        self._socket.setblocking(False)
        self.name, self.port = self._socket.getsockname()[:2]
        config = uvicorn.Config(
            self._serve,
            http=cast("type[H11Protocol]", partial(_Connection, refused=refused)),
            interface="asgi3",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            ws="none",
        )
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._uvicorn.run, args=([self._socket],), name="xplenty-listen")

    def start(self) -> None:
        """Return at once; the socket listens already, so no request is turned away."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests under way, within two seconds, and close the socket."""
        self._uvicorn.should_exit = True
        self._thread.join()
        self._socket.close()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            status = self._forbidden(request) or await self._judged(request)
        except ClientDisconnect:
            self._refused(f"refused a request from {_client(scope)}: it has broken off")
            return
        await Response(status_code=status, headers={"Connection": "close"})(scope, receive, send)

    def _forbidden(self, request: Request) -> HTTPStatus | None:
        """Refuse a request by its head alone, or let it pass; no source says with which method the service writes."""
        length, coding = request.headers.get("Content-Length", ""), request.headers.get("Content-Encoding", "identity")
        if request.method not in ("POST", "PUT"):
            return self._refuse(request, HTTPStatus.NOT_IMPLEMENTED, "it is none that a hook sends")
        if not length or "Transfer-Encoding" in request.headers:
            return self._refuse(request, HTTPStatus.LENGTH_REQUIRED, "it does not say its length, as a chunked one")
        if int(length) > LARGEST_BODY:
            return self._refuse(
                request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"it has more than {LARGEST_BODY:,} bytes"
            )
        if coding.strip().lower() != "identity":
            return self._refuse(request, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "its body is compressed")
        return None

    async def _judged(self, request: Request) -> HTTPStatus:
        """Answer 200 to what is taken, 401 to what is not signed, 503 where there is no room."""
        body, query = await request.body(), request.scope["query_string"]
        path = (request.scope["raw_path"] + (b"?" + query if query else b"")).decode("latin-1")
        signature = request.headers.get(HEADER, "")
        notice = self._verifier.notice(request.headers.get("Host", ""), path, signature=signature, body=body)
        if notice is None:
            return self._refuse(request, HTTPStatus.UNAUTHORIZED, "its signature is wrong")
        if reason := await run_in_threadpool(self.take, notice):
            self._refused(f"no room for {notice.line()}: {reason} (503)")
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

    def _refuse(self, request: Request, status: HTTPStatus, reason: str) -> HTTPStatus:
        self._refused(f"refused a request from {_client(request.scope)}: {reason} ({status.value})")
        return status


class _Connection(H11Protocol):
    """A connection for one request, with the limits that uvicorn does not have: of time, and of silent connections."""

    def __init__(self, *arguments: Any, refused: Callable[[str], object], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._refused = refused

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._timer = self.loop.call_later(LONGEST_REQUEST, transport.abort)
        if len(self.connections) > MOST_AT_ONCE:
            self._complain(f"{MOST_AT_ONCE} others are under way")
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio's own meaning: whether to stay open
        """Stay open for the answer to a request that is whole; one that is not has broken off."""
        return self.cycle is not None and not self.cycle.more_body

    def send_400_response(self, msg: str) -> None:
        self._complain("it is none that a hook sends (400)")
        super().send_400_response(msg)

    def _complain(self, reason: str) -> None:
        self._refused(f"refused a request from {self.client[0] if self.client else ''}: {reason}")


def _client(scope: Scope) -> str:
    return str((scope["client"] or ("",))[0])
