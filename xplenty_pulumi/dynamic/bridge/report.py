"""The bridge's test of itself: which items work in this host, and what stands in for those that do not."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from pulumi.runtime.proto import engine_pb2, provider_pb2, status_pb2

from xplenty_pulumi.dynamic.bridge import cancel, engine, failures, pool, request, rows
from xplenty_pulumi.dynamic.state import PROVIDER
from xplenty_pulumi.settings import bridge_enabled

SWITCHED_OFF = "switched off by XPLENTY_BRIDGE"


@dataclass(frozen=True)
class BridgeItem:
    """One thing that the host does not offer: its `fallback`, and a `probe` that returns what is in the way, if any.

    One that `is_safety` is in place wherever it works, whether the bridge is switched off or not.
    """

    name: str
    fallback: str
    probe: Callable[[], str]
    is_safety: bool = False


@dataclass(frozen=True)
class ProbeResult:
    """Whether an item works in this process, and if not, `why` and what the user gets instead."""

    item: str
    works: bool
    fallback: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.item} works" if self.works else f"{self.item} falls back to {self.fallback} ({self.why})"


@dataclass(frozen=True)
class BridgeReport:
    """What the bridge can do in this process: a finding for every item, in a fixed order."""

    findings: tuple[ProbeResult, ...]

    def works(self, item: str) -> bool:
        """Return whether the item of this name works."""
        return any(one.works for one in self.findings if one.item == item)

    @property
    def troubles(self) -> tuple[ProbeResult, ...]:
        """Return the items that should work and do not."""
        return tuple(one for one in self.findings if not one.works and one.why != SWITCHED_OFF)

    def __str__(self) -> str:
        return "bridge: " + "; ".join(map(str, self.findings))


@lru_cache(maxsize=1)
def report() -> BridgeReport:
    """Return how the bridge stands in this process, tested by its first call, which `configure` makes."""
    enabled = bridge_enabled(os.environ)
    return BridgeReport(tuple(_tested(item) if enabled else _off(item) for item in ITEMS))


@lru_cache(maxsize=1)
def announce() -> None:
    """Tell, once in this process, the report to those who debug, and to everybody what should work and does not."""
    rows.stack_line(str(report()), "DEBUG")
    if troubles := report().troubles:
        rows.stack_line(warning(troubles), "WARNING")


def warning(troubles: tuple[ProbeResult, ...]) -> str:
    """Return what the user should know of `troubles`."""
    found = "; ".join(map(str, troubles))
    return (
        f"xplenty_pulumi does not find all it needs in this version of the pulumi SDK: {found}. Everything else works, "
        "and nothing is lost or doubled; docs/bridge.md names the versions that were tested, and XPLENTY_BRIDGE=off "
        "says that you know"
    )


def _tested(item: BridgeItem) -> ProbeResult:
    try:
        why = item.probe()
    except Exception as problem:  # noqa: BLE001 - whatever a changed SDK raises, the fallback is there
        why = f"its test ended in a {type(problem).__name__}"
    return ProbeResult(item.name, not why, item.fallback, why)


def _off(item: BridgeItem) -> ProbeResult:
    if item.is_safety and (found := _tested(item)).works:
        return found
    return ProbeResult(item.name, works=False, fallback=item.fallback, why=SWITCHED_OFF)


def _pool() -> str:
    return "" if pool.lift_pool() else "the host's thread pool was not found"


def _request() -> str:
    if not request.current_call().urn:
        return "the host's request was not found"
    wanted = (provider_pb2.CreateRequest, provider_pb2.UpdateRequest, provider_pb2.DeleteRequest)
    return "" if all(_has(one, "urn", "timeout") for one in wanted) else "the request has no URN or no time-out"


def _rows() -> str:
    if not request.current_call().urn:
        return "the URN was not found"
    if not rows.engine_address():
        return "the host's last argument is no address of an engine"
    return "" if _has(engine_pb2.LogRequest, "urn", "ephemeral") else "the engine's log knows no rows"


def _trailer() -> str:
    if not request.current_call().keeps_state:
        return "the host's answer takes no trailer"
    return "" if status_pb2.Status.FromString(failures.packed("text")).message == "text" else "the trailer is not read"


def _partial_state() -> str:
    kept = failures.half_made("reason", "1", {PROVIDER: "p"}, {})
    status = status_pb2.Status.FromString(failures.packed("text", kept))
    back = provider_pb2.ErrorResourceInitFailed()
    return _trailer() or ("" if status.details[0].Unpack(back) and back == kept else "the resource is not read back")


def _cancel() -> str:
    return "" if cancel.listen() else "the host's Cancel was not found"


def _engine_watch() -> str:
    return "" if engine.watched() else "the engine's address was not found, or takes no connection"


def _has(message: object, *fields: str) -> bool:
    return set(fields) <= set(getattr(message, "DESCRIPTOR").fields_by_name)  # noqa: B009 - the stubs do not show it


ITEMS = (
    BridgeItem("pool", "four waits at a time", _pool),
    BridgeItem("request", "time-outs from inputs and defaults", _request),
    BridgeItem("rows", "lines of the stack", _rows),
    BridgeItem("partial state", "adoption by the marker", _partial_state),
    BridgeItem("one-line errors", "a traceback that ends in our text", _trailer),
    BridgeItem("cancel", "waits that end with their deadline", _cancel),
    BridgeItem("engine watch", "a process that outlives a killed engine", _engine_watch, is_safety=True),
)
"""Every item of the bridge, in the order of the tables in the documentation."""
