"""What each cluster did when, and what ran on it: built, busy, idle, ending; pure.

The service records few moments of a life, so some of this is derived and marked as an estimate:

- The start is that of the launch. A record without it has `available_since`, which the service sets again when an idle
  cluster is given work (observed); a run that had started before says better.
- A cluster is busy while a job run is between its start and its end, and idle for the rest of the time.
- When the end of a cluster was asked for, or when it broke, is recorded nowhere. For one that is ending or in error now
  it is the last change of its record; for one that has ended it is not known, and that time counts as busy or idle.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, auto

from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds.cluster import up_since
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reports.overview import ClusterRow, JobRow, cluster_row
from xplenty_pulumi.core.reports.usage import hours_of
from xplenty_pulumi.text import label

_DAY = timedelta(days=1)


class Activity(StrEnum):
    """What a cluster does."""

    BUILDING = auto()
    BUSY = auto()
    IDLE = auto()
    BROKEN = auto()
    ENDING = auto()


_CLOSING: Mapping[Phase, Activity] = {Phase.FAILED: Activity.BROKEN, Phase.ENDING: Activity.ENDING}


@dataclass(frozen=True)
class Stretch:
    """A time in which a cluster does one thing; `is_estimated` where the record does not have its begin."""

    activity: Activity
    begin: datetime
    end: datetime
    is_estimated: bool = False


@dataclass(frozen=True)
class RunSpan:
    """A job run in time; `begin` is None where it never started, `end` the present where it has not ended."""

    row: JobRow
    begin: datetime | None
    end: datetime
    is_estimated: bool

    @property
    def waited(self) -> timedelta:
        """The time from its creation to its start, or to its end or the present where it did not start."""
        since = self.row.created_at
        return timedelta() if since is None else max(timedelta(), (self.begin or self.end) - since)


@dataclass(frozen=True)
class Lane:
    """A cluster within the period: its stretches and its runs, each in the order of time, without gaps.

    `up` is the time for which it counts: from its start to its end, or None.
    """

    row: ClusterRow
    up: tuple[datetime, datetime] | None
    stretches: tuple[Stretch, ...]
    runs: tuple[RunSpan, ...]

    @property
    def node_hours(self) -> float:
        """The nodes multiplied by the time for which it was up."""
        return 0.0 if self.up is None else self._node_hours(*self.up)

    @property
    def idle_node_hours(self) -> float:
        """What of that passed while nothing could be seen to run."""
        idle = {Activity.IDLE, Activity.BROKEN}
        stretches = self.stretches if self.up else ()
        return sum(self._node_hours(one.begin, one.end) for one in stretches if one.activity in idle)

    @property
    def is_unused(self) -> bool:
        """Whether no run is known on it, and it is not being built."""
        return not self.runs and self.row.phase is not Phase.BUILDING

    @property
    def by_day(self) -> dict[date, float]:
        """The node-hours of each day in UTC on which there are any."""
        return {begin.date(): self._node_hours(begin, end) for begin, end in days_of(*self.up)} if self.up else {}

    def _node_hours(self, begin: datetime, end: datetime) -> float:
        return (self.row.nodes or 0) * hours_of(begin, end)


@dataclass(frozen=True)
class History:
    """The clusters of an account between two moments, the newest first; `homeless` are runs on none of them."""

    since: datetime
    until: datetime
    lanes: tuple[Lane, ...]
    homeless: tuple[RunSpan, ...]

    @property
    def unended(self) -> tuple[Lane, ...]:
        """Those that have ended at a moment that the service does not show, so that nothing of them is counted."""
        return tuple(lane for lane in self.lanes if lane.row.is_ended and lane.row.ended_at is None)


def history(clusters: Iterable[Cluster], runs: Iterable[JobRow], *, since: datetime, until: datetime) -> History:
    """Return what `clusters` did from `since` to `until`, as their records and those of the runs have it."""
    on: dict[int, list[RunSpan]] = {}
    for row in runs:
        span = run_span(row, now=until)
        if span.end >= since:
            on.setdefault(row.cluster_id or 0, []).append(span)
    newest_first = sorted(clusters, key=lambda one: -one.id)
    lanes = [_lane(one, _in_order(on.pop(one.id, [])), since=since, until=until) for one in newest_first]
    return History(since, until, tuple(lanes), tuple(run for rest in on.values() for run in rest))


def run_span(row: JobRow, *, now: datetime) -> RunSpan:
    """Return a run in time; where the record has no end, its runtime tells it."""
    if row.ended_at is not None or not row.is_ended:
        return RunSpan(row, row.started_at, row.ended_at or now, is_estimated=False)
    begin = row.started_at or row.created_at or now
    return RunSpan(row, row.started_at, begin + timedelta(seconds=row.runtime_in_seconds or 0), is_estimated=True)


def days_of(begin: datetime, end: datetime) -> Iterable[tuple[datetime, datetime]]:
    """Yield the parts of a time that are each within one day."""
    while begin < end:
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
        yield begin, min(midnight, end)
        begin = midnight


def slots(runs: Iterable[RunSpan]) -> tuple[int, ...]:
    """Return for each run, in the order of their begin, the first row in which it overlaps none before it."""
    taken: list[datetime] = []
    found = []
    for run in runs:
        begin = run.begin or run.end
        number = next((number for number, end in enumerate(taken) if end <= begin), len(taken))
        taken[number : number + 1] = [run.end]
        found.append(number)
    return tuple(found)


def label_of(run: RunSpan) -> str:
    """Return how texts name what has run."""
    return run.row.package or (label("package", run.row.package_id) if run.row.package_id else "a package")


def _lane(cluster: Cluster, runs: tuple[RunSpan, ...], *, since: datetime, until: datetime) -> Lane:
    row = cluster_row(cluster)
    closed = until if row.ended_at is None and not row.is_ended else row.ended_at
    starts = [run.begin for run in runs if run.begin is not None]
    start = min(filter(None, [up_since(cluster), *starts]), default=None)
    closing = closed
    if row.phase in _CLOSING:
        closing = max(filter(None, [start, min(cluster.updated_at or until, until)]))
    edges: list[Stretch] = []
    if row.created_at is not None and (built := start or closing) is not None:
        edges.append(Stretch(Activity.BUILDING, row.created_at, built, start is not None and not cluster.launched_at))
    if start is not None and closing is not None:
        edges += _work(start, closing, runs, is_estimated=not cluster.launched_at)
    if row.phase in _CLOSING and closing is not None:
        edges.append(Stretch(_CLOSING[row.phase], closing, closed or until, is_estimated=True))
    up = None if start is None or closed is None else _clipped(start, closed, since=since, until=until)
    return Lane(row, up, tuple(_within(edges, since=since, until=until)), runs)


def _work(begin: datetime, end: datetime, runs: Iterable[RunSpan], *, is_estimated: bool) -> Iterable[Stretch]:
    """Yield the busy and the idle times between two moments."""
    at = begin
    for first, last in _joined(runs):
        first, last = max(first, at), min(last, end)  # noqa: PLW2901 - what is outside does not count
        if last <= first:
            continue
        yield Stretch(Activity.IDLE, at, first, is_estimated and at == begin)
        yield Stretch(Activity.BUSY, first, last, is_estimated and first == begin)
        at = last
    yield Stretch(Activity.IDLE, at, end, is_estimated and at == begin)


def _joined(runs: Iterable[RunSpan]) -> list[tuple[datetime, datetime]]:
    """The times in which something runs."""
    found: list[tuple[datetime, datetime]] = []
    for begin, end in sorted((run.begin, run.end) for run in runs if run.begin is not None):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _within(stretches: Iterable[Stretch], *, since: datetime, until: datetime) -> Iterable[Stretch]:
    for one in stretches:
        if (span := _clipped(one.begin, one.end, since=since, until=until)) is not None:
            yield Stretch(one.activity, *span, is_estimated=one.is_estimated)


def _clipped(begin: datetime, end: datetime, *, since: datetime, until: datetime) -> tuple[datetime, datetime] | None:
    first, last = max(begin, since), min(end, until)
    return (first, last) if first < last else None


def _in_order(runs: Iterable[RunSpan]) -> tuple[RunSpan, ...]:
    return tuple(sorted(runs, key=lambda run: (run.begin or run.end, run.row.id)))
