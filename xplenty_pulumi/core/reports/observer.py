"""Looking at an account for people: at all of it, at one cluster, at one job run."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TypeVar

from xplenty_pulumi.client import Client, Cluster, Job, RateLimit
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.reading.lookup import or_listed, or_none
from xplenty_pulumi.core.reading.snapshots import StatusListing
from xplenty_pulumi.core.reports.details import ClusterDetail, JobDetail, cluster_detail, job_detail
from xplenty_pulumi.core.reports.overview import (
    DAY,
    JUST_NOW,
    JobRow,
    Overview,
    Wanted,
    clusters_shown,
    jobs_shown,
    owner_of,
    shortened,
)
from xplenty_pulumi.core.waiting.patience import Allowance
from xplenty_pulumi.errors import ApiError, NotFoundError, RateLimitedError, ServerError, XplentyError
from xplenty_pulumi.text import label

T = TypeVar("T")
_EMBEDDED = ("cluster", "package")
_FEW = 10


class AccountReader:
    """Looks at an account, again and again if need be; used by one thread at a time.

    Every method raises an XplentyError where it cannot look, and RateLimitedError where the calls that are left are
    kept for changes. `wanted` says which rows of the overview are shown.
    """

    def __init__(self, client: Client, clock: Clock, allowance: Allowance, *, wanted: Wanted | None = None) -> None:
        self._client = client
        self._clock = clock
        self._allowance = allowance
        self._wanted = wanted or Wanted()
        self._clusters = self._glance_at_clusters()
        self._jobs = self._glance_at_jobs()
        self._variables: Mapping[str, object] | None = None

    def overview(self) -> Overview:
        """Return all that has not ended, and what has ended recently: a call for the clusters, and one for the jobs."""
        self._allowance.require_read()
        clusters, now = self._look_at_clusters(), self._clock.now()
        jobs = self._job_rows(clusters)
        within = DAY if self._wanted.age else JUST_NOW
        rows = clusters_shown(clusters, self._wanted, now=now, jobs=jobs, within=within)
        shown = Overview(now, self._credits(), rows, jobs)
        return shown if self._wanted.age or self._wanted.statuses else shortened(shown, most=_FEW)

    def clusters(self) -> Overview:
        """Return the clusters alone, at one call."""
        self._allowance.require_read()
        clusters, now = self._look_at_clusters(), self._clock.now()
        return Overview(now, self._credits(), clusters=clusters_shown(clusters, self._wanted, now=now))

    def cluster_records(self) -> tuple[Cluster, ...]:
        """Return the records of all clusters that have not ended, and of some that have, at one call."""
        self._allowance.require_read()
        return self._look_at_clusters()

    def jobs(self) -> Overview:
        """Return the job runs alone, at one call."""
        self._allowance.require_read()
        rows = self._job_rows(())
        return Overview(self._clock.now(), self._credits(), jobs=rows)

    def cluster(self, cluster_id: int) -> ClusterDetail:
        """Return one cluster; its job runs are those among the newest of the account, its machines as the plan allows.

        Raises:
            NotFoundError: the service does not know it.
        """
        self._allowance.require_read()
        clusters = self._client.clusters
        seen = or_listed(partial(clusters.get, cluster_id), clusters.list, self._client, number=cluster_id)
        found = known(seen, label("cluster", cluster_id))
        rows = self._job_rows((found,))
        machines = _if_allowed(partial(self._client.clusters.instances, cluster_id))
        return cluster_detail(found, rows, instances=machines, at=self._clock.now(), credits_left=self._credits())

    def job(self, job_id: int, *, log_lines: int, shows_values: bool) -> JobDetail:
        """Return one job run; its variables are read once, the rest each time.

        Raises:
            NotFoundError: the service does not know it.
        """
        self._allowance.require_read()
        get = partial(self._client.jobs.get, job_id, include=_EMBEDDED)
        list_all = partial(self._client.jobs.list, include=_EMBEDDED)
        found = known(or_listed(get, list_all, self._client, number=job_id), label("job", job_id))
        if self._variables is None:
            effective = _if_allowed(partial(self._client.jobs.variables, job_id))
            self._variables = {**(found.variables or {}), **(found.dynamic_variables or {}), **(effective or {})}
        log = _if_allowed(partial(self._client.jobs.log, job_id))
        return job_detail(
            found,
            variables=self._variables,
            log=log.body if log else None,
            log_lines=log_lines,
            shows_values=shows_values,
            at=self._clock.now(),
            credits_left=self._credits(),
        )

    def used_clusters(self, period: timedelta) -> tuple[Cluster, ...]:
        """Return every cluster that can have been up within the last `period`.

        What has ended within it was updated within it (documented meaning of `since`); what has not ended may not have
        been touched for longer, and is read by its status.
        """
        self._allowance.require_read()
        touched = self._client.clusters.list(since=self._clock.now() - period)
        unended = (one for status in CLUSTER.unfinished for one in self._client.clusters.list(status=status))
        return tuple({one.id: one for one in (*touched, *unended)}.values())

    def _glance_at_clusters(self) -> StatusListing[Cluster]:
        client = self._client
        return StatusListing(
            lambda status: client.clusters.list(status=status, sort="created", direction="desc"),
            lambda number: or_none(partial(client.clusters.get, number), client),
            CLUSTER,
            statuses=self._statuses_of(CLUSTER),
        )

    def _glance_at_jobs(self) -> StatusListing[Job]:
        client, package_id = self._client, self._wanted.package_id
        return StatusListing(
            lambda status: client.jobs.list(
                status=status, package_id=package_id, sort="created", direction="desc", include=_EMBEDDED
            ),
            lambda number: or_none(partial(client.jobs.get, number, include=_EMBEDDED), client),
            JOB_RUN,
            statuses=self._statuses_of(JOB_RUN),
        )

    def _statuses_of(self, kind: Kind) -> tuple[str, ...]:
        return tuple(status for status in self._wanted.statuses if status in kind.phases)

    def _is_wanted(self, kind: Kind) -> bool:
        return not self._wanted.statuses or bool(self._statuses_of(kind))

    def _look_at_clusters(self) -> tuple[Cluster, ...]:
        return self._clusters.read() if self._is_wanted(CLUSTER) else ()

    def _job_rows(self, clusters: tuple[Cluster, ...]) -> tuple[JobRow, ...]:
        owners = {one.id: owner_of(one.description) for one in clusters}
        jobs = self._jobs.read() if self._is_wanted(JOB_RUN) else ()
        return jobs_shown(jobs, self._wanted, now=self._clock.now(), owners=owners)

    def _credits(self) -> RateLimit | None:
        """What the last answer said is left; the free call where no answer did, and None where that fails too."""
        if self._client.credits is None:
            try:
                return self._client.rate_limit()
            except XplentyError:
                return None
        return self._client.credits


def known(found: T | None, resource: str) -> T:
    """Return what was found, which `resource` names; raises NotFoundError where that is None."""
    if found is None:
        advice = "Check the id; `xplenty-pulumi status` lists what there is"
        raise NotFoundError("the service does not know it (404)", status=404, resource=resource, advice=advice)
    return found


def _if_allowed(read: Callable[[], T]) -> T | None:
    """What `read` returns, None where the service refuses it, such as for a plan that does not have it."""
    try:
        return read()
    except (RateLimitedError, ServerError):
        raise
    except ApiError:
        return None
