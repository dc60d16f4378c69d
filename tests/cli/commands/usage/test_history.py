"""What each cluster did when, from its record and those of its runs; times are in hours of one day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from xplenty_pulumi.client import Cluster, Job
from xplenty_pulumi.core.reports.history import History, Lane, history, slots
from xplenty_pulumi.core.reports.overview import job_row

DAY = datetime(2026, 1, 31, tzinfo=UTC)
NOW = 10


def at(hour: float) -> datetime:
    """Return a moment of the day."""
    return DAY + timedelta(hours=hour)


def cluster(number: int = 1, **fields: Any) -> Cluster:
    """Return the record of a cluster of two nodes; numbers among the fields that are moments are hours of the day."""
    times = {name: at(value) for name, value in fields.items() if name.endswith(("_at", "_since"))}
    return Cluster(**{"id": number, "status": "available", "nodes": 2, "type": "production", **fields, **times})


def job(number: int, begin: float | None, end: float | None, **fields: Any) -> Job:
    """Return the record of a run on the first cluster."""
    times = {"started_at": begin, "completed_at": end, "created_at": begin, **fields}
    known: dict[str, Any] = {"status": "running" if end is None else "completed", "cluster_id": 1, **fields}
    known |= {name: at(hour) for name, hour in times.items() if name.endswith("_at") and hour is not None}
    return Job(**{"id": number, **known})


def of(*clusters: Cluster, jobs: tuple[Job, ...] = (), since: float = 0) -> History:
    """Return the history of the day until now."""
    return history(clusters, map(job_row, jobs), since=at(since), until=at(NOW))


def drawn(lane: Lane) -> list[tuple[str, float, float]]:
    """Return the stretches of a lane in hours, those that are estimated with a question mark."""
    hours = [((one.begin - DAY) / timedelta(hours=1), (one.end - DAY) / timedelta(hours=1)) for one in lane.stretches]
    names = [f"{one.activity}{'?' * one.is_estimated}" for one in lane.stretches]
    return [(name, *span) for name, span in zip(names, hours, strict=True)]


UP = {"created_at": 1, "launched_at": 2, "available_since": 2}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (UP, [("building", 1, 2), ("idle", 2, 10)]),
        ({**UP, "status": "terminated", "terminated_at": 5}, [("building", 1, 2), ("idle", 2, 5)]),
        ({"status": "creating", "created_at": 8}, [("building", 8, 10)]),
        ({"created_at": 1, "available_since": 3}, [("building?", 1, 3), ("idle?", 3, 10)]),
        ({**UP, "available_since": 7}, [("building", 1, 2), ("idle", 2, 10)]),
        (
            {**UP, "status": "terminating", "updated_at": 9},
            [("building", 1, 2), ("idle", 2, 9), ("ending?", 9, 10)],
        ),
        (
            {**UP, "status": "error", "updated_at": 6},
            [("building", 1, 2), ("idle", 2, 6), ("broken?", 6, 10)],
        ),
        ({"status": "error", "created_at": 4, "updated_at": 6}, [("building", 4, 6), ("broken?", 6, 10)]),
        ({"status": "terminated", "created_at": 4, "terminated_at": 6}, [("building", 4, 6)]),
        ({**UP, "status": "terminated"}, [("building", 1, 2)]),
        ({"status": "terminated", "created_at": 4}, []),
    ],
    ids=[
        "up",
        "ended",
        "being built",
        "without the launch",
        "available again",
        "ending",
        "broken",
        "never built",
        "never up",
        "end unknown",
        "nothing known",
    ],
)
def test_a_life_without_runs(fields: dict[str, Any], expected: list[tuple[str, float, float]]) -> None:
    """What the record tells is drawn, what it does not tell is an estimate or left out."""
    (lane,) = of(cluster(**fields)).lanes
    assert drawn(lane) == expected


def test_runs_make_it_busy() -> None:
    """It is busy while at least one run is between its start and its end, one that goes on included."""
    jobs = (job(1, 3, 5), job(2, 4, 6), job(3, 9, None))
    (lane,) = of(cluster(**UP), jobs=jobs).lanes
    expected = [("building", 1, 2), ("idle", 2, 3), ("busy", 3, 6), ("idle", 6, 9), ("busy", 9, 10)]
    assert drawn(lane) == expected
    assert (lane.node_hours, lane.idle_node_hours) == (16, 8)


def test_a_run_tells_the_start_of_a_record_without_it() -> None:
    """A cluster whose `available_since` is younger than a run on it was up when that run started."""
    (lane,) = of(cluster(created_at=1, available_since=8), jobs=(job(1, 3, 4),)).lanes
    assert drawn(lane) == [("building?", 1, 3), ("busy?", 3, 4), ("idle", 4, 10)]
    assert lane.node_hours == 14


def test_only_the_period_counts() -> None:
    """What was before the period is neither drawn nor counted, and a run that ended before it is no run."""
    found = of(cluster(**UP), jobs=(job(1, 3, 4), job(2, 5, 7)), since=6)
    (lane,) = found.lanes
    assert drawn(lane) == [("busy", 6, 7), ("idle", 7, 10)]
    assert [run.row.id for run in lane.runs] == [2]
    assert lane.node_hours == 8


def test_days_are_apart() -> None:
    """The node-hours of a cluster that lives over midnight belong to two days."""
    found = history([cluster(**{**UP, "launched_at": -3})], [], since=at(-24), until=at(4))
    assert found.lanes[0].by_day == {date(2026, 1, 30): 6, date(2026, 1, 31): 8}


def test_what_is_not_known_is_said() -> None:
    """An ended cluster without its end is not counted but named, and so is a run on no cluster of the list."""
    found = of(cluster(**UP, status="terminated"), jobs=(job(1, 3, 4), job(2, 3, 4, cluster_id=9)))
    assert [lane.row.id for lane in found.unended] == [1]
    assert [run.row.id for run in found.homeless] == [2]
    assert found.lanes[0].node_hours == 0


def test_a_run_without_its_end_is_as_long_as_its_runtime() -> None:
    """A run that has ended at a moment that is not shown is an estimate."""
    (lane,) = of(cluster(**UP), jobs=(job(1, 3, None, status="stopped", runtime_in_seconds=3600),)).lanes
    assert [(run.end, run.is_estimated) for run in lane.runs] == [(at(4), True)]


@pytest.mark.parametrize(
    ("fields", "hours"),
    [
        ({"created_at": 3, "started_at": 5, "completed_at": 6}, 2),
        ({"created_at": 3, "started_at": None, "completed_at": 7, "status": "failed"}, 4),
        ({"created_at": 3, "started_at": None, "completed_at": None, "status": "queued"}, 7),
        ({"created_at": None, "started_at": 5, "completed_at": 6}, 0),
        ({"created_at": 6, "started_at": 5, "completed_at": 7}, 0),
    ],
    ids=["started", "never started", "waits", "creation unknown", "clocks differ"],
)
def test_waiting(fields: dict[str, Any], hours: float) -> None:
    """A run waits from its creation to its start, to its end where it never started, or until now."""
    (lane,) = of(cluster(**UP), jobs=(job(1, 5, 6, **fields),)).lanes
    assert [run.waited for run in lane.runs] == [timedelta(hours=hours)]


def test_runs_at_the_same_time_have_rows_of_their_own() -> None:
    """Each run is in the first row that is free when it starts."""
    (lane,) = of(cluster(**UP), jobs=(job(1, 3, 6), job(2, 4, 5), job(3, 5, 7), job(4, 6, 8))).lanes
    assert slots(lane.runs) == (0, 1, 1, 0)


def test_unused() -> None:
    """A cluster is unused where no run on it is known, but not while it is being built."""
    clusters = (cluster(1, **UP), cluster(2, **UP), cluster(3, status="creating", created_at=9))
    assert [lane.is_unused for lane in of(*clusters, jobs=(job(1, 3, 4),)).lanes] == [False, True, False]
