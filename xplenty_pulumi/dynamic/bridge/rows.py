"""What the user reads while it happens: the row of the resource, or a line of the stack where there is no row."""

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.dynamic.bridge.request import EngineCall
from xplenty_pulumi.redact import without_logins
from xplenty_pulumi.text import harmless

_LONGEST = 5.0
"""Seconds until the engine must have taken a line; it takes milliseconds, and no wait is held up by a silent one."""
_ADDRESS = re.compile(r"[\w.\-\[\]:]+:\d+")
_PERCENTAGE = re.compile(r"\d+(\.\d+)? ?%")


def engine_address() -> str:
    """Return the engine's address, which is the host's last argument, or an empty text where that is no address."""
    last = sys.argv[-1] if len(sys.argv) > 1 else ""
    return last if _ADDRESS.fullmatch(last) else ""


def has_row(call: EngineCall) -> bool:
    """Return whether a text can reach the row of the resource that `call` is about."""
    return bool(call.urn and engine_address())


def log(call: EngineCall, text: str, severity: str, *, ephemeral: bool) -> None:
    """Show `text` in the resource's row; where there is none, as a line that begins with its name.

    Secrets are masked, and what a terminal or a CI system would obey is taken out.
    """
    text = harmless(call.scrub(text))
    if has_row(call) and _send(severity, text, urn=call.urn, ephemeral=ephemeral):
        return
    if call.name and severity != "DEBUG":
        _print(f"{call.name}: {'warning: ' if severity == 'WARNING' else ''}{text}")


def stack_line(text: str, severity: str) -> None:
    """Show `text` as a line of the whole stack; what is only for `--debug` needs an engine to sort it out."""
    text = harmless(without_logins(text))
    if not (engine_address() and _send(severity, text, urn="", ephemeral=False)) and severity != "DEBUG":
        _print(text)


def reporting(call: EngineCall, clock: Clock, say: Callable[[str], None]) -> Callable[[str, str], None]:
    """Return what tells a wait: a new headline at once, its detail with every heartbeat of the row.

    A percentage that has moved on makes no new headline. Where there is no row, only headlines are told.
    """
    row = has_row(call)
    last, since = "", clock.monotonic()

    def tell(headline: str, detail: str) -> None:
        nonlocal last, since
        now, kind = clock.monotonic(), _PERCENTAGE.sub("%", headline)
        if kind == last and not (row and now - since >= call.heartbeat):
            return
        last, since = kind, now
        say(f"{headline} · {detail}" if detail and row else headline)

    return tell


def _send(severity: str, text: str, *, urn: str, ephemeral: bool) -> bool:
    """Return whether the engine has taken the line; one that cannot be told is no reason to fail what it tells of."""
    try:
        level = engine_pb2.LogSeverity.Value(severity)
        line = engine_pb2.LogRequest(severity=level, urn=urn, message=text, ephemeral=ephemeral)
        engine(engine_address()).Log(line, timeout=_LONGEST)
    except Exception:  # noqa: BLE001 - whatever a changed SDK or a dying engine raises
        return False
    return True


def _print(line: str) -> None:
    """Print to the host's output, each line of which the engine shows as one of the stack; it may have gone away."""
    with suppress(OSError, ValueError):
        sys.stdout.write(" ".join(line.split("\n")) + "\n")
        sys.stdout.flush()


@lru_cache(maxsize=1)
def engine(address: str) -> Any:
    """Return the engine's log service."""
    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))
