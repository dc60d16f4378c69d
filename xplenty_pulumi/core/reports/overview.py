"""An account in short, as plain values: which clusters and job runs there are, whose they are, and how they do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from xplenty_pulumi.client import Cluster, Job
from xplenty_pulumi.core.kinds.cluster import CLUSTER, cluster_view
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, is_end
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.variables import values_of
from xplenty_pulumi.core.reports.owners import owner_of, owner_of_job, replaced_runs
from xplenty_pulumi.core.reports.view import AccountView
from xplenty_pulumi.redact import scrub
from xplenty_pulumi.text import label, one_line, plural

DAY = timedelta(days=1)
JUST_NOW = timedelta(minutes=15)


@dataclass(frozen=True)
class ClusterRow:
    """A cluster."""

    id: int
    """Id of the cluster."""
    name: str
    """Its name."""
    status: str
    """The service's own word for how it is."""
    phase: Phase
    """What the status means; `unknown` for one that this version does not know."""
    type: str
    """`production` or `sandbox`."""
    nodes: int | None
    """Compute nodes; a sandbox has one."""
    owner: str
    """The scope of the marker that it carries, or `unmanaged`."""
    created_at: datetime | None
    """When it was requested."""
    ended_at: datetime | None
    """When it ended."""
    idle_since: datetime | None
    """Since when it has had no work."""
    running_jobs: int | None
    """Jobs that run on it."""
    queued_jobs: int | None
    """Jobs that wait for it."""

    @property
    def label(self) -> str:
        """How texts name it."""
        return label("cluster", self.id)

    @property
    def is_ended(self) -> bool:
        """Whether it is gone; one in error is not, and may cost money."""
        return self.phase is Phase.GONE

    @property
    def headline(self) -> str:
        """What is worth a line of its own when it changes."""
        nodes = "" if self.nodes is None else f", {plural(self.nodes, 'node')}"
        jobs = f", {self.running_jobs} running" if self.running_jobs else ""
        jobs += f", {self.queued_jobs} queued" if self.queued_jobs else ""
        return f"{self.name}: {self.status}{nodes}{jobs}"


@dataclass(frozen=True)
class JobRow:
    """A job run."""

    id: int
    """Id of the job run."""
    status: str
    """The service's own word for how it is."""
    phase: Phase
    """What the status means; `unknown` for one that this version does not know."""
    package_id: int | None
    """Id of the package."""
    package: str
    """Name of the package."""
    cluster_id: int | None
    """Id of the cluster that it runs on."""
    owner: str | None
    """The owner of its cluster, where that is known."""
    progress: float
    """From 0 to 1."""
    created_at: datetime | None
    """When it was submitted."""
    started_at: datetime | None
    """When it began to work."""
    ended_at: datetime | None
    """When it came to an end, of whatever kind."""
    runtime_in_seconds: float | None
    """How long it has worked; it may have a fraction."""
    errors: str
    """Why it failed; several errors have `; ` between them. Values of variables are masked."""
    html_url: str | None
    """Page for people."""
    replaced_by: int | None = None
    """Id of the later run of the same stack that has completed in place of a failed one, where that is known."""

    @property
    def label(self) -> str:
        """How texts name it."""
        return label("job", self.id)

    @property
    def is_ended(self) -> bool:
        """Whether it has come to an end, of whatever kind."""
        return is_end(self.status, completed_at=self.ended_at, progress=self.progress)

    @property
    def headline(self) -> str:
        """What is worth a line of its own when it changes: the progress counts in tenths."""
        progress = f" {int(self.progress * 10) * 10}%" if self.phase is Phase.RUNNING else ""
        errors = f": {self.errors}" if self.errors else ""
        how = self.outcome if self.replaced_by else f"{self.status}{progress}{errors}"
        return f"{self.package or f'package {self.package_id}'}: {how}"

    @property
    def outcome(self) -> str:
        """What a run came to that a later one stands in for, as far as the account tells that."""
        later = label("job", self.replaced_by or 0)
        return f"{self.status}; {later}, a later run of the same stack, has completed in its place"


