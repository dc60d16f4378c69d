"""A server on a real socket that runs a given behaviour on each connection."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType

Behaviour = Callable[["Connection"], None]


class Connection:
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

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
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

    def _serve(self, sock: socket.socket, behaviour: Behaviour) -> None:
        with sock:
            sock.settimeout(5)
            try:
                connection = Connection(sock, self._stopping)
                if self._tls:
                    connection.start_tls(self._tls)
                try:
                    behaviour(connection)
                finally:
                    connection.close()
            except OSError:
                return
