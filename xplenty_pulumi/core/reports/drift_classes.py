"""How grave each difference between a stack's state and the account is, as data.

Each field that the service shows has its class in the table of its kind, and everything else that a look can bring to
light has it here.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType

from xplenty_pulumi.core.kinds.kind import Drift, Kind


class Cause(Enum):
    """What is behind a difference."""

    CHANGED = "changed"
    GONE = "gone"
    ENDED_ON_IDLE = "ended_on_idle"
    BROKEN = "broken"
    UNFINISHED = "unfinished"
    RUN_FAILED = "run_failed"
    END_UNKNOWN = "end_unknown"
    FORGOTTEN = "forgotten"
    LOST = "lost"
    TWIN = "twin"
    SHARED = "shared"
    ORPHANED = "orphaned"
    UNMANAGED = "unmanaged"
    UNKNOWN_STACK = "unknown_stack"


CAUSES: Mapping[Cause, tuple[Drift, str]] = MappingProxyType(
    {
        Cause.GONE: (Drift.HARMFUL, "it was ended or removed by hand, or the service does not know it"),
        Cause.ENDED_ON_IDLE: (Drift.EXPECTED, "the cluster ended after it had been idle, as `terminate_on_idle` asks"),
        Cause.BROKEN: (Drift.HARMFUL, "the cluster is in `error`"),
        Cause.UNFINISHED: (Drift.EXPECTED, "it is still on its way: being built or resized, waiting or running"),
        Cause.RUN_FAILED: (Drift.HARMFUL, "the run failed or was stopped, and `on_failure` is not `record`"),
        Cause.END_UNKNOWN: (
            Drift.HARMFUL,
            "the run has ended with a status that this version does not know, and `on_failure` is not `record`",
        ),
        Cause.FORGOTTEN: (Drift.EXPECTED, "the service has forgotten a run that had completed"),
        Cause.LOST: (Drift.HARMFUL, "the service does not know a run that was active"),
        Cause.TWIN: (Drift.HARMFUL, "another living cluster, or another hook, carries the marker of a resource"),
        Cause.SHARED: (
            Drift.HARMFUL,
            "two resources hold it in their states, of one stack or of two, and no `if_running: adopt` asks for that",
        ),
        Cause.ORPHANED: (
            Drift.HARMFUL,
            "a living cluster or a hook with the stack's marker is in no state; with `--unmanaged`",
        ),
        Cause.UNMANAGED: (Drift.HARMFUL, "a living cluster without a marker is in no state; with `--unmanaged`"),
        Cause.UNKNOWN_STACK: (
            Drift.UNKNOWN,
            "a living cluster or a hook with the marker of a stack that is not in this backend; with `--unmanaged`",
        ),
    }
)
"""The class of everything but a changed field, and what it means."""


def worst(classes: Iterable[Drift]) -> Drift:
    """Return the gravest class, `NONE` without any."""
    order = list(Drift)
    return max(classes, key=order.index, default=Drift.NONE)


def class_of_input(kind: Kind, name: str, *, is_declared: bool) -> Drift:
    """Return the class of an input that has changed; one that the program leaves to the service may be what it may."""
    drift = kind.by_name[name].drift
    return drift if is_declared or drift is Drift.NONE else Drift.EXPECTED