@dataclass(frozen=True)
class Wanted:
    """What is to be shown; empty and None leave nothing out. `age` is that since the creation."""

    statuses: tuple[str, ...] = ()
    package_id: int | None = None
    owner: str = ""
    age: timedelta | None = None

    def admits(self, row: ClusterRow | JobRow, *, now: datetime, ended_within: timedelta) -> bool:
        """Return whether the row is to be shown; without a status or an age, old ended things are not."""
        if self.statuses and row.status not in self.statuses:
            return False
        if not self.fits(row.owner, row.created_at, now=now):
            return False
        if self.package_id is not None and isinstance(row, JobRow) and row.package_id != self.package_id:
            return False
        is_news = row.ended_at is None or now - row.ended_at <= ended_within
        return bool(self.statuses) or self.age is not None or not row.is_ended or is_news

    def fits(self, owner: str | None, created_at: datetime | None, *, now: datetime) -> bool:
        """Return whether something of this owner that was created then is to be shown."""
        if self.owner and owner != self.owner:
            return False
        return self.age is None or (created_at is not None and now - created_at <= self.age)


@dataclass(frozen=True)
class Overview(AccountView):
    """Many things of an account. `clusters` and `jobs` are None where they were not asked for."""

    clusters: tuple[ClusterRow, ...] | None = None
    jobs: tuple[JobRow, ...] | None = None
    jobs_left_out: int = 0
    """How many job runs that have ended are not shown for want of room."""

    @property
    def rows(self) -> tuple[ClusterRow | JobRow, ...]:
        return (*(self.clusters or ()), *(self.jobs or ()))


def cluster_row(cluster: Cluster, jobs: Iterable[JobRow] = ()) -> ClusterRow:
    """Return the row of a cluster; where its record counts no jobs, those of `jobs` that run on it are counted."""
    phases = [job.phase for job in jobs if job.cluster_id == cluster.id]
    counts = {
        "running_jobs": _counted(cluster.running_jobs_count, phases.count(Phase.RUNNING)),
        "queued_jobs": _counted(cluster.queued_jobs_count, phases.count(Phase.BUILDING)),
    }
    return ClusterRow(
        id=cluster.id,
        name=cluster.name or "",
        status=cluster.status,
        phase=CLUSTER.phase(cluster.status),
        type=cluster.type or "",
        nodes=1 if cluster_view(cluster)["nodes"] == 1 else cluster.nodes,
        owner=owner_of(cluster.description),
        created_at=cluster.created_at,
        ended_at=cluster.terminated_at,
        idle_since=cluster.idle_since,
        **counts,
    )


def job_row(job: Job, owners: Mapping[int, str] | None = None, *, shows_values: bool = False) -> JobRow:
    """Return the row of a job run; `owners` are those of the clusters that are known, by id."""
    phase = JOB_RUN.phase(job.status)
    values = frozenset() if shows_values else values_of(job.variables, job.dynamic_variables)
    return JobRow(
        id=job.id,
        status=job.status,
        phase=phase,
        package_id=job.package_id,
        package=str((job.package or {}).get("name") or ""),
        cluster_id=job.cluster_id,
        owner=owner_of_job(job, owners or {}),
        progress=min(1.0, max(0.0, job.progress or 0.0)),
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.completed_at or (None if phase is Phase.UNKNOWN else job.failed_at),
        runtime_in_seconds=job.runtime_in_seconds,
        errors=one_line(scrub(job.errors or "", values)),
        html_url=job.html_url,
    )


def clusters_shown(
    clusters: Iterable[Cluster], wanted: Wanted, *, now: datetime, jobs: Sequence[JobRow] = (), within: timedelta = DAY
) -> tuple[ClusterRow, ...]:
    """Return the rows of the clusters that are wanted, in their order."""
    rows = (cluster_row(cluster, jobs) for cluster in clusters)
    return tuple(row for row in rows if wanted.admits(row, now=now, ended_within=within))


def jobs_shown(jobs: Iterable[Job], wanted: Wanted, *, now: datetime, owners: Mapping[int, str]) -> tuple[JobRow, ...]:
    """Return the rows of the job runs that are wanted, those that are active first."""
    listed = tuple(jobs)
    replaced = replaced_runs(listed, owners)
    rows = (replace(job_row(job, owners), replaced_by=replaced.get(job.id)) for job in listed)
    shown = [row for row in rows if wanted.admits(row, now=now, ended_within=DAY)]
    return tuple(sorted(shown, key=lambda row: row.is_ended))


def shortened(overview: Overview, *, most: int) -> Overview:
    """Return the overview with at most so many job runs that have ended, the newest ones."""
    jobs = overview.jobs or ()
    active = sum(not row.is_ended for row in jobs)
    kept = jobs[: active + most]
    return replace(overview, jobs=kept, jobs_left_out=len(jobs) - len(kept))


def _counted(recorded: int | None, counted: int) -> int:
    return counted if recorded is None else recorded
