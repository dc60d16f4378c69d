"""Sending the request of a web hook: to this machine and nowhere else, once, within a bounded time."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit

from xplenty_pulumi.emulator.account import Account
from xplenty_pulumi.emulator.hooks.outbox import Delivery, Result

_NOT_HERE = "the address is not one of this machine (127.0.0.1, [::1] or localhost), so nothing was sent"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a request goes; `host` is a loopback address in numbers, so no name is ever looked up."""

    host: str
    parts: SplitResult


def send(delivery: Delivery, *, timeout: float) -> Delivery:
    """Send a delivery once and return it with what came of it; `timeout` is for all of it, in real seconds."""
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


LOOK_SECONDS = 0.05
"""How long, in real time, an event waits at most until it is seen to have happened."""


def _never() -> bool:
    return False


def deliver_waiting(account: Account, *, stopping: Callable[[], bool] = _never) -> None:
    """Send what waits, oldest first and one by one; the account is free meanwhile, and can be called by receivers."""
    with account.outbox.sending:
        while not stopping() and (delivery := account.outbox.take()) is not None:
            sent = send(delivery, timeout=account.knobs.hook_timeout_seconds)
            account.outbox.settle(sent)
            account.note_delivery(sent)


class Courier:
    """Delivers the web hooks of one account from `start` to `stop`."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="xplenty-hooks", daemon=True)

    def start(self) -> None:
        """Return at once; from now on what waits is sent."""
        self._thread.start()

    def stop(self) -> None:
        """Let the delivery under way come to its end, then end the thread; what still waits is not sent."""
        self._stopping.set()
        self._account.outbox.wake()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            is_watching = self._look()
            deliver_waiting(self._account, stopping=self._stopping.is_set)
            self._account.outbox.wait(LOOK_SECONDS if is_watching else None)

    def _look(self) -> bool:
        """Let happen what is due if a web hook may hear of it, and return whether one may."""
        with self._account.lock:
            hooks = self._account.world.hooks.values()
            is_watching = any(hook.active and hook.type == "web" for hook in hooks)
            if is_watching:
                self._account.advance()
                self._account.save()
            return is_watching
