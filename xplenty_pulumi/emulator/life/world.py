"""All records of an account, what falls due when, and which events the changes of records are."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

from xplenty_pulumi.emulator.life import clusters, jobs, schedules
from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.packages import EmulatedPackage, EmulatedValidation
from xplenty_pulumi.emulator.life.records import (
    FINAL,
    FIRST_IDS,
    EmulatedCluster,
    EmulatedConnection,
    EmulatedHook,
    EmulatedJob,
    Record,
)
from xplenty_pulumi.emulator.life.schedules import EmulatedSchedule

Kind: TypeAlias = type[Record]
Change: TypeAlias = tuple[Kind, int, Record | None]
Subject: TypeAlias = EmulatedCluster | EmulatedJob
_IN_TURN: tuple[Kind, ...] = (EmulatedCluster, EmulatedJob, EmulatedSchedule)
"""The kinds that change by themselves, in the order in which they do what is due at the same moment."""
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


@dataclass(frozen=True, slots=True)
class Happening:
    """An event at its moment: what it is about (nothing, for a ping), and which hooks are notified.

    The watchers of the records `watched` get a mail. `package` and `cluster` are those of the subject, `jobs` the
    numbers of running and of queued jobs of the cluster.
    """

    event: str
    at: Moment
    subject: Subject | None
    hooks: tuple[EmulatedHook, ...]
    watched: tuple[Subject, ...] = ()
    package: EmulatedPackage | None = None
    cluster: EmulatedCluster | None = None
    jobs: tuple[int, int] = (0, 0)


class World:
    """The records of one account, whose clusters are in `region` unless told otherwise.

    `clusters_that_fail` are patterns of the names of clusters that end in `error`. A lock is its user's business.
    """

    def __init__(self, *, knobs: Knobs, now: Moment, region: str, clusters_that_fail: tuple[str, ...] = ()) -> None:
        self.knobs = knobs
        self.region = region
        self.now = now
        self.born_at = now
        self.clusters_to_fail = 0
        self.clusters_that_fail = clusters_that_fail
        self.happenings: list[Happening] = []
        self.next_ids: dict[Kind, int] = dict(FIRST_IDS)
        self._tables: dict[type[Any], dict[int, Any]] = {kind: {} for kind in FIRST_IDS}
        self.clusters: dict[int, EmulatedCluster] = self._tables[EmulatedCluster]
        self.jobs: dict[int, EmulatedJob] = self._tables[EmulatedJob]
        self.packages: dict[int, EmulatedPackage] = self._tables[EmulatedPackage]
        self.validations: dict[int, EmulatedValidation] = self._tables[EmulatedValidation]
        self.schedules: dict[int, EmulatedSchedule] = self._tables[EmulatedSchedule]
        self.connections: dict[int, EmulatedConnection] = self._tables[EmulatedConnection]
        self.hooks: dict[int, EmulatedHook] = self._tables[EmulatedHook]
        self._unfinished: dict[int, set[int]] = {}
        self._agenda: list[tuple[Moment, int, int]] = []
        self._changed: set[tuple[Kind, int]] = set()

    def put(self, record: Record) -> None:
        """Add or replace one record, as it is, and plan what it does next."""
        kind, number = type(record), record.id
        before = self._tables[kind].get(number)
        self._tables[kind][number] = record
        self._changed.add((kind, number))
        self.next_ids[kind] = max(self.next_ids[kind], number + 1)
        if isinstance(record, EmulatedCluster):
            self._plan(clusters.due(record, knobs=self.knobs), record)
        elif isinstance(record, EmulatedJob):
            self._note(record)
            self._plan(jobs.due(record, knobs=self.knobs), record)
        elif isinstance(record, EmulatedSchedule):
            self._plan(record.next_run_at, record)
        if isinstance(record, EmulatedCluster | EmulatedJob):
            self.happenings += [_happening(self, event, record) for event in _events(before, record, knobs=self.knobs)]

    def restore(self, records: Iterable[Record], *, next_ids: Mapping[Kind, int], born_at: Moment) -> None:
        """Take up the records of an earlier run; what fell due meanwhile happens once time advances."""
        self.born_at = born_at
        for record in records:
            self.put(record)
        for schedule in [one for one in self.schedules.values() if one.next_run_at is None]:
            self.put(schedules.replanned(schedule, at=self.now))  # written by a version whose schedules did not run
        self.next_ids.update(next_ids)
        self._changed.clear()
        self.happenings.clear()

    def remove(self, kind: Kind, number: int) -> None:
        """Forget one record as if it had never been; its id is not used again. Raises KeyError if there is none."""
        record = self._tables[kind].pop(number)
        self._changed.add((kind, number))
        if isinstance(record, EmulatedJob):
            self._unfinished.get(record.cluster_id, set()).discard(number)

    def take_id(self, kind: Kind) -> int:
        """Return an id that no record of this kind has ever had."""
        number = self.next_ids[kind]
        self.next_ids[kind] = number + 1
        return number

    def next_cluster_fails(self, name: str) -> bool:
        """Return whether a new cluster of this name ends in `error`, and count it as one of those that are to."""
        fails = self.clusters_to_fail > 0
        self.clusters_to_fail -= fails
        return fails or any(fnmatchcase(name, pattern) for pattern in self.clusters_that_fail)

    def take_changes(self) -> list[Change]:
        """Return what was put (or, with None, removed) since this was last asked."""
        changes: list[Change] = [(kind, number, self._tables[kind].get(number)) for kind, number in self._changed]
        self._changed.clear()
        return changes

    def take_happenings(self) -> list[Happening]:
        """Return what has happened since this was last asked, oldest first."""
        happenings, self.happenings = self.happenings, []
        return happenings

    def unfinished_jobs(self, cluster_id: int) -> list[EmulatedJob]:
        """Return the jobs on a cluster that have not ended, oldest first."""
        return [self.jobs[number] for number in sorted(self._unfinished.get(cluster_id, ()))]

    def find(self, kind: Kind, number: int) -> Record | None:
        """Return one record, None where there is none."""
        return self._tables[kind].get(number)

    def next_due(self, now: Moment) -> tuple[Moment, Kind, int] | None:
        """Take the oldest entry that fell due up to `now` from the agenda: when, of which kind, and its id."""
        if not self._agenda or self._agenda[0][0] > now:
            return None
        at, rank, number = heapq.heappop(self._agenda)
        return at, _IN_TURN[rank], number

    def _plan(self, due: Moment | None, record: Record) -> None:
        """Nothing happens in the past, and entries are never taken back: outdated ones are passed over."""
        if due is not None:
            heapq.heappush(self._agenda, (max(due, self.now), _IN_TURN.index(type(record)), record.id))

    def _note(self, job: EmulatedJob) -> None:
        unfinished = self._unfinished.setdefault(job.cluster_id, set())
        if job.status in FINAL:
            unfinished.discard(job.id)
        else:
            unfinished.add(job.id)


def _happening(world: World, event: str, subject: Subject) -> Happening:
    """One event; what only the requests of hooks hold is searched for only where a hook wants the event."""
    hooks = tuple(hook for hook in world.hooks.values() if hook.is_about(event))
    happening = Happening(event, subject.status_since, subject, hooks=hooks, watched=_watched(world, event, subject))
    if not hooks:
        return happening
    cluster = subject if isinstance(subject, EmulatedCluster) else world.clusters.get(subject.cluster_id)
    package = world.packages.get(subject.package_id) if isinstance(subject, EmulatedJob) else None
    statuses = [job.status for job in world.unfinished_jobs(cluster.id)] if cluster is not None else []
    counts = (statuses.count("running"), statuses.count("queued"))
    return replace(happening, package=package, cluster=cluster, jobs=counts)


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


def _watched(world: World, event: str, subject: Subject) -> tuple[Subject, ...]:
    """The records whose watchers get a mail, by the documented list: that of a new job is about its cluster."""
    if event == "job.submitted" and isinstance(subject, EmulatedJob):
        cluster = world.clusters.get(subject.cluster_id)
        return (cluster,) if cluster is not None and cluster.watched else ()
    return (subject,) if event in _MAILED and subject.watched else ()
