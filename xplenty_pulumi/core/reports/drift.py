"""What differs between the state of a stack and the account, sorted by how grave it is; pure.

Each field that the service shows has its class in the table of its kind, and all else that can differ has it here.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Any

from xplenty_pulumi.client import Cluster, Job
from xplenty_pulumi.core.kinds.cluster import is_only_accepted
from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, has_unknown_end
from xplenty_pulumi.core.kinds.kind import Drift, Ending, Key, Kind, Phase
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.obstacles import NOT_KNOWN
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin, adopted_elsewhere, taken_over
from xplenty_pulumi.core.kinds.variables import values_of
from xplenty_pulumi.core.reconcile.clusters.goals import is_broken, observation_of, phase_of
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun, has_come_to_nothing, has_succeeded, is_awaited
from xplenty_pulumi.core.reconcile.runs.failure import failure_of, forgotten, unknown_end
from xplenty_pulumi.redact import MASK, scrub


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
    DUPLICATE = "duplicate"
    SHARED = "shared"
    OTHER_STACK = "other_stack"
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
        Cause.DUPLICATE: (Drift.HARMFUL, "another living thing carries the marker of a resource"),
        Cause.SHARED: (
            Drift.HARMFUL,
            "two resources hold it in their states, of one stack or of two, and no `if_running: adopt` asks for that",
        ),
        Cause.OTHER_STACK: (
            Drift.HARMFUL,
            "the state holds it, and it carries the marker of another stack, which has adopted it",
        ),
        Cause.ORPHANED: (Drift.HARMFUL, "a living thing with the stack's marker is in no state; with `--unmanaged`"),
        Cause.UNMANAGED: (Drift.HARMFUL, "a living cluster without a marker is in no state; with `--unmanaged`"),
        Cause.UNKNOWN_STACK: (
            Drift.UNKNOWN,
            "a living thing with the marker of a stack of another backend; with `--unmanaged`",
        ),
    }
)
"""The class of everything but a changed field, and what it means."""


def worst(classes: Iterable[Drift]) -> Drift:
    """Return the gravest class, `NONE` without any."""
    return max(classes, key=list(Drift).index, default=Drift.NONE)


def class_of_input(kind: Kind, name: str, *, is_declared: bool) -> Drift:
    """Return the class of an input that has changed; one that the program leaves to the service may be what it may."""
    drift = kind.by_name[name].drift
    return drift if is_declared or drift is Drift.NONE else Drift.EXPECTED


@dataclass(frozen=True)
class Entry:
    """A resource in the state of a stack.

    `declared` are the inputs of the program, `outputs` what was observed last, both without values that cannot be read;
    the names of those are in `unreadable`, such as `description`, or `settings.password` for a member. `content`
    returns the content of a digest among them, where it is on this machine. `made` is when it was created, and who may
    have signed it. What `is_replaced` awaits its replacement, as after an `up` that was killed.
    """

    stack: str
    name: str
    kind: Kind
    id: Key
    declared: Mapping[str, object] = field(repr=False)
    outputs: Mapping[str, object] = field(repr=False)
    unreadable: tuple[str, ...] = ()
    marker: Marker | None = None
    made: Origin = UNKNOWN
    is_replaced: bool = False
    content: Callable[[str], str | None] = field(default=lambda _digest: None, repr=False, compare=False)


@dataclass(frozen=True)
class Finding:
    """One difference. `stack` and `resource` are empty for what is in no state; a `field` has two values.

    The `remark` of a field says more than these.

    `marker` is what something carries that is in no state, and `made` when it was created.
    """

    stack: str
    resource: str
    kind: str
    id: Key
    cause: Cause
    drift: Drift
    field: str = ""
    desired: object = dataclasses.field(default=None, repr=False)
    observed: object = dataclasses.field(default=None, repr=False)
    remark: str = ""
    marker: Marker | None = None
    made: str = ""

    @property
    def key(self) -> tuple[str, str, str, Key, str, str]:
        """What it is about: another value of the same field is the same difference, grown or shrunk."""
        return (self.stack, self.resource, self.kind, self.id, self.cause.value, self.field)

    @property
    def origin(self) -> Origin:
        """When it was created, and for whom."""
        return Origin(self.made, self.marker.whose if self.marker else None)


def findings_of(entry: Entry, record: Any) -> tuple[Finding, ...]:
    """Return every difference between a resource in the state and the service's record of it, None for a 404."""
    other = taken_over(record, entry.made)
    match entry.kind.ends:
        case Ending.COMPLETED:
            return _findings_of_run(entry, None if other else record)
        case _ if record is None or other:
            return (finding(entry, Cause.GONE, other or NOT_KNOWN),)
        case _ if entry.kind.is_removed(record):
            return (finding(entry, Cause.GONE, f"it is {record.status}"),)
        case Ending.TERMINATED:
            return _findings_of_cluster(entry, record)
        case Ending.REMOVED:
            return (*_adopted_elsewhere(entry, record), *_changes(entry, record))


