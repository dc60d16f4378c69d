"""The account on a socket: Starlette on uvicorn, in a thread, reachable from this machine only.

One path is not the service's: by `/emulator/clock` another process reads and moves the account's clock. The pages for
people, to which records and errors link, only name the command that shows the same.
"""

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TypeAlias

from xplenty_pulumi.emulator.account import Account, LoggedCall
from xplenty_pulumi.emulator.wire.messages import Refusal, Request, Response
from xplenty_pulumi.emulator.wire.reading import key_of
from xplenty_pulumi.errors import ConfigError

try:
    import uvicorn
    from starlette.requests import ClientDisconnect
    from starlette.requests import Request as WebRequest
    from starlette.responses import Response as WebResponse
    from starlette.types import Receive, Scope, Send
except ImportError:
    raise ImportError(
        'serving the emulator needs Starlette and uvicorn: pip install "xplenty-pulumi[emulator]"'
    ) from None

HOST = "127.0.0.1"
CLOCK_PATH = "/emulator/clock"
_PAGE = re.compile(r"/([^/]+)/(clusters|jobs|packages|schedules)/(\d+)")
_COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "clusters": "status cluster {}",
        "jobs": "status job {}",
        "packages": "packages",
        "schedules": "status schedules",
    }
)
"""What shows the things of a collection."""
_ABSOLUTE = re.compile(r"^https?://[^/]*", re.IGNORECASE)
"""What a request target in absolute form has before its path, as clients send it that take the service for a proxy."""
_TICK = 0.1
_SHORT = 0.002
_LONGEST_END = 2.0
"""Seconds that the calls under way have at the end."""
OnCall: TypeAlias = Callable[[LoggedCall, float], None]
"""Called after each call that is answered, with the seconds that took."""


class _PromptServer(uvicorn.Server):
    """Ends in milliseconds: uvicorn looks ten times a second whether it is to end, and then waits a tenth of a second.

    Tests start and end an account each.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._wake: Callable[[], object] = lambda: None

    def end(self) -> None:
        """Have it finish the calls under way and end; called on another thread."""
        self.should_exit = True
        self._wake()

    async def main_loop(self) -> None:
        loop, woken = asyncio.get_running_loop(), asyncio.Event()
        self._wake = lambda: loop.call_soon_threadsafe(woken.set)
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    await woken.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for one in (*self.servers, *(sockets or ())):
            one.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_END):
                while self.server_state.connections or self.server_state.tasks:
                    await asyncio.sleep(_SHORT)
        for task in self.server_state.tasks:
            task.cancel()


class Server:
    """Serves one account from `start` to `stop`; `port` 0 takes a free one."""

    def __init__(self, account: Account, *, port: int = 0, on_call: OnCall | None = None) -> None:
        self._account = account
        self._on_call = on_call
        self._socket = _listen(port)
        config = uvicorn.Config(
            self._serve,
            access_log=False,
            interface="asgi3",
            lifespan="off",
            log_config=None,
            log_level="critical",
            ws="none",
        )
        self._uvicorn = _PromptServer(config)
        self._thread = threading.Thread(target=self._run, name="xplenty-emulator", daemon=True)

    @property
    def url(self) -> str:
        """The base URL of the account's API."""
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    def start(self) -> None:
        """Return as soon as calls are answered; the socket listens already, so none is refused."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the calls under way, then end the thread and close the socket."""
        self._uvicorn.end()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        self._uvicorn.run(sockets=[self._socket])

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        try:
            request = await _request(WebRequest(scope, receive))
        except ClientDisconnect:
            return
        response = self._answer(request)
        if self._on_call is not None:
            self._on_call(LoggedCall(request.method, request.path, response.status), time.perf_counter() - began)
        answer = WebResponse(response.body or None, status_code=response.status, headers=dict(response.headers))
        await answer(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        if request.path == CLOCK_PATH:
            return answer_clock(self._account, request)
        page = _PAGE.fullmatch(request.path)
        if request.method == "GET" and page and page[1] == self._account.seed.account_id:
            return _page(page[2], page[3])
        return self._account.handle(request)


def _page(collection: str, number: str) -> Response:
    """What a browser shows in the place of a page of the service; it tells nothing of the account."""
    command = f"xplenty-pulumi {_COMMANDS[collection].format(number)}"
    text = f"This account is emulated and has no pages. `{command}` shows what would be here.\n"
    return Response(200, {"Content-Type": "text/plain; charset=utf-8"}, text.encode())


async def _request(web_request: WebRequest) -> Request:
    return Request(
        method=web_request.method,
        path=_ABSOLUTE.sub("", web_request.scope["path"]),
        query=web_request.scope["query_string"].decode("latin-1"),
        headers=dict(web_request.headers),
        body=await web_request.body(),
    )


def _listen(port: int) -> socket.socket:
    # The protocol is named because asyncio turns off Nagle's delay only then: 40 ms less on each call.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(256)
    except OSError as error:
        listening.close()
        raise ConfigError(
            f"port {port} on {HOST} cannot be used: {error.strerror}",
            setting="port",
            advice="Choose another one, or 0 to take a free one.",
        ) from None
    listening.setblocking(False)
    return listening


def answer_clock(account: Account, request: Request) -> Response:
    """Answer `GET`, with the account's time and step, and `PUT` of `{"step": 0}` or `{"advance": 60}` or both.

    The key is that of the account. The call costs no credit and is not in the log of calls.
    """
    try:
        status, payload = 200, _clock_answer(account, request)
    except Refusal as refusal:
        status, payload = refusal.status, {"message": refusal.message}
    return Response(status, {"Content-Type": "application/json"}, json.dumps(payload).encode())


def _clock_answer(account: Account, request: Request) -> dict[str, Any]:
    if key_of(request) != account.seed.api_key:
        raise Refusal(401, "Unauthorized: the API key is missing or wrong")
    if request.method not in ("GET", "PUT"):
        raise Refusal(405, f"{request.method} is not allowed on {CLOCK_PATH}, use GET or PUT")
    with account.lock:
        if request.method == "PUT":
            _move_clock(account, request)
        now = datetime.fromtimestamp(account.advance(), UTC)
        account.save()
    return {"now": now.isoformat(), "step": account.stepped.step if account.stepped else None}


def _move_clock(account: Account, request: Request) -> None:
    try:
        given = json.loads(request.body or b"null")
    except ValueError:
        given = None
    if not isinstance(given, dict) or not given or not given.keys() <= {"advance", "step"}:
        raise Refusal(422, "the body is JSON with advance or step in seconds, or both")
    for name, value in given.items():
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < float("inf"):
            raise Refusal(422, f"{name} is 0 or a positive number of seconds, got {value!r}")
    if account.stepped is None:
        raise Refusal(409, "the clock of this account runs by itself; start the emulator with a step")
    account.stepped.step = given.get("step", account.stepped.step)
    account.stepped.advance(given.get("advance", 0.0))
