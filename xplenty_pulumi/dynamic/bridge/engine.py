"""The engine behind this process: what it shows to the user, and whether it still lives.

The engine's address is the last argument of the host. It takes texts for the row of a resource and for the stack. It
also proves that the engine lives: it takes connections for as long as the engine does, and refuses them afterwards. A
killed engine leaves its provider process running, and the parent of that process, a shell, outlives the engine too.
"""

import os
import re
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Literal

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.dynamic.bridge.request import HOST, SERVICER, EngineCall, cancel_signal, current_call
from xplenty_pulumi.errors import Cancelled
from xplenty_pulumi.redact import without_logins
from xplenty_pulumi.text import harmless

Severity = Literal["DEBUG", "INFO", "WARNING"]

_LONGEST_LINE = 5.0
"""Seconds until the engine must have taken a line; it takes milliseconds, and no wait is held up by a silent one."""
_ADDRESS = re.compile(r"[\w.\-\[\]:]+:\d+")
_PERCENTAGE = re.compile(r"\d+(\.\d+)? ?%")
_PAUSE = 0.2
"""Seconds between two tries that prove nothing, and between the two refusals that prove the end."""
_LONGEST_CONNECTION = 4.0
"""Seconds for which a connection is waited for; a slow machine is no dead engine, and Windows takes two to refuse."""


def engine_address() -> str:
    """Return the engine's address, which is the host's last argument, or an empty text where that is no address."""
    last = sys.argv[-1] if len(sys.argv) > 1 else ""
    return last if _ADDRESS.fullmatch(last) else ""


_rows: set[str] = set()
"""The URNs whose row shows a text of ours."""


def say(call: EngineCall, text: str) -> None:
    """Show `text` in the row of the resource until the next one comes."""
    _rows.add(call.urn)
    log(call, text, "INFO", ephemeral=True)


def say_instead(call: EngineCall, text: str) -> None:
    """Show `text` in place of an earlier one in the row of the resource, such as one about what it replaces."""
    if call.urn and call.urn in _rows:
        say(call, text)


def note(call: EngineCall, text: str) -> None:
    """Show `text` in the row of the resource and among the diagnostics at the end."""
    log(call, text, "INFO", ephemeral=False)


def warn(call: EngineCall, text: str) -> None:
    """Show `text` as a warning in the row of the resource and among the diagnostics at the end."""
    log(call, text, "WARNING", ephemeral=False)


def debug(call: EngineCall, text: str) -> None:
    """Show `text` only to those who run the engine with `--debug`."""
    log(call, text, "DEBUG", ephemeral=False)


def log(call: EngineCall, text: str, severity: Severity, *, ephemeral: bool) -> None:
    """Show `text` in the resource's row; where there is none, as a line that begins with its name.

    Secrets are masked, and what a terminal or a CI system would obey is taken out.
    """
    text = harmless(call.scrub(text))
    if call.urn and _send(severity, text, urn=call.urn, ephemeral=ephemeral):
        return
    if call.name and severity != "DEBUG":
        for line in text.split("\n"):
            _print(f"{call.name}: {'warning: ' if severity == 'WARNING' else ''}{line}")


def stack_line(text: str, severity: Severity) -> None:
    """Show `text` as a line of the whole stack; what is only for `--debug` needs an engine to sort it out."""
    text = harmless(without_logins(text))
    if not _send(severity, text, urn="", ephemeral=False) and severity != "DEBUG":
        _print(text)


def at_end(text: Callable[[], str], *, severity: Severity) -> None:
    """Show `text()` once the engine's operation is over.

    An empty text is not shown, nor the same one twice, and one that cannot be had is no reason to fail. Needs the item
    `cancel`.
    """
    shown = ""

    def show() -> None:
        nonlocal shown
        with suppress(Exception):
            line = text()
            if line not in ("", shown):
                shown = line
                stack_line(line, severity)

    cancel_signal().at_end(show)


