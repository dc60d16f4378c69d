"""What there is in an account: clusters, job runs, schedules, and who has used them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from xplenty_pulumi.cli.formats.versioned import AccountDocument, VersionedDocument
from xplenty_pulumi.core.reports.overview import ClusterRow, JobRow
from xplenty_pulumi.core.reports.packages import PackageRow
from xplenty_pulumi.core.reports.schedules import ScheduleRow
from xplenty_pulumi.core.reports.usage import Share


@dataclass(frozen=True, kw_only=True)
class StatusDocument(AccountDocument):
    """Clusters and job runs.

    `status clusters` leaves out the jobs. `status jobs` leaves out the clusters, and so does `--package`.
    """

    clusters: tuple[ClusterRow, ...] = ()
    """The clusters, the newest first."""
    jobs: tuple[JobRow, ...] = ()
    """The job runs, those that are active first."""
    jobs_left_out: int = 0
    """How many job runs that have ended are left out."""


@dataclass(frozen=True, kw_only=True)
class SchedulesDocument(AccountDocument):
    """Schedules."""

    schedules: tuple[ScheduleRow, ...]
    """The schedules, those that run next first."""


@dataclass(frozen=True, kw_only=True)
class MachineFacts:
    """A machine of a cluster."""

    instance_id: str
    """Id that the cloud knows it by."""
    status: str
    """The service's own word for how it is."""
    master: bool | None
    """Whether it is the master node."""
    spot: bool | None
    """Whether it was bought on the spot market."""
    instance_type: str | None
    """Type of the machine."""
    zone: str | None
    """Its availability zone."""
    private_dns: str | None
    """Its name within its network."""
    public_dns: str | None
    """Its public name."""


@dataclass(frozen=True, kw_only=True)
class ClusterFacts(ClusterRow):
    """A cluster with its machines and its job runs."""

    description: str
    """The user's own text, without the marker."""
    region: str | None
    """Region id."""
    zone: str | None
    """Availability zone."""
    terminate_on_idle: bool | None
    """Whether it ends once it is idle."""
    time_to_idle: int | None
    """Seconds without work after which it counts as idle."""
    terminated_on_idle: bool | None
    """Whether it has ended because it was idle."""
    available_since: datetime | None
    """Since when it can be used."""
    html_url: str | None
    """Page for people."""
    instances: tuple[MachineFacts, ...] | None
    """Its machines; null where the plan does not show them."""
    jobs: tuple[JobRow, ...]
    """Its job runs."""


@dataclass(frozen=True, kw_only=True)
class ClusterDocument(AccountDocument):
    """One cluster."""

    cluster: ClusterFacts
    """The cluster."""


@dataclass(frozen=True, kw_only=True)
class TaskFacts(JobRow):
    """The job run of a workflow's task."""

    name: str
    """Name of the task."""


@dataclass(frozen=True, kw_only=True)
class OutputFacts:
    """What a job run writes to one destination."""

    id: int
    """Id of the output."""
    name: str | None
    """Its name."""
    records_count: int | None
    """Records that were written."""


@dataclass(frozen=True, kw_only=True)
class JobFacts(JobRow):
    """A job run with its variables, its outputs and the end of its log."""

    variables: Mapping[str, str]
    """Variables by name, masked without `--show-variables`."""
    tasks: tuple[TaskFacts, ...]
    """The tasks of a workflow that have begun."""
    outputs: tuple[OutputFacts, ...]
    """What it writes."""
    log_tail: tuple[str, ...] | None
    """The last lines of its log; null where there is none."""
    log_url: str | None
    """Address of the whole log."""


@dataclass(frozen=True, kw_only=True)
class JobDocument(AccountDocument):
    """One job run."""

    job: JobFacts
    """The job run."""


@dataclass(frozen=True, kw_only=True)
class UsageTotal:
    """What all owners have used."""

    clusters: int
    """How many clusters there were."""
    node_hours: float
    """The sum of all shares."""


@dataclass(frozen=True, kw_only=True)
class UsageDocument(VersionedDocument):
    """The node-hours of each owner."""

    since: datetime
    """Where the period begins."""
    until: datetime
    """Where it ends."""
    owners: tuple[Share, ...]
    """What each owner has used, the greatest share first; hours are rounded to thousandths."""
    total: UsageTotal
    """What all have used."""


@dataclass(frozen=True, kw_only=True)
class PackagesDocument(AccountDocument):
    """Packages."""

    packages: tuple[PackageRow, ...]
    """The packages, those that were edited last first."""


@dataclass(frozen=True, kw_only=True)
class RegionFacts:
    """A region."""

    id: str
    """What `region` of a `Cluster` takes."""
    name: str | None
    """Its name."""
    group_name: str | None
    """The provider that it is of."""
    short_name: str | None
    """Its name without the provider."""


@dataclass(frozen=True, kw_only=True)
class RegionsDocument(AccountDocument):
    """The regions that the account may use."""

    regions: tuple[RegionFacts, ...]
    """The regions, in the order of the service."""
