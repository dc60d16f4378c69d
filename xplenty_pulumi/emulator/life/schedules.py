"""A schedule, and when it runs: pure functions of the schedule and a moment."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from xplenty_pulumi.emulator.life.clock import Moment

UNITS = ("minutes", "hours", "days", "weeks", "months")
STRATEGIES = ("none", "self", "any")
_SECONDS = {"minutes": 60, "hours": 3600, "days": 86400, "weeks": 7 * 86400}
_LONGEST_MONTH = 31 * 86400


@dataclass(frozen=True, slots=True)
class MadeBy:
    """The schedule that has made a cluster or started a job, with the name that it had then."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class EmulatedSchedule:
    """A schedule as the service has it.

    `next_run_at` is None for one that is disabled. `last_jobs` are the jobs of the last execution, each retry in place
    of the job that it repeats.
    """

    id: int
    name: str
    created_at: Moment
    updated_at: Moment
    start_at: Moment
    description: str = ""
    status: str = "disabled"
    interval_amount: int = 1
    interval_unit: str = "hours"
    overlap: bool = True
    auto_retry: bool = False
    auto_retry_attempts: int = 3
    reuse_cluster_strategy: str = "any"
    task: Mapping[str, Any] = field(default_factory=dict)
    watched: bool = True
    next_run_at: Moment | None = None
    last_run_at: Moment | None = None
    last_jobs: tuple[int, ...] = ()
    execution_count: int = 0

    @property
    def made_by(self) -> MadeBy:
        """What its clusters and jobs say of who made them."""
        return MadeBy(self.id, self.name)

    @property
    def retries(self) -> int | None:
        """How often a failed job is repeated; None where that is switched off."""
        return self.auto_retry_attempts if self.auto_retry else None


def planned(schedule: EmulatedSchedule, *, after: Moment) -> Moment:
    """Return the first planned moment after another one; a month that lacks the day has the run on its last day."""
    if after < schedule.start_at:
        return schedule.start_at
    passed = after - schedule.start_at
    if schedule.interval_unit != "months":
        interval = schedule.interval_amount * _SECONDS[schedule.interval_unit]
        return schedule.start_at + (int(passed // interval) + 1) * interval
    count = max(int(passed // (_LONGEST_MONTH * schedule.interval_amount)), 0)
    while (moment := _months_later(schedule.start_at, count * schedule.interval_amount)) <= after:
        count += 1
    return moment


def _months_later(moment: Moment, months: int) -> Moment:
    start = datetime.fromtimestamp(moment, UTC)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return (start.replace(day=1, month=month + 1, year=year) + timedelta(days=day - 1)).timestamp()


def replanned(schedule: EmulatedSchedule, *, at: Moment) -> EmulatedSchedule:
    """Return the schedule with its next run after `at`, or with none while it is disabled."""
    following = planned(schedule, after=at) if schedule.status == "enabled" else None
    return replace(schedule, next_run_at=following)


def executed(schedule: EmulatedSchedule, jobs: tuple[int, ...], *, at: Moment) -> EmulatedSchedule:
    """Return the schedule after an execution that has started these jobs."""
    count = schedule.execution_count + 1
    return replace(schedule, last_run_at=at, last_jobs=jobs, execution_count=count, updated_at=at)


def retried(schedule: EmulatedSchedule, job_id: int, by: int) -> EmulatedSchedule:
    """Return the schedule whose job `job_id` was repeated by another one."""
    return replace(schedule, last_jobs=tuple(by if one == job_id else one for one in schedule.last_jobs))
