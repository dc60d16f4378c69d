"""All records of an account, what falls due when, and what has happened to them."""

import heapq
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

from xplenty_pulumi.emulator.life import clusters, events, jobs
from xplenty_pulumi.emulator.life.events import Happening
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.records import (
    FINAL,
    FIRST_IDS,
    EmulatedCluster,
    EmulatedHook,
    EmulatedJob,
    EmulatedPackage,
    EmulatedSchedule,
    Moment,
    Record,
)

Kind: TypeAlias = type[Record]
RecordT = TypeVar("RecordT", bound=Record)
Change: TypeAlias = tuple[Kind, int, Record | None]


class World:
    """The records of one account; a lock is its user's business."""

    def __init__(self, *, knobs: Knobs, now: Moment) -> None:
        self.knobs = knobs
        self.now = now
        self.born_at = now
        self.clusters_to_fail = 0
        self.happenings: list[Happening] = []
        self.next_ids: dict[Kind, int] = dict(FIRST_IDS)
        self._tables: dict[type[Any], dict[int, Any]] = {kind: {} for kind in FIRST_IDS}
        self.clusters, self.jobs = self.table(EmulatedCluster), self.table(EmulatedJob)
        self.packages, self.schedules, self.hooks = (
            self.table(EmulatedPackage),
            self.table(EmulatedSchedule),
            self.table(EmulatedHook),
        )
        self._unfinished: dict[int, set[int]] = {}
        self._agenda: list[tuple[Moment, bool, int]] = []
        self._changed: set[tuple[Kind, int]] = set()

    def table(self, kind: type[RecordT]) -> dict[int, RecordT]:
        """Return all records of a kind by their id."""
        found: dict[int, RecordT] = self._tables[kind]
        return found

    def put(self, record: Record) -> None:
        """Add or replace one record, as it is, and plan what it does next."""
        kind, number = type(record), record.id
        before = self._tables[kind].get(number)
        self._tables[kind][number] = record
        self._changed.add((kind, number))
        self.next_ids[kind] = max(self.next_ids[kind], number + 1)
        if isinstance(record, EmulatedCluster):
            self._plan(clusters.due(record, knobs=self.knobs), is_job=False, number=number)
        elif isinstance(record, EmulatedJob):
            self._note(record)
            self._plan(jobs.due(record, knobs=self.knobs), is_job=True, number=number)
        self.happenings += events.happenings(self, before, record)

    def restore(self, records: Iterable[Record], *, next_ids: Mapping[Kind, int], born_at: Moment) -> None:
        """Take up the records of an earlier run; what fell due meanwhile happens once time advances."""
        self.born_at = born_at
        for record in records:
            self.put(record)
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

    def next_due(self, now: Moment) -> tuple[Moment, bool, int] | None:
        """Take the oldest entry that fell due up to `now` from the agenda: when, whether for a job, and its id."""
        return heapq.heappop(self._agenda) if self._agenda and self._agenda[0][0] <= now else None

    def _plan(self, due: Moment | None, *, is_job: bool, number: int) -> None:
        """Nothing happens in the past, and entries are never taken back: outdated ones are passed over."""
        if due is not None:
            heapq.heappush(self._agenda, (max(due, self.now), is_job, number))

    def _note(self, job: EmulatedJob) -> None:
        unfinished = self._unfinished.setdefault(job.cluster_id, set())
        if job.status in FINAL:
            unfinished.discard(job.id)
        else:
            unfinished.add(job.id)
