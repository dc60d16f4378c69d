"""An emulated account with a past: stacks, a branch and a forgotten cluster, and what ran there, day by day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.emulator import Emulator, PackageSeed

PACKAGES = ("Daily sales", "Customer import", "Clickstream", "Stock levels", "Invoices", "Web sessions")
FIRST_PACKAGE = 111
ERRORS = (
    "Package failed to execute: input path s3://landing/orders/2026 not found.",
    "Column `amount` cannot be cast from chararray to double in component orders_clean.",
    "The connection to the data warehouse timed out after 300 seconds.",
)
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Run:
    """A run of the past; `started` and `ended` are None where that has not happened."""

    package: int
    created: datetime
    started: datetime | None
    ended: datetime | None
    status: str = "completed"


@dataclass(frozen=True)
class Life:
    """A cluster of the past, with its runs; without an `owner` it carries no marker."""

    name: str
    owner: str
    created: datetime
    fields: Mapping[str, Any]
    runs: list[Run] = field(default_factory=list)


def fill(emulator: Emulator, *, days: int = 30, runs_a_night: int = 12) -> None:
    """Give the account a past of so many days until now; the same each time."""
    for number, name in enumerate(PACKAGES):
        emulator.add_package(PackageSeed(FIRST_PACKAGE + number, name))
    now = datetime.fromtimestamp(emulator.account.world.now, UTC)
    over = [one for one in _lives(now, days, runs_a_night, Random(7)) if one.fields.get("terminated_at", now) <= now]
    for life in sorted(over, key=lambda one: one.created):
        _add(emulator, life)


def _lives(now: datetime, days: int, runs_a_night: int, chance: Random) -> Iterator[Life]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in (midnight - timedelta(days=days - 1 - number) for number in range(days)):
        yield _night(day + _HOUR, runs_a_night, chance)
        if day.weekday() < 5 and day != midnight:
            yield _office(day + 7 * _HOUR, chance)
        if day.day % 5 == 0:
            yield _branch(day + 9 * _HOUR, min(day + 40 * _HOUR, now - 2 * _HOUR), chance)
    yield _always_on(midnight - timedelta(days=days + 5), midnight, days, chance)
    yield from _oddities(now, midnight)


def _night(begin: datetime, count: int, chance: Random) -> Life:
    """Many runs, some at a time, soon after the cluster is there; it ends by itself half an hour later."""
    up = begin + timedelta(minutes=5 + chance.random() * 4)
    runs = [_run(number, begin, up + number // 4 * 11 * _MINUTE, chance) for number in range(count)]
    ended = max(run.ended or up for run in runs) + 30 * _MINUTE
    return Life("nightly", "prod", begin, _ended(begin, up, ended, nodes=8, terminated_on_idle=True), runs)


def _office(begin: datetime, chance: Random) -> Life:
    """A run in most hours of a working day."""
    up = begin + timedelta(minutes=6 + chance.random() * 4)
    hours = [hour for hour in range(1, 11) if chance.random() < 0.7]
    runs = [_run(hour, up + hour * _HOUR, up + hour * _HOUR, chance) for hour in hours]
    return Life("reporting", "analytics", begin, _ended(begin, up, begin + 12 * _HOUR, nodes=4), runs)


def _branch(begin: datetime, ended: datetime, chance: Random) -> Life:
    """The environment of a branch: a few runs on the first day, and nothing on the second."""
    up = begin + 8 * _MINUTE
    runs = [_run(number, up + number * _HOUR, up + number * _HOUR, chance, failing=0.4) for number in range(4)]
    return Life("etl", "feat-refunds", begin, _ended(begin, up, ended, nodes=2), runs)


def _always_on(created: datetime, midnight: datetime, days: int, chance: Random) -> Life:
    """A cluster of developers, who use it twice a day."""
    moments = [midnight - timedelta(days=day) + hour * _HOUR for day in range(1, days) for hour in (10, 15)]
    runs = [_run(number, begin, begin, chance, failing=0.25) for number, begin in enumerate(moments)]
    return Life("dev-etl", "dev", created, {"status": "idle", **_up(created, created + 7 * _MINUTE, nodes=3)}, runs)


def _oddities(now: datetime, midnight: datetime) -> Iterator[Life]:
    """What is under way, what was forgotten, and what never came to be."""
    forgotten = midnight - timedelta(hours=40)
    yield Life("load-test", "", forgotten, _ended(forgotten, forgotten + 9 * _MINUTE, forgotten + 21 * _HOUR, nodes=10))
    failed = midnight - timedelta(hours=30)
    yield Life("etl", "feat-refunds", failed, _ended(failed, None, failed + _HOUR, nodes=2))
    began = now - 95 * _MINUTE
    active = [
        Run(0, began, began + 9 * _MINUTE, began + 50 * _MINUTE, "failed"),
        Run(2, now - 30 * _MINUTE, now - 28 * _MINUTE, None, "running"),
        Run(3, now - 12 * _MINUTE, None, None, "queued"),
    ]
    yield Life("backfill", "prod", began, {"status": "available", **_up(began, began + 9 * _MINUTE, nodes=6)}, active)
    broken = now - 6 * _HOUR
    yield Life("weekly", "analytics", broken, {"status": "error", **_up(broken, broken + 10 * _MINUTE, nodes=2)})
    ending = now - 4 * _HOUR
    fields = {"status": "terminating", **_up(ending, ending + 8 * _MINUTE, nodes=4), "updated_at": now - 6 * _MINUTE}
    yield Life("preview", "dev", ending, fields, [_run(1, ending, ending + 12 * _MINUTE, Random(3))])
    building = {**_up(now - 3 * _MINUTE, None, nodes=8), "status": "creating", "status_since": now.timestamp()}
    yield Life("reporting", "analytics", now - 3 * _MINUTE, building)


def _run(number: int, created: datetime, started: datetime, chance: Random, *, failing: float = 0.04) -> Run:
    started += timedelta(seconds=4 + chance.random() * 300)
    ended = started + timedelta(minutes=6 + chance.random() * 24)
    status = "failed" if chance.random() < failing else "stopped" if chance.random() < 0.02 else "completed"
    return Run(number % len(PACKAGES), created, started, ended, status)


def _up(created: datetime, up: datetime | None, *, nodes: int) -> dict[str, Any]:
    return {
        "created_at": created,
        "updated_at": up or created,
        "available_since": up,
        "launched_at": up,
        "nodes": nodes,
    }


def _ended(created: datetime, up: datetime | None, ended: datetime, *, nodes: int, **fields: Any) -> dict[str, Any]:
    times = {"updated_at": ended, "terminated_at": ended}
    return {"status": "terminated", **_up(created, up, nodes=nodes), **times, **fields}


def _add(emulator: Emulator, life: Life) -> None:
    marker = marker_of(Owner("acme", "loads", life.owner, life.name))
    description = sign("", marker) if life.owner else None
    cluster = emulator.add_cluster(name=life.name, description=description, **_seconds(life.fields))
    for run in life.runs:
        times = {"created_at": run.created, "started_at": run.started, "completed_at": run.ended}
        times |= {"updated_at": run.ended or run.created, "status_since": run.started or run.created}
        errors = ERRORS[run.package % len(ERRORS)] if run.status == "failed" else None
        known = {"status": run.status, "errors": errors, "run_seconds": 7200.0, "waits_for_cluster": not run.started}
        emulator.add_job(
            cluster_id=cluster.id, package_id=FIRST_PACKAGE + run.package, **_seconds(times), **known, needed_nodes=99
        )


def _seconds(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one.timestamp() if isinstance(one, datetime) else one for name, one in fields.items()}
