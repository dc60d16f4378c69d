"""The bridge's test of itself: which items work in this host, and what stands in for those that do not."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from pulumi.runtime.proto import engine_pb2, provider_pb2, status_pb2

from xplenty_pulumi.dynamic.bridge import engine, failures, pool, request
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

    def __str__(self) -> str:
        return "bridge: " + "; ".join(map(str, self.findings))


@lru_cache(maxsize=1)
def report() -> BridgeReport:
    """Return how the bridge stands in this process, tested by its first call, which `configure` makes."""
    is_enabled = bridge_enabled(os.environ)
    findings: list[ProbeResult] = []
    for item in ITEMS:
        try:
            why = item.probe() if is_enabled or item.is_safety else SWITCHED_OFF
        except Exception as problem:  # noqa: BLE001 - whatever a changed SDK raises, the fallback is there
            why = f"its test ended in a {type(problem).__name__}"
        if why and not is_enabled:
            why = SWITCHED_OFF
        findings.append(ProbeResult(item.name, not why, item.fallback, why))
    return BridgeReport(tuple(findings))


@lru_cache(maxsize=1)
def announce() -> None:
    """Show, once in this process, the report with `--debug`, and a warning of what should work and does not."""
    engine.stack_line(str(report()), "DEBUG")
    troubles = [one for one in report().findings if not one.works and one.why != SWITCHED_OFF]
    if found := "; ".join(map(str, troubles)):
        warning = (
            f"xplenty_pulumi does not find all it needs in this version of the pulumi SDK: {found}. Everything else "
            "works, and nothing is lost or doubled; docs/explanation/bridge.md names the versions that were tested, "
            "and XPLENTY_BRIDGE=off says that you know"
        )
        engine.stack_line(warning, "WARNING")


def _request() -> str:
    if not request.current_call().urn:
        return "the host's request was not found"
    wanted = (provider_pb2.CreateRequest, provider_pb2.UpdateRequest, provider_pb2.DeleteRequest)
    return "" if all(_has(one, "urn", "timeout") for one in wanted) else "the request has no URN or no time-out"


def _rows() -> str:
    if not request.current_call().urn:
        return "the URN was not found"
    if not engine.engine_address():
        return "the host's last argument is no address of an engine"
    return "" if _has(engine_pb2.LogRequest, "urn", "ephemeral") else "the engine's log has no rows"


def _trailer() -> str:
    if not request.current_call().takes_trailer:
        return "the host's answer takes no trailer"
    return "" if status_pb2.Status.FromString(failures.packed("text")).message == "text" else "the trailer is not read"


def _partial_state() -> str:
    kept = failures.half_made("reason", "1", {PROVIDER: "p"}, {})
    status = status_pb2.Status.FromString(failures.packed("text", kept))
    back = provider_pb2.ErrorResourceInitFailed()
    return _trailer() or ("" if status.details[0].Unpack(back) and back == kept else "the resource is not read back")


def _unless(works: Callable[[], object], why: str) -> Callable[[], str]:
    return lambda: "" if works() else why


def _has(message: object, *fields: str) -> bool:
    return set(fields) <= set(getattr(message, "DESCRIPTOR").fields_by_name)  # noqa: B009 - the stubs do not show it


ITEMS = (
    BridgeItem("pool", "four waits at a time", _unless(pool.lift_pool, "the host's thread pool was not found")),
    BridgeItem("request", "time-outs from inputs and defaults", _request),
    BridgeItem("rows", "lines of the stack", _rows),
    BridgeItem("partial state", "adoption by the marker", _partial_state),
    BridgeItem("one-line errors", "a traceback that ends in our text", _trailer),
    BridgeItem(
        "cancel",
        "waits that end with their deadline",
        _unless(request.receive_cancel, "the host's Cancel was not found"),
    ),
    BridgeItem(
        "engine watch",
        "a process that outlives a killed engine",
        _unless(engine.watched, "the engine's address was not found, or takes no connection"),
        is_safety=True,
    ),
)
"""Every item of the bridge, in the order of the tables in the documentation."""
