"""A real socket on this machine: a server that does with each connection what it is told, also for an account."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Protocol

from xplenty_pulumi.emulator import Breakage, Broken, Followed, Request, Response

Serving = Callable[["ServedConnection"], None]
_DRIP_PAUSE = 0.02
"""Seconds between two bytes of a drip."""


class ServedConnection:
    """One accepted connection; everything a behaviour can do with it."""

    def __init__(self, sock: socket.socket, stopping: threading.Event) -> None:
        self._sock = sock
        self._stopping = stopping

    def read_request(self) -> bytes:
        """Read up to the end of one request, its body included, and return it."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.read_some()
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        wanted = int(lengths[0].split(b":")[1]) if lengths else 0
        while len(body) < wanted:
            body += self.read_some()
        return head + b"\r\n\r\n" + body

    def read_some(self) -> bytes:
        """Read what has come of a request, waiting for its first byte."""
        data = self._sock.recv(65536)
        if not data:
            raise ConnectionError("the client went away")
        return data

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        self._sock.sendall(data)

    def drip(self, data: bytes, *, pause: float) -> None:
        """Send `data` byte by byte with a pause before each, until all is sent or the server stops."""
        for byte in data:
            if self._stopping.wait(pause):
                return
            self._sock.sendall(bytes([byte]))

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self._sock = context.wrap_socket(self._sock, server_side=True)

    def reset(self) -> None:
        """End the connection with a reset in place of an orderly close."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self) -> None:
        """End the connection."""
        self._sock.close()

    def pause(self, seconds: float) -> None:
        """Say nothing for so long, or until the server stops."""
        self._stopping.wait(seconds)

    def be_silent(self) -> None:
        """Keep the connection open, say nothing, until the server stops."""
        self._stopping.wait()


class RawServer:
    """Serves each connection in a thread of its own with the next behaviour, and with the last one for ever."""

    def __init__(self, *behaviours: Serving, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._behaviours = list(behaviours)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.02)
        self.connections = 0

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "RawServer":
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self._listener.close()
        assert not any(thread.is_alive() for thread in self._threads)

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            behaviour = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
            self._start(partial(self._serve, sock, behaviour))

    def _serve(self, sock: socket.socket, behaviour: Serving) -> None:
        with sock:
            sock.settimeout(5)
            try:
                connection = ServedConnection(sock, self._stopping)
                if self._tls:
                    connection.start_tls(self._tls)
                try:
                    behaviour(connection)
                finally:
                    connection.close()
            except OSError:
                return


class Handling(Protocol):
    """What answers requests: an account, or something on the way to one."""

    def handle(self, request: Request) -> Response:
        """Return the answer to a call."""


def serving(account: Handling) -> Serving:
    """Return the behaviour that answers each connection's one request from `account`, and breaks what is broken.

    A connection is kept only where a surplus answer follows the true one, so that a client could take it for the next.
    """

    def behave(connection: ServedConnection) -> None:
        response = account.handle(_request_in(connection.read_request()))
        if isinstance(response, Followed):
            connection.send(_bytes(response, keep=True) + _bytes(response.behind or Response(200), keep=True))
            behave(connection)
        elif isinstance(response, Broken):
            _break(connection, response)
        else:
            connection.send(_bytes(response))

    return behave


def _break(connection: ServedConnection, broken: Broken) -> None:
    whole = _bytes(broken.whole or Response(200))
    match broken.how:
        case Breakage.CLOSED:
            return
        case Breakage.RESET:
            connection.reset()
        case Breakage.SILENCE:
            connection.be_silent()
        case Breakage.HALF_HEADER:
            connection.send(whole[:14])
        case Breakage.NOT_HTTP:
            connection.send(b"220 mail.example.com ready\r\n")
        case Breakage.CUT_BODY:
            connection.send(whole[:-20])
        case Breakage.DRIP:
            connection.drip(whole, pause=_DRIP_PAUSE)
        case _:
            raise AssertionError(f"a server cannot break a connection so that {broken.how.value}")


def _request_in(data: bytes) -> Request:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    path, _, query = target.partition("?")
    return Request(method, path, query, dict(line.split(": ", 1) for line in lines), body)


def _bytes(response: Response, *, keep: bool = False) -> bytes:
    first = f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"
    headers = {
        **response.headers,
        "Content-Length": str(len(response.body)),
        "Connection": "keep-alive" if keep else "close",
    }
    lines = [first, *[f"{name}: {value}" for name, value in headers.items()], "", ""]
    return "\r\n".join(lines).encode("latin-1") + response.body


class SkippingClock:
    """Real time plus all that was slept; `sleep` returns at once, so only what the network does takes time.

    Safe to share between threads.
    """

    def __init__(self) -> None:
        self._skipped = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._skipped)

    def monotonic(self) -> float:
        return time.monotonic() + self._skipped

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._skipped += max(0.0, seconds)
