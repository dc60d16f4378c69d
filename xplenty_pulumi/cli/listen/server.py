"""The server that web hooks write to: it answers quickly, believes nothing unsigned, and takes no more than it can."""

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from xplenty_pulumi.cli.listen.requests import Notice, Verifier
from xplenty_pulumi.cli.listen.signature import HEADER

LARGEST_BODY = 1_048_576
MOST_AT_ONCE = 32
LONGEST_REQUEST = 10.0
"""Seconds for a whole request, however slowly it comes."""


class HookServer(ThreadingHTTPServer):
    """Gives each signed request as a notice to `take`, which returns why it does not take it, or an empty text.

    `refused` is told, in one line, of each request that is not taken.
    """

    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        verifier: Verifier,
        *,
        take: Callable[[Notice], str],
        refused: Callable[[str], object],
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.verifier = verifier
        self.take = take
        self.refused = refused
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # The inherited one looks up the host's name, which can take long and is of no use here.
        if os.name == "posix":  # connections of one that has ended keep no port busy; elsewhere this shares it
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.refused(f"refused a request from {client_address[0]}: {MOST_AT_ONCE} others are under way")
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        timer = threading.Timer(LONGEST_REQUEST, _cut_off, [request])
        timer.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            timer.cancel()
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that broke."""


class _Handler(BaseHTTPRequestHandler):
    server: HookServer
    server_version = "xplenty-pulumi"
    sys_version = ""
    timeout = LONGEST_REQUEST

    def do_POST(self) -> None:
        """Answer 200 to what is taken, 401 to what is not signed, 503 where there is no room."""
        length, coding = self.headers.get("Content-Length", ""), self.headers.get("Content-Encoding", "identity")
        if not (length.isascii() and length.isdigit() and len(length) < 10):
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "it does not say its length, as a chunked one")
        elif int(length) > LARGEST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"it has more than {LARGEST_BODY:,} bytes")
        elif coding.strip().lower() != "identity":
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "its body is compressed")
        elif len(body := self.rfile.read(int(length))) == int(length):
            self._judge(body)
        else:
            self.server.refused(f"refused a request from {self.client_address[0]}: it has broken off")

    def do_PUT(self) -> None:
        """Do the same: no source says with which method the service writes."""
        self.do_POST()

    def _judge(self, body: bytes) -> None:
        host, signature = self.headers.get("Host", ""), self.headers.get(HEADER, "")
        notice = self.server.verifier.notice(host, self.path, signature=signature, body=body)
        if notice is None:
            self._refuse(HTTPStatus.UNAUTHORIZED, "its signature is wrong")
        elif reason := self.server.take(notice):
            self.server.refused(f"no room for {notice.line()}: {reason} (503)")
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self._answer(HTTPStatus.OK)

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self.server.refused(f"refused a request from {self.client_address[0]}: {reason} ({status.value})")
        self._answer(status)

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request of a hook without a page for people."""
        del message, explain
        self._refuse(HTTPStatus(code), "it is none that a hook sends")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is that of the base class
        """Say nothing: an address may hold a token."""


def _cut_off(request: socket.socket) -> None:
    with suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)
