"""Reading an account for people: all of it, one cluster, one job run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from xplenty_pulumi.client import Client, Cluster, Instance, Job, JobOutput, RateLimit
from xplenty_pulumi.core.kinds import marker
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind, Phase
from xplenty_pulumi.core.kinds.obstacles import NOT_KNOWN
from xplenty_pulumi.core.kinds.variables import masked, values_of
from xplenty_pulumi.core.reading.lookup import or_listed, or_none
from xplenty_pulumi.core.reading.pages import newest_first
from xplenty_pulumi.core.reading.snapshots import StatusListing
from xplenty_pulumi.core.reading.tasks import task_name, tasks_of
from xplenty_pulumi.core.reports.overview import (
    DAY,
    JUST_NOW,
    ClusterRow,
    JobRow,
    Overview,
    Wanted,
    cluster_row,
    clusters_shown,
    job_row,
    jobs_shown,
    shortened,
)
from xplenty_pulumi.core.reports.owners import may_be_replaced, owner_of, replaced_runs
from xplenty_pulumi.core.reports.schedules import ScheduleList, schedules_shown
from xplenty_pulumi.core.reports.view import AccountView
from xplenty_pulumi.core.waiting.patience import Allowance
from xplenty_pulumi.errors import ApiError, NotFoundError, RateLimitedError, ServerError, XplentyError
from xplenty_pulumi.redact import scrub
from xplenty_pulumi.text import label

T = TypeVar("T")
_EMBEDDED = ("cluster", "package")
_FEW = 10


@dataclass(frozen=True)
class ClusterDetail(AccountView):
    """A cluster with its machines and its jobs; `instances` is None where the plan does not show them."""

    row: ClusterRow
    record: Cluster
    jobs: tuple[JobRow, ...]
    instances: tuple[Instance, ...] | None

    @property
    def description(self) -> str:
        """The user's own text, without the marker."""
        return marker.strip(self.record.description)

    @property
    def rows(self) -> tuple[ClusterRow | JobRow, ...]:
        return (self.row, *self.jobs)


@dataclass(frozen=True)
class TaskRow:
    """The job run of a workflow's task."""

    name: str
    row: JobRow


@dataclass(frozen=True)
class JobDetail(AccountView):
    """A job run with its variables, its outputs and the end of its log; `log_tail` is None where there is no log.

    Only a workflow has `tasks`, of which those that have begun are here.
    """

    row: JobRow
    tasks: tuple[TaskRow, ...]
    variables: Mapping[str, str] = field(repr=False)
    outputs: tuple[JobOutput, ...]
    log_tail: tuple[str, ...] | None
    log_url: str | None

    @property
    def rows(self) -> tuple[ClusterRow | JobRow, ...]:
        return (self.row,)


