"""What differs between the state of a stack and the account, sorted by how grave it is; pure."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xplenty_pulumi.client import Cluster, Job
from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, has_unknown_end
from xplenty_pulumi.core.kinds.kind import Drift, Ending, Kind, Phase
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.variables import values_of
from xplenty_pulumi.core.reconcile.clusters.goals import is_broken, observation_of, phase_of
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun, has_come_to_nothing, has_succeeded, is_awaited
from xplenty_pulumi.core.reconcile.runs.failure import failure_of, forgotten, unknown_end
from xplenty_pulumi.core.reports.drift_classes import CAUSES, Cause, class_of_input, worst
from xplenty_pulumi.redact import MASK, scrub

_UNKNOWN = "the service does not know it (404)"


@dataclass(frozen=True)
class Entry:
    """A resource in the state of a stack.

    `declared` are the inputs of the program, `outputs` what was seen last, both without values that cannot be read;
    the names of those are in `unreadable`.
    """

    stack: str
    name: str
    kind: Kind
    id: int
    declared: Mapping[str, object] = field(repr=False)
    outputs: Mapping[str, object] = field(repr=False)
    unreadable: tuple[str, ...] = ()
    marker: Marker | None = None


@dataclass(frozen=True)
class Finding:
    """One difference. `stack` and `resource` are empty for what is in no state; a `field` has two values.

    `marker` is what something carries that is in no state.
    """

    stack: str
    resource: str
    kind: str
    id: int
    cause: Cause
    drift: Drift
    field: str = ""
    desired: object = dataclasses.field(default=None, repr=False)
    observed: object = dataclasses.field(default=None, repr=False)
    remark: str = ""
    marker: Marker | None = None

    @property
    def key(self) -> tuple[str, str, str, int, str, str]:
        """What it is about: another value of the same field is the same difference, grown or shrunk."""
        return (self.stack, self.resource, self.kind, self.id, self.cause.value, self.field)


@dataclass(frozen=True)
class DriftReport:
    """What a look at the stacks has found at a moment.

    `unreadable` are the fields by `(stack, resource)` that could not be compared, because they are secret in the state.
    """

    at: datetime
    stacks: tuple[str, ...]
    checked: int
    findings: tuple[Finding, ...]
    unreadable: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @property
    def drift(self) -> Drift:
        """The gravest class of all."""
        return worst(one.drift for one in self.findings)

    def of(self, drift: Drift) -> tuple[Finding, ...]:
        """Return the findings of one class."""
        return tuple(one for one in self.findings if one.drift is drift)


def findings_of(entry: Entry, record: Any) -> tuple[Finding, ...]:
    """Return every difference between a resource in the state and the service's record of it, None for a 404."""
    match entry.kind.ends:
        case Ending.COMPLETED:
            return _findings_of_run(entry, record)
        case _ if record is None:
            return (finding(entry, Cause.GONE, _UNKNOWN),)
        case Ending.TERMINATED:
            return _findings_of_cluster(entry, record)
        case Ending.REMOVED:
            return _changes(entry, record)


def finding(entry: Entry, cause: Cause, remark: str) -> Finding:
    """Return what befell the resource as a whole."""
    drift, _ = CAUSES[cause]
    return Finding(entry.stack, entry.name, entry.kind.name, entry.id, cause, drift, remark=remark)


def _findings_of_cluster(entry: Entry, cluster: Cluster) -> tuple[Finding, ...]:
    sight = observation_of(cluster)
    if sight.gone:
        as_asked = bool(cluster.terminated_on_idle and entry.declared.get("terminate_on_idle"))
        return (finding(entry, Cause.ENDED_ON_IDLE if as_asked else Cause.GONE, sight.remark),)
    if phase_of(cluster) is Phase.READY:
        return _changes(entry, cluster)
    whole = finding(entry, Cause.BROKEN if is_broken(cluster) else Cause.UNFINISHED, sight.remark)
    return (whole, *_changes(entry, cluster, but="status"))


def _findings_of_run(entry: Entry, job: Job | None) -> tuple[Finding, ...]:
    if job is None:
        sight = forgotten(entry.id, str(entry.outputs.get("status", "")))
        if not sight.gone and not sight.remark:
            return (finding(entry, Cause.FORGOTTEN, f"{_UNKNOWN}, and it had completed"),)
        return (finding(entry, Cause.GONE if sight.gone else Cause.LOST, sight.remark),)
    desired = DesiredRun(entry.declared, timeout=0)
    is_recorded = has_come_to_nothing(job) and desired.on_failure == "record"
    if is_awaited(job, desired) or has_succeeded(job) or is_recorded:
        return _changes(entry, job)
    cause, remark = _what_befell(job)
    return (finding(entry, cause, remark), *_changes(entry, job, but="status"))


def _what_befell(job: Job) -> tuple[Cause, str]:
    if has_unknown_end(job):
        return Cause.END_UNKNOWN, unknown_end(job).message
    if JOB_RUN.is_spent(job.status):
        return Cause.RUN_FAILED, _failure(job)
    return Cause.UNFINISHED, f"it is {job.status}. The next `pulumi up` goes on following it"


def _failure(job: Job) -> str:
    """The run's own words; they may repeat any variable, and which of those are secret is not known here."""
    return scrub(failure_of(job, {}).message, values_of(job.variables, job.dynamic_variables))


def _changes(entry: Entry, record: object, *, but: str = "") -> tuple[Finding, ...]:
    """The fields that differ: inputs as the core compares them, and what the service fills in as it is."""
    view, shown = entry.kind.view(record, entry.declared), entry.kind.shown
    names = [name for name in entry.kind.compared if name not in entry.unreadable]
    asked = {name: entry.declared.get(name, entry.outputs.get(name)) for name in names}
    known = {name: value for name, value in asked.items() if name in entry.declared or value is not None}
    inputs = [
        _changed(entry, one.field, (one.desired, one.observed), is_declared=one.field in entry.declared)
        for one in differences(entry.kind, known, view)
    ]
    told = [name for name, drift in shown.items() if drift is not Drift.NONE and name != but]
    outputs = [
        _changed(entry, name, (entry.outputs.get(name), view.get(name)), drift=shown[name])
        for name in told
        if name not in entry.unreadable and entry.outputs.get(name) != view.get(name)
    ]
    return (*inputs, *outputs)


def _changed(
    entry: Entry, name: str, values: tuple[object, object], *, is_declared: bool = True, drift: Drift | None = None
) -> Finding:
    found = drift or class_of_input(entry.kind, name, is_declared=is_declared)
    field = entry.kind.by_name.get(name)
    desired, observed = (MASK, MASK) if field and field.private else values
    identity = (entry.stack, entry.name, entry.kind.name, entry.id)
    return Finding(*identity, Cause.CHANGED, found, field=name, desired=desired, observed=observed)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings, the gravest first, then by stack and resource."""
    order = list(Drift)[::-1]
    return tuple(sorted(findings, key=lambda one: (order.index(one.drift), one.stack, one.resource, one.id)))
