"""Schedules: have the service run packages by the clock."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from xplenty_pulumi.client.collection import WatchedCollection
from xplenty_pulumi.client.http.calls import ApiCall
from xplenty_pulumi.client.http.outcomes import CallKind, HttpRequest
from xplenty_pulumi.client.models import Identified, Record
from xplenty_pulumi.client.paging import Listed, list_query
from xplenty_pulumi.client.parsing import Id, Lenient, Moment, Status


class ScheduledPackage(Record):
    """A package that a schedule runs; its id is a text in the documentation and a number in clients."""

    shown_fields = ("package_id",)

    package_id: Id
    variables: Lenient[dict[str, object]] = None


class ScheduleTask(Record):
    """What a schedule runs, and on which size of cluster; `repr` shows no variables, because they may be secret."""

    shown_fields = ("nodes",)

    nodes: Lenient[int] = None
    terminate_on_idle: Lenient[bool] = None
    time_to_idle: Lenient[int] = None
    packages: Lenient[tuple[ScheduledPackage, ...]] = None


class Schedule(Identified):
    """When the service runs which packages; `status` is `enabled` or `disabled`.

    `interval_unit` is `minutes`, `hours`, `days`, `weeks` or `months`. `reuse_cluster_strategy` is `none`, `self` or
    `any`. The values of `last_run_status` are listed nowhere.
    """

    status: Status
    name: Lenient[str] = None
    description: Lenient[str] = None
    owner_id: Lenient[int] = None
    start_at: Lenient[Moment] = None
    next_run_at: Lenient[Moment] = None
    interval_amount: Lenient[int] = None
    interval_unit: Lenient[str] = None
    last_run_at: Lenient[Moment] = None
    last_run_status: Lenient[str] = None
    execution_count: Lenient[int] = None
    overlap: Lenient[bool] = None
    auto_retry: Lenient[bool] = None
    auto_retry_attempts: Lenient[int] = None
    reuse_cluster_strategy: Lenient[str] = None
    task: Lenient[ScheduleTask] = None
    created_at: Lenient[Moment] = None
    updated_at: Lenient[Moment] = None
    url: Lenient[str] = None
    html_url: Lenient[str] = None


class Schedules(WatchedCollection[Schedule]):
    """The schedules of an account; every method raises an XplentyError when it cannot return what it promises."""

    _name = "schedules"
    _model = Schedule

    def get(self, schedule_id: int) -> Schedule:
        """Return the schedule as it is now."""
        return self._one("GET", schedule_id)

    def list(
        self,
        *,
        status: str = "all",
        sort: str | None = None,
        direction: str | None = None,
        since: datetime | None = None,
        page_size: int = 100,
    ) -> Listed[Schedule]:
        """Yield schedules of one `status` or of `all`, the newest first unless `sort` and `direction` say otherwise.

        `sort` is `created` or `updated`. `since` leaves out what was not updated since then. A page of `page_size`
        (1 to 100) is fetched when it is needed, so a caller that stops early saves calls.
        """
        query = list_query(status=status, sort=sort, direction=direction, since=since, page_size=page_size)
        return self._list(query)

    def create(self, fields: Mapping[str, object]) -> Schedule:
        """Make a schedule and return it.

        `fields` are the documented parameters; of them `task` with its `packages` is required, and a `status` that is
        left out means `disabled`. UnsureError means that the schedule may exist: look for it before making it again.
        """
        return self._create(fields, resource="new schedule")

    def update(self, schedule_id: int, fields: Mapping[str, object]) -> Schedule:
        """Set these fields and return the schedule; `start_at` cannot be changed once it has run (documented).

        Whether what is left out stays as it is, no source says. UnsureError means: read it and compare.
        """
        return self._one("PUT", schedule_id, body=fields)

    def delete(self, schedule_id: int) -> Schedule:
        """Remove the schedule for good and return it as it was; what it has started goes on."""
        return self._one("DELETE", schedule_id)

    def run(self, schedule_id: int) -> Schedule:
        """Let the schedule run at once and return it; UnsureError means that it may have been run."""
        request = HttpRequest("POST", f"{self._path_of(schedule_id)}/run")
        read = partial(self._read_one, Schedule, key=schedule_id)
        return self._caller.run(ApiCall(CallKind.CREATE, request, f"run of schedule {schedule_id}", read))
