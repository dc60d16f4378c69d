"""How grave each difference between a stack's state and the account is, as data.

Tables beside those of `kinds`: each field that the service shows has its class here, and so has everything else that a
look can bring to light. `Drift.NONE` stands for what is not compared.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType

from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Change, Kind


class Drift(Enum):
    """How grave a difference is; the later ones are the graver ones."""

    NONE = "none"
    EXPECTED = "expected"
    """What the service does by itself: nobody has to look at it."""
    UNKNOWN = "unknown"
    """What may well be in order: only another backend can tell."""
    HARMLESS = "harmless"
    """What somebody has changed and nothing depends on."""
    HARMFUL = "harmful"
    """What does not work or cost as declared."""

    @property
    def is_drift(self) -> bool:
        """Whether somebody should know."""
        return self in {Drift.HARMLESS, Drift.HARMFUL}


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


def _all(names: str, drift: Drift) -> dict[str, Drift]:
    return dict.fromkeys(names.split(), drift)


INPUTS: Mapping[str, Mapping[str, Drift]] = MappingProxyType(
    {
        CLUSTER.name: {
            **_all("nodes type terminate_on_idle time_to_idle region zone allow_fallback", Drift.HARMFUL),
            **_all("stack bootstrap_actions master_instance_type slave_instance_type", Drift.HARMFUL),
            **_all("master_spot_price slave_spot_price", Drift.HARMFUL),
            **_all("master_spot_percentage slave_spot_percentage", Drift.HARMFUL),
            **_all("name description", Drift.HARMLESS),
        },
        # The inputs of a run can not change, so the service's echo of them decides nothing.
        JOB_RUN.name: _all("cluster_id package_id package variables dynamic_variables triggers", Drift.NONE),
        HOOK.name: {**_all("type settings events active", Drift.HARMFUL), **_all("name", Drift.HARMLESS)},
    }
)
"""The class of each input by kind; one that the program leaves to the service is `EXPECTED` to be what it may."""

OUTPUTS: Mapping[str, Mapping[str, Drift]] = MappingProxyType(
    {
        CLUSTER.name: {
            **_all("status running_jobs_count queued_jobs_count", Drift.EXPECTED),
            **_all("idle_since available_since launched_at", Drift.EXPECTED),
            **_all("created_at updated_at terminated_at terminated_on_idle", Drift.NONE),
            **_all("owner_id plan_id creator url html_url", Drift.NONE),
        },
        JOB_RUN.name: {
            **_all("status progress attempts master_auto_retry_attempts outputs_count", Drift.EXPECTED),
            **_all("started_at completed_at failed_at runtime_in_seconds", Drift.EXPECTED),
            # Texts that may repeat a secret variable, and what the service only sometimes shows.
            **_all("errors outputs effective_variables component log_summary log_url", Drift.NONE),
            **_all("created_at updated_at owner_id cluster creator url html_url", Drift.NONE),
        },
        HOOK.name: _all("salt", Drift.NONE),
    }
)
"""The class of each field that the service fills in, by kind."""

SECRET_INPUTS = frozenset({"settings", "variables", "dynamic_variables"})
"""Inputs whose values may be secret, so that none is shown."""


def worst(classes: Iterable[Drift]) -> Drift:
    """Return the gravest class, `NONE` without any."""
    order = list(Drift)
    return max(classes, key=order.index, default=Drift.NONE)


def class_of_input(kind: Kind, name: str, *, is_declared: bool) -> Drift:
    """Return the class of an input that has changed."""
    drift = INPUTS[kind.name].get(name, Drift.NONE)
    return drift if is_declared or drift is Drift.NONE else Drift.EXPECTED


def comparable(kind: Kind) -> tuple[str, ...]:
    """Return the inputs of the kind that the service shows and that can change there."""
    inputs = INPUTS[kind.name]
    return tuple(
        one.name
        for one in kind.fields
        if one.change is not Change.LOCAL and inputs.get(one.name, Drift.NONE) is not Drift.NONE
    )
