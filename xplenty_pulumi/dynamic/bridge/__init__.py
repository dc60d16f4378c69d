"""What the dynamic provider host does not offer, item by item, and the plain fallback of each.

Everything here leans on details of the host that no contract covers, so each item looks before it acts: `pool`,
`request`, `rows`, `failures`, `cancel` and `engine` are the items, `report` tests them, and docs/bridge.md explains
them.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.dynamic.bridge.cancel import cancelled, ear, listen
from xplenty_pulumi.dynamic.bridge.engine import require_engine
from xplenty_pulumi.dynamic.bridge.failures import ProviderFailure, fail, fail_partially, keeps_half_made
from xplenty_pulumi.dynamic.bridge.pool import lift_pool
from xplenty_pulumi.dynamic.bridge.report import BridgeReport, ProbeResult, announce, report
from xplenty_pulumi.dynamic.bridge.request import EngineCall, current_call
from xplenty_pulumi.dynamic.bridge.rows import log as _log
from xplenty_pulumi.dynamic.bridge.rows import reporting, stack_line
from xplenty_pulumi.dynamic.state import PROVIDER
from xplenty_pulumi.settings import is_set

__all__ = [
    "PROVIDER",
    "BridgeReport",
    "EngineCall",
    "ProbeResult",
    "ProviderFailure",
    "announce",
    "at_end",
    "cancelled",
    "current_call",
    "debug",
    "ear",
    "fail",
    "fail_partially",
    "is_set",
    "keeps_half_made",
    "lift_pool",
    "listen",
    "report",
    "reporter",
    "require_engine",
    "say",
    "stack_line",
    "warn",
]


Severity = Literal["DEBUG", "INFO", "WARNING"]


def reporter(call: EngineCall, clock: Clock) -> Callable[[str, str], None]:
    """Return what tells a wait in the resource's row: a new headline at once, its detail now and then."""
    return reporting(call, clock, lambda text: say(call, text))


def say(call: EngineCall, text: str) -> None:
    """Show `text` in the row of the resource until the next one comes."""
    _log(call, text, "INFO", ephemeral=True)


def warn(call: EngineCall, text: str) -> None:
    """Show `text` as a warning in the row of the resource and among the diagnostics at the end."""
    _log(call, text, "WARNING", ephemeral=False)


def debug(call: EngineCall, text: str) -> None:
    """Show `text` only to those who run the engine with `--debug`."""
    _log(call, text, "DEBUG", ephemeral=False)


def at_end(text: Callable[[], str], *, severity: Severity) -> None:
    """Show `text()` once the engine's operation is over.

    An empty text is not shown, nor the same one twice, and one that cannot be had is no reason to fail. Needs the item
    `cancel`.
    """
    shown = ""

    def farewell() -> None:
        nonlocal shown
        with suppress(Exception):
            line = text()
            if line not in ("", shown):
                shown = line
                stack_line(line, severity)

    ear().at_end(farewell)
