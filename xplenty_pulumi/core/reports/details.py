"""One cluster or one job run in detail, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from xplenty_pulumi.client import Cluster, Instance, Job, JobOutput, RateLimit
from xplenty_pulumi.core.kinds import marker
from xplenty_pulumi.core.kinds.variables import masked, values_of
from xplenty_pulumi.core.reports.overview import AccountView, ClusterRow, JobRow, cluster_row, job_row
from xplenty_pulumi.redact import scrub


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
class JobDetail(AccountView):
    """A job run with its variables, its outputs and the end of its log; `log_tail` is None where there is no log."""

    row: JobRow
    variables: Mapping[str, str] = field(repr=False)
    outputs: tuple[JobOutput, ...]
    log_tail: tuple[str, ...] | None
    log_url: str | None

    @property
    def rows(self) -> tuple[ClusterRow | JobRow, ...]:
        return (self.row,)


def cluster_detail(
    cluster: Cluster,
    jobs: tuple[JobRow, ...],
    *,
    instances: tuple[Instance, ...] | None,
    at: datetime,
    credits_left: RateLimit | None,
) -> ClusterDetail:
    """Return the cluster with those of `jobs` that are its own."""
    own = tuple(row for row in jobs if row.cluster_id == cluster.id)
    return ClusterDetail(at, credits_left, cluster_row(cluster, own), cluster, own, instances)


def job_detail(
    job: Job,
    *,
    variables: Mapping[str, object],
    log: str | None,
    log_lines: int,
    shows_values: bool,
    at: datetime,
    credits_left: RateLimit | None,
) -> JobDetail:
    """Return the run; unless `shows_values`, the values of its variables are masked wherever they stand."""
    secrets = frozenset() if shows_values else values_of(variables, job.variables, job.dynamic_variables)
    row = job_row(job, shows_values=shows_values)
    return JobDetail(
        at,
        credits_left,
        replace(row, errors=scrub(row.errors, secrets)),
        variables={name: str(value) for name, value in variables.items()} if shows_values else masked(variables),
        outputs=job.outputs or (),
        log_tail=None if log is None else tuple(scrub(log, secrets).splitlines()[-log_lines:]),
        log_url=job.log_url,
    )
