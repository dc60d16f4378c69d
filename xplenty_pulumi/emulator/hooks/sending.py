"""Sending the request of a web hook: to this machine and nowhere else, once, within a bounded time."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit

from xplenty_pulumi.emulator.hooks.outbox import Delivery, Result

_NOT_HERE = "the address is not one of this machine (127.0.0.1, [::1] or localhost), so nothing was sent"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a request goes; `host` is a loopback address in numbers, so no name is ever resolved."""

    host: str
    parts: SplitResult


def send(delivery: Delivery, *, timeout: float) -> Delivery:
    """Send a delivery once and return it with its result; `timeout` is for all of it, in real seconds."""
    target = _target(delivery.to)
    if target is None:
        return replace(delivery, result="refused", reason=_NOT_HERE)
    attempts = delivery.attempts + 1
    try:
        status = _status(delivery, target, timeout=timeout)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return replace(delivery, result="failed", status=None, reason=_words(error), attempts=attempts)
    result: Result = "delivered" if 200 <= status < 300 else "failed"
    return replace(delivery, result=result, status=status, reason="", attempts=attempts)


def _target(address: str) -> _Target | None:
    try:
        parts = urlsplit(address)
        name = parts.hostname or ""
        host = ipaddress.ip_address("127.0.0.1" if name == "localhost" else name)
    except ValueError:
        return None
    return _Target(str(host), parts) if host.is_loopback and parts.scheme in _PORTS else None


def _status(delivery: Delivery, target: _Target, *, timeout: float) -> int:
    path = (target.parts.path or "/") + (f"?{target.parts.query}" if target.parts.query else "")
    headers = {"Host": target.parts.netloc.rpartition("@")[2], **delivery.headers}
    connection = _connection(delivery, target, timeout=timeout)
    try:
        connection.connect()
        with _ended_after(connection.sock, timeout):
            connection.request("POST", path, body=delivery.body, headers=headers)
            with connection.getresponse() as response:
                return response.status
    finally:
        connection.close()


def _connection(delivery: Delivery, target: _Target, *, timeout: float) -> http.client.HTTPConnection:
    port = target.parts.port or _PORTS[target.parts.scheme]
    if target.parts.scheme == "http":
        return http.client.HTTPConnection(target.host, port, timeout=timeout)
    context = ssl.create_default_context()
    if not delivery.checks_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(target.host, port, timeout=timeout, context=context)


@contextmanager
def _ended_after(sock: socket.socket, timeout: float) -> Iterator[None]:
    """A socket's own time-out begins anew with each byte; this one does not. What it cuts off is no answer."""
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(timeout, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if is_over.is_set():
            raise TimeoutError


def _words(error: Exception) -> str:
    """Never the error's own text, which may hold the address."""
    if isinstance(error, TimeoutError):
        return "there was no answer in time"
    return f"there was no answer that makes sense ({type(error).__name__})"
