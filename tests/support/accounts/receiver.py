"""Somebody on this machine who receives the requests of web hooks."""

import http.server
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 20.0


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """What has been received; requests are answered with `statuses` in turn, then with 200.

    Answers wait until `free` is set.
    """

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    free: threading.Event = field(default_factory=threading.Event)
    _received: list[Received] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bell?of=harbour"

    def note(self, request: Received) -> int:
        with self._news:
            self._received.append(request)
            self._news.notify_all()
            return self.statuses.pop(0) if self.statuses else 200

    def received(self, count: int = 0) -> list[Received]:
        """Return what came, as soon as it is `count` requests or more."""
        with self._news:
            assert self._news.wait_for(lambda: len(self._received) >= count, PATIENCE), len(self._received)
            return list(self._received)

    def events(self, count: int = 0) -> list[str]:
        """Return the events that the bodies name, as soon as there are `count`."""
        return [request.json()["event"] for request in self.received(count)]


@contextmanager
def receiving(*statuses: int, holding: bool = False) -> Iterator[Receiver]:
    """Receive on a free port of this machine until the block ends."""
    receiver = Receiver(statuses=list(statuses))
    if not holding:
        receiver.free.set()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status = receiver.note(Received(self.command, self.path, dict(self.headers), body))
            receiver.free.wait(PATIENCE)
            self.close_connection = True
            self.wfile.write(b"HTTP/1.0 %d Told\r\nLocation: http://192.0.2.1/\r\n\r\n" % status)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is that of the base class
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                """The other side has given up waiting."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.free.set()
        server.shutdown()
        server.server_close()
        thread.join()