class AccountReader:
    """Reads an account, again and again if need be; used by one thread at a time.

    Every method raises an XplentyError where it cannot read, and RateLimitedError where the calls that are left are
    kept for changes. `wanted` says which rows of the overview are shown.
    """

    def __init__(self, client: Client, allowance: Allowance, *, wanted: Wanted | None = None) -> None:
        self._client = client
        self._allowance = allowance
        self._wanted = wanted or Wanted()
        self._clusters: StatusListing[Cluster] = self._listing(CLUSTER)
        package_id = self._wanted.package_id
        self._jobs: StatusListing[Job] = self._listing(JOB_RUN, package_id=package_id, include=_EMBEDDED)
        self._variables: Mapping[str, object] | None = None

    def overview(self) -> Overview:
        """Return all that has not ended, and what has ended recently: a call for the clusters, and one for the jobs."""
        self._allowance.require_read()
        clusters = self._read_clusters()
        jobs, now = self._job_rows(clusters), self._client.account_time
        within = DAY if self._wanted.age else JUST_NOW
        rows = clusters_shown(clusters, self._wanted, now=now, jobs=jobs, within=within)
        shown = Overview(now, self._credits(), rows, jobs)
        return shown if self._wanted.age or self._wanted.statuses else shortened(shown, most=_FEW)

    def clusters(self) -> Overview:
        """Return the clusters alone, at one call."""
        self._allowance.require_read()
        clusters, now = self._read_clusters(), self._client.account_time
        return Overview(now, self._credits(), clusters=clusters_shown(clusters, self._wanted, now=now))

    def cluster_records(self) -> tuple[Cluster, ...]:
        """Return the records of all clusters that have not ended, and of some that have, at one call."""
        self._allowance.require_read()
        return self._read_clusters()

    def jobs(self) -> Overview:
        """Return the job runs alone, at one call."""
        self._allowance.require_read()
        return Overview(jobs=self._job_rows(()), at=self._client.account_time, credits=self._credits())

    def schedules(self) -> ScheduleList:
        """Return the schedules, at one call for each hundred."""
        self._allowance.require_read()
        found, now = tuple(self._client.schedules.list()), self._client.account_time
        return ScheduleList(now, self._credits(), schedules_shown(found, self._wanted, now=now))

    def cluster(self, cluster_id: int) -> ClusterDetail:
        """Return one cluster; its job runs are those among the newest of the account, its machines as the plan allows.

        Raises:
            NotFoundError: the service does not know it.
        """
        found = self.cluster_record(cluster_id)
        jobs = tuple(row for row in self._job_rows((found,)) if row.cluster_id == cluster_id)
        machines = _if_allowed(partial(self._client.clusters.instances, cluster_id))
        at, left = self._client.account_time, self._credits()
        return ClusterDetail(at, left, cluster_row(found, jobs), found, jobs, machines)

    def cluster_record(self, cluster_id: int) -> Cluster:
        """Return the record of one cluster, at one call; raises NotFoundError where the service does not know it."""
        self._allowance.require_read()
        clusters = self._client.clusters
        seen = or_listed(partial(clusters.get, cluster_id), clusters.list, self._client, number=cluster_id)
        return require_found(seen, label("cluster", cluster_id))

    def job(self, job_id: int, *, log_lines: int, shows_values: bool) -> JobDetail:
        """Return one job run; its variables are read once, the rest each time.

        Unless `shows_values`, the values of its variables are masked wherever they stand.

        Raises:
            NotFoundError: the service does not know it.
        """
        self._allowance.require_read()
        get = partial(self._client.jobs.get, job_id, include=_EMBEDDED)
        list_all = partial(self._client.jobs.list, include=_EMBEDDED)
        found = require_found(or_listed(get, list_all, self._client, number=job_id), label("job", job_id))
        if self._variables is None:
            effective = _if_allowed(partial(self._client.jobs.variables, job_id))
            self._variables = {**(found.variables or {}), **(found.dynamic_variables or {}), **(effective or {})}
        given, log = self._variables, _if_allowed(partial(self._client.jobs.log, job_id))
        text = log.body if log else None
        secrets = frozenset() if shows_values else values_of(given, found.variables, found.dynamic_variables)
        row = job_row(found, shows_values=shows_values)
        return JobDetail(
            self._client.account_time,
            self._credits(),
            replace(row, errors=scrub(row.errors, secrets), replaced_by=self._replaced_by(found)),
            tasks=self._tasks(found, secrets, shows_values=shows_values),
            variables={name: str(value) for name, value in given.items()} if shows_values else masked(given),
            outputs=found.outputs or (),
            log_tail=None if text is None else tuple(scrub(text, secrets).splitlines()[-log_lines:]),
            log_url=found.log_url,
        )

    def _replaced_by(self, job: Job) -> int | None:
        """The run in place of a failed one of a stack; for others nothing is read."""
        if not may_be_replaced(job, {}):
            return None
        return replaced_runs((job, *(_if_allowed(self._jobs.read) or ())), {}).get(job.id)

    def _tasks(self, job: Job, secrets: frozenset[str], *, shows_values: bool) -> tuple[TaskRow, ...]:
        rows = [(task_name(one), job_row(one, shows_values=shows_values)) for one in tasks_of(self._client, job)]
        return tuple(TaskRow(name, replace(row, errors=scrub(row.errors, secrets))) for name, row in rows)

    def _listing(self, kind: Kind, **query: Any) -> StatusListing[Any]:
        client, get = self._client, getattr(self._client, kind.collection).get
        included = {"include": query["include"]} if query else {}
        return StatusListing(
            lambda status: newest_first(client, kind.collection, status=status, **query),
            lambda number: or_none(partial(get, number, **included), client),
            kind,
            statuses=self._statuses_of(kind),
        )

    def _statuses_of(self, kind: Kind) -> tuple[str, ...]:
        wanted = [status for status in self._wanted.statuses if status in kind.phases]
        # Whether a failed run was replaced is seen from those that have completed.
        more = kind.statuses(Phase.SUCCEEDED) if {*wanted} & {*kind.statuses(Phase.FAILED)} else ()
        return tuple(dict.fromkeys([*wanted, *more]))

    def _is_wanted(self, kind: Kind) -> bool:
        return not self._wanted.statuses or bool(self._statuses_of(kind))

    def _read_clusters(self) -> tuple[Cluster, ...]:
        return self._clusters.read() if self._is_wanted(CLUSTER) else ()

    def _job_rows(self, clusters: tuple[Cluster, ...]) -> tuple[JobRow, ...]:
        owners = {one.id: owner_of(one.description) for one in clusters}
        jobs = self._jobs.read() if self._is_wanted(JOB_RUN) else ()
        return jobs_shown(jobs, self._wanted, now=self._client.account_time, owners=owners)

    def _credits(self) -> RateLimit | None:
        """What the last answer said is left; the free call where no answer did, and None where that fails too."""
        if self._client.credits is None:
            try:
                return self._client.rate_limit()
            except XplentyError:
                return None
        return self._client.credits


def require_found(found: T | None, resource: str) -> T:
    """Return what was found, which `resource` names; raises NotFoundError where that is None."""
    if found is None:
        advice = "Check the id; `xplenty-pulumi status` lists what there is"
        raise NotFoundError(NOT_KNOWN, status=404, resource=resource, advice=advice)
    return found


def _if_allowed(read: Callable[[], T]) -> T | None:
    """What `read` returns, None where the service refuses it, such as for a plan that does not have it."""
    try:
        return read()
    except (RateLimitedError, ServerError):
        raise
    except ApiError:
        return None