def finding(entry: Entry, cause: Cause, remark: str) -> Finding:
    """Return what befell the resource as a whole."""
    drift, _ = CAUSES[cause]
    return Finding(entry.stack, entry.name, entry.kind.name, entry.id, cause, drift, remark=remark)


def _adopted_elsewhere(entry: Entry, record: Any) -> tuple[Finding, ...]:
    refused = adopted_elsewhere(record, entry.made)
    return (finding(entry, Cause.OTHER_STACK, f"{refused.message}. {refused.advice}"),) if refused else ()


def _findings_of_cluster(entry: Entry, cluster: Cluster) -> tuple[Finding, ...]:
    observation = observation_of(cluster, is_awaited=not is_only_accepted(entry.declared))
    if observation.gone:
        as_asked = bool(cluster.terminated_on_idle and entry.declared.get("terminate_on_idle"))
        return (finding(entry, Cause.ENDED_ON_IDLE if as_asked else Cause.GONE, observation.remark),)
    adopted = _adopted_elsewhere(entry, cluster)
    if phase_of(cluster) is Phase.READY:
        return (*adopted, *_changes(entry, cluster))
    remark = observation.remark or f"it is {cluster.status}. No `pulumi up` waits for it, as wait_for asks"
    whole = finding(entry, Cause.BROKEN if is_broken(cluster) else Cause.UNFINISHED, remark)
    return (*adopted, whole, *_changes(entry, cluster, but="status"))


def _findings_of_run(entry: Entry, job: Job | None) -> tuple[Finding, ...]:
    if job is None:
        observation = forgotten(int(entry.id), str(entry.outputs.get("status", "")))
        if not observation.gone and not observation.remark:
            return (finding(entry, Cause.FORGOTTEN, f"{NOT_KNOWN}, and it had completed"),)
        return (finding(entry, Cause.GONE if observation.gone else Cause.LOST, observation.remark),)
    desired = DesiredRun(entry.declared, timeout=0)
    is_recorded = has_come_to_nothing(job) and desired.on_failure == "record"
    if is_awaited(job, desired) or has_succeeded(job) or is_recorded:
        return _changes(entry, job)
    cause, remark = Cause.UNFINISHED, f"it is {job.status}. The next `pulumi up` goes on following it"
    if has_unknown_end(job):
        cause, remark = Cause.END_UNKNOWN, unknown_end(job).message
    elif JOB_RUN.is_spent(job.status):
        # The run's own words may repeat any variable, and which of those are secret is not known here.
        values = values_of(job.variables, job.dynamic_variables)
        cause, remark = Cause.RUN_FAILED, scrub(failure_of(job, {}).message, values)
    return (finding(entry, cause, remark), *_changes(entry, job, but="status"))


def _changes(entry: Entry, record: object, *, but: str = "") -> tuple[Finding, ...]:
    """The fields that differ: inputs as the core compares them, and what the service fills in as it is."""
    kind, view = entry.kind, entry.kind.view(record, entry.declared)
    left_out = {*entry.unreadable, *kind.unsettled(entry.declared, view)}
    names = [name for name in kind.compared if name not in left_out]
    asked = {name: entry.declared.get(name, entry.outputs.get(name)) for name in names}
    known = {name: value for name, value in asked.items() if name in entry.declared or value is not None}
    found = []
    for one in differences(kind, known, view):
        drift = class_of_input(kind, one.field, is_declared=one.field in entry.declared)
        remark = kind.remark(one.field, record, known, entry.content)
        found.append(replace(_changed(entry, one.field, drift, view, known), remark=remark))
    for name, drift in kind.shown.items():
        is_compared = drift is not Drift.NONE and name not in (but, *entry.unreadable)
        if is_compared and entry.outputs.get(name) != view.get(name):
            found.append(_changed(entry, name, drift, view, entry.outputs))
    return tuple(found)


def _changed(
    entry: Entry, name: str, drift: Drift, observed: Mapping[str, object], desired: Mapping[str, object]
) -> Finding:
    whole = Finding(entry.stack, entry.name, entry.kind.name, entry.id, Cause.CHANGED, drift, field=name)
    field = entry.kind.by_name.get(name)
    if field and field.private and not field.by_member:
        return replace(whole, desired=MASK, observed=MASK)
    before, now = desired.get(name), observed.get(name)
    if field and field.by_member and isinstance(before, Mapping) and isinstance(now, Mapping):
        pairs = [({one: before[one]}, {one: now.get(one)}) for one in before]
        wrong = [pair for pair in pairs if differences(entry.kind, {name: pair[0]}, {name: pair[1]})]
        before, now = ({key: value for pair in wrong for key, value in pair[side].items()} for side in (0, 1))
    return replace(whole, desired=before, observed=now)
