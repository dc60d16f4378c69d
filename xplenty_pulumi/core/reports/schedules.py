"""The schedules of an account, as plain values: when they run next, how they ran last, and which are overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from xplenty_pulumi.client import Schedule
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.schedule import schedule_view
from xplenty_pulumi.core.reports.overview import Wanted
from xplenty_pulumi.core.reports.owners import owner_of
from xplenty_pulumi.core.reports.view import AccountView
from xplenty_pulumi.text import label, stamp

LATE = timedelta(minutes=10)
"""How long after its planned moment a run that has not begun is overdue."""


@dataclass(frozen=True)
class ScheduleRow:
    """A schedule."""

    id: int
    """Id of the schedule."""
    name: str
    """Its name."""
    status: str
    """`enabled` or `disabled`."""
    every: str
    """How often it runs."""
    packages: tuple[int, ...]
    """Ids of its packages."""
    next_run_at: datetime | None
    """When it runs next."""
    last_run_at: datetime | None
    """When it ran last."""
    last_run_status: str | None
    """What became of that run."""
    execution_count: int | None
    """How often it has run."""
    is_overdue: bool
    """Whether it is enabled and its next run should have begun more than 10 minutes ago."""
    owner: str
    """The scope of the marker that it carries, or `unmanaged`."""
    created_at: datetime | None
    """When it was created."""

    @property
    def label(self) -> str:
        """How texts name it."""
        return label("schedule", self.id)

    @property
    def phase(self) -> Phase:
        """Failed where it is overdue or its last run has failed."""
        if self.is_overdue or JOB_RUN.phase(self.last_run_status or "") is Phase.FAILED:
            return Phase.FAILED
        return Phase.READY if self.status == "enabled" else Phase.STOPPED

    @property
    def is_ended(self) -> bool:
        """Never, since it can be enabled again."""
        return False

    @property
    def headline(self) -> str:
        """What is worth a line of its own when it changes."""
        following = f", next run {stamp(self.next_run_at)}" if self.next_run_at else ""
        late = " (overdue)" if self.is_overdue else ""
        last = f", last run {self.last_run_status}" if self.last_run_status else ""
        return f"{self.name}: {self.status}{following}{late}{last}"


@dataclass(frozen=True)
class ScheduleList(AccountView):
    """The schedules that are shown, those that run next first."""

    schedules: tuple[ScheduleRow, ...] = ()

    @property
    def rows(self) -> tuple[ScheduleRow, ...]:
        return self.schedules


def schedules_shown(schedules: Iterable[Schedule], wanted: Wanted, *, now: datetime) -> tuple[ScheduleRow, ...]:
    """Return the rows of the schedules that are wanted: by their next run, those without one last."""
    rows = [row for row in (schedule_row(one, now=now) for one in schedules) if _is_wanted(row, wanted, now=now)]
    return tuple(sorted(rows, key=lambda row: (row.next_run_at is None, row.next_run_at or now, row.id)))


def schedule_row(schedule: Schedule, *, now: datetime) -> ScheduleRow:
    """Return the row of a schedule."""
    planned = schedule.next_run_at if schedule.status == "enabled" else None
    packages = schedule.task.packages if schedule.task else None
    return ScheduleRow(
        id=schedule.id,
        name=schedule.name or "",
        status=schedule.status,
        every=str(schedule_view(schedule)["every"] or ""),
        packages=tuple(one.package_id for one in packages or ()),
        next_run_at=planned,
        last_run_at=schedule.last_run_at,
        last_run_status=schedule.last_run_status,
        execution_count=schedule.execution_count,
        is_overdue=planned is not None and now - planned > LATE,
        owner=owner_of(schedule.description),
        created_at=schedule.created_at,
    )


def _is_wanted(row: ScheduleRow, wanted: Wanted, *, now: datetime) -> bool:
    if wanted.statuses and row.status not in wanted.statuses:
        return False
    return wanted.package_id in (None, *row.packages) and wanted.fits(row.owner, row.created_at, now=now)
