"""Which events a change of a record is, and who has to be told of each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.records import (
    EmulatedCluster,
    EmulatedHook,
    EmulatedJob,
    EmulatedPackage,
    Moment,
    Record,
)

Subject: TypeAlias = EmulatedCluster | EmulatedJob
_JOB_EVENTS = {
    "running": "job.started",
    "completed": "job.completed",
    "failed": "job.failed",
    "stopped": "job.stopped",
}
_CLUSTER_EVENTS = {"available": "cluster.available", "error": "cluster.error", "terminated": "cluster.terminated"}
_MAILED = frozenset(
    {"job.completed", "job.failed", "job.stopped", "cluster.available", "cluster.terminated", "cluster.error"}
)


class Records(Protocol):
    """The records of an account, as far as an event is about them."""

    @property
    def knobs(self) -> Knobs: ...

    @property
    def hooks(self) -> Mapping[int, EmulatedHook]: ...

    @property
    def clusters(self) -> Mapping[int, EmulatedCluster]: ...

    @property
    def packages(self) -> Mapping[int, EmulatedPackage]: ...

    def unfinished_jobs(self, cluster_id: int) -> list[EmulatedJob]: ...


@dataclass(frozen=True, slots=True)
class Happening:
    """An event at its moment: what it is about (nothing, for a ping), and the hooks and watched records told of it.

    `package` and `cluster` are those of the subject, `jobs` the numbers of running and of queued jobs of the cluster.
    """

    event: str
    at: Moment
    subject: Subject | None
    hooks: tuple[EmulatedHook, ...]
    watched: tuple[Subject, ...] = ()
    package: EmulatedPackage | None = None
    cluster: EmulatedCluster | None = None
    jobs: tuple[int, int] = (0, 0)


def happenings(world: Records, before: Record | None, after: Record) -> list[Happening]:
    """Return what the change of a record to `after` makes happen; `before` is None for a new one."""
    if not isinstance(after, EmulatedCluster | EmulatedJob):
        return []
    return [_happening(world, event, after) for event in _events(before, after, knobs=world.knobs)]


def _happening(world: Records, event: str, subject: Subject) -> Happening:
    """One event; what only the requests of hooks hold is looked up only where there are hooks to be told."""
    hooks = tuple(hook for hook in world.hooks.values() if hook.is_about(event))
    happening = Happening(event, subject.status_since, subject, hooks=hooks, watched=_watched(world, event, subject))
    if not hooks:
        return happening
    cluster = subject if isinstance(subject, EmulatedCluster) else world.clusters.get(subject.cluster_id)
    package = world.packages.get(subject.package_id) if isinstance(subject, EmulatedJob) else None
    return replace(happening, package=package, cluster=cluster, jobs=_jobs_on(world, cluster))


def _events(before: Record | None, after: Subject, *, knobs: Knobs) -> list[str]:
    if isinstance(after, EmulatedCluster):
        return _cluster_events(before if isinstance(before, EmulatedCluster) else None, after, knobs=knobs)
    first = ["job.submitted"] if before is None else []
    changed = not isinstance(before, EmulatedJob) or before.status != after.status
    return first + ([_JOB_EVENTS[after.status]] if changed and after.status in _JOB_EVENTS else [])


def _cluster_events(before: EmulatedCluster | None, after: EmulatedCluster, *, knobs: Knobs) -> list[str]:
    events = ["cluster.requested"] if before is None else []
    if after.idle_since is not None and after.idle_since != (before.idle_since if before is not None else None):
        events.append("cluster.idled")
    changed = before is None or before.status != after.status
    again = before is not None and before.available_since is not None and knobs.cluster_available_event == "first"
    if changed and after.status in _CLUSTER_EVENTS and not (after.status == "available" and again):
        events.append(_CLUSTER_EVENTS[after.status])
    return events


def _watched(world: Records, event: str, subject: Subject) -> tuple[Subject, ...]:
    """The records whose watchers are told, by the documented list: a new job is news of its cluster."""
    if event == "job.submitted" and isinstance(subject, EmulatedJob):
        cluster = world.clusters.get(subject.cluster_id)
        return (cluster,) if cluster is not None and cluster.watched else ()
    return (subject,) if event in _MAILED and subject.watched else ()


def _jobs_on(world: Records, cluster: EmulatedCluster | None) -> tuple[int, int]:
    statuses = [job.status for job in world.unfinished_jobs(cluster.id)] if cluster is not None else []
    return (statuses.count("running"), statuses.count("queued"))
