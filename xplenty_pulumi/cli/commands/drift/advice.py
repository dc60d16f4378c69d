"""What to do about a report: one sentence for each sort of finding that it shows."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from xplenty_pulumi.core.kinds.kind import Drift
from xplenty_pulumi.core.reports.drift import Cause

_RESTORED = frozenset({Cause.CHANGED.value, Cause.GONE.value, Cause.BROKEN.value})
_EXPLAINED = frozenset({Cause.END_UNKNOWN.value, Cause.LOST.value, Cause.SHARED.value, Cause.OTHER_STACK.value})
_STRAYS = frozenset({Cause.DUPLICATE.value, Cause.ORPHANED.value})
_ADVICE: Mapping[str, str] = MappingProxyType(
    {
        Cause.RUN_FAILED.value: "correct the package, its variables or the cluster of a failed run first "
        "(`xplenty-pulumi status job ID` shows the log); `pulumi up --refresh` starts a new run",
        Cause.UNMANAGED.value: "ask who started an unmanaged cluster, or end it with `xplenty-pulumi terminate cluster "
        "ID`",
        Cause.UNKNOWN_STACK.value: "ask who owns what carries the marker of an unknown stack",
        **dict.fromkeys(_EXPLAINED, "the detail of each end_unknown, lost, shared and other_stack says what to do"),
        **dict.fromkeys(_STRAYS, "the detail of each duplicate and orphaned says what to do"),
    }
)


def next_steps(findings: Iterable[Mapping[str, Any]]) -> str:
    """Return what to do about the findings, empty where nothing has to be done."""
    shown = [one for one in findings if Drift(one["class"]).is_drift or one["class"] == Drift.UNKNOWN.value]
    elsewhere = [_resource(one) for one in shown if one["cause"] == Cause.OTHER_STACK.value]  # no `up` touches these
    restored_in = [one for one in shown if one["cause"] in _RESTORED and _resource(one) not in elsewhere]
    stacks = {one["stack"] for one in restored_in}
    stack = next(iter(stacks)) if len(stacks) == 1 else "STACK"
    restored = [f"`pulumi up --refresh --stack {stack}` puts back what is declared"] if stacks else []
    advice = dict.fromkeys(_advice(cause, shown) for one in shown if (cause := one["cause"]) in _ADVICE)
    return "; ".join([*restored, *advice])


def _resource(finding: Mapping[str, Any]) -> tuple[object, object]:
    return finding["stack"], finding["resource"]


def _advice(cause: str, shown: Iterable[Mapping[str, Any]]) -> str:
    """The advice for a cause, with the id where one finding has it."""
    ids = [str(one["id"]) for one in shown if one["cause"] == cause]
    return _ADVICE[cause].replace(" ID`", f" {ids[0]}`") if len(ids) == 1 else _ADVICE[cause]