def reporter(call: EngineCall, clock: Clock) -> Callable[[str, str], None]:
    """Return what reports a wait in the resource's row: a new headline at once, its detail with every heartbeat.

    A percentage that has moved on makes no new headline. Where there is no row, only headlines are shown.
    """
    has_row = bool(call.urn and engine_address())
    last, since = "", clock.monotonic()

    def report(headline: str, detail: str) -> None:
        nonlocal last, since
        now, kind = clock.monotonic(), _PERCENTAGE.sub("%", headline)
        if kind == last and not (has_row and now - since >= call.heartbeat):
            return
        last, since = kind, now
        say(call, f"{headline} · {detail}" if detail and has_row else headline)

    return report


def _send(severity: Severity, text: str, *, urn: str, ephemeral: bool) -> bool:
    """Return whether the engine has taken the line; one that it does not take is no reason to fail."""
    if not (address := engine_address()):
        return False
    try:
        level = engine_pb2.LogSeverity.Value(severity)
        line = engine_pb2.LogRequest(severity=level, urn=urn, message=text, ephemeral=ephemeral)
        log_service(address).Log(line, timeout=_LONGEST_LINE)
    except Exception:  # noqa: BLE001 - whatever a changed SDK or a dying engine raises
        return False
    return True


def _print(line: str) -> None:
    """Print to the host's output, each line of which the engine shows as one of the stack; it may have gone away."""
    with suppress(OSError, ValueError):
        sys.stdout.write(" ".join(line.split("\n")) + "\n")
        sys.stdout.flush()


@lru_cache(maxsize=1)
def log_service(address: str) -> Any:
    """Return the engine's log service."""
    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))


class EngineWatch:
    """Whether the engine at `address` (`host:port`) lives; only a refused connection says that it does not."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._place = (host.strip("[]"), int(port))
        self._pause = threading.Event()

    def is_reachable(self) -> bool:
        """Return whether the engine takes a connection."""
        return self._trouble() is None

    def is_gone(self) -> bool:
        """Return whether the engine refuses connections, twice in a row."""
        return self._refuses() and not self._pause.wait(_PAUSE) and self._refuses()

    def follow(self) -> None:
        """Return once the engine is gone.

        An open connection ends at that moment. It ends in a healthy engine too, which waits two minutes for a first
        word, so the end of one is only a reason to connect anew.
        """
        while not self.is_gone():
            with suppress(OSError), self._connection() as line:
                line.settimeout(None)
                while line.recv(4096):
                    pass
            self._pause.wait(_PAUSE)

    def _refuses(self) -> bool:
        return isinstance(self._trouble(), ConnectionRefusedError)

    def _trouble(self) -> OSError | None:
        try:
            self._connection().close()
        except OSError as trouble:
            return trouble
        return None

    def _connection(self) -> socket.socket:
        return socket.create_connection(self._place, timeout=_LONGEST_CONNECTION)


@lru_cache(maxsize=1)
def watched() -> EngineWatch | None:
    """Return the watch over the engine of this process, None where it is no host or its engine cannot be reached.

    From the first call on, the process ends as soon as its engine is gone: nobody is left who shows texts, and keeps
    what is under way.
    """
    if not engine_address() or not hasattr(sys.modules.get(HOST), SERVICER):
        return None
    watch = EngineWatch(engine_address())
    if not watch.is_reachable():
        return None

    def end_with_engine() -> None:
        watch.follow()
        _end()

    with suppress(RuntimeError):  # the machine gives no thread; each change still asks whether the engine lives
        threading.Thread(target=end_with_engine, name="engine watch", daemon=True).start()
    return watch


def require_engine() -> None:
    """Return if somebody still waits for the running call, so that it may send something that changes the account.

    Raises:
        Cancelled: the engine is gone, or has given this call up, so nothing was sent.
    """
    watch = watched()
    if not current_call().is_active or (watch and watch.is_gone()):
        raise Cancelled(
            "the engine has gone away, so nothing was sent",
            advice="Run `xplenty-pulumi recover`, then `pulumi up` to go on",
        )


def _end() -> None:
    """End this process at once, whatever its threads wait for, without a traceback and without a last call."""
    os._exit(1)
