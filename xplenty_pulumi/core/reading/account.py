"""The readings of an account that all who work on it in this process share."""

from functools import partial

from xplenty_pulumi.client import Client, Cluster, Job
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.reading.lookup import Presence, or_none
from xplenty_pulumi.core.reading.pages import listed_by_status, newest_first
from xplenty_pulumi.core.reading.readiness import ReadyClusters
from xplenty_pulumi.core.reading.shared import Poller, SharedCall
from xplenty_pulumi.core.reading.snapshots import RefreshListing


class Polls:
    """Reads clusters and jobs once for all who want them at the same time; thread-safe.

    `clusters` and `jobs` serve those who wait, `cluster_listing` and `job_listing` those who read many at once,
    `cluster_presence` and `job_presence` those who must know whether one is gone, `ready_clusters` those who start a
    run, and `active_jobs` gives every job that has not ended.
    """

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        clusters, jobs = (partial(newest_first, client, collection) for collection in ("clusters", "jobs"))
        self.clusters: Poller[Cluster] = Poller(clusters, self.cluster, clock)
        self.jobs: Poller[Job] = Poller(jobs, self.job, clock)
        self.cluster_listing: RefreshListing[Cluster] = RefreshListing(clusters, clock)
        self.job_listing: RefreshListing[Job] = RefreshListing(jobs, clock)
        self.cluster_presence: Presence[Cluster] = Presence(self.cluster, clusters, clock)
        self.job_presence: Presence[Job] = Presence(self.job, jobs, clock)
        self.ready_clusters = ReadyClusters(self.cluster_presence.get)
        self._active_jobs = SharedCall(partial(listed_by_status, client, JOB_RUN, JOB_RUN.unfinished), clock=clock)

    def cluster(self, cluster_id: int) -> Cluster | None:
        """Return the cluster as it is now, None where the service does not know it."""
        return or_none(partial(self._client.clusters.get, cluster_id), self._client)

    def job(self, job_id: int) -> Job | None:
        """Return the job as it is now, None where the service does not know it."""
        return or_none(partial(self._client.jobs.get, job_id), self._client)

    def active_jobs(self) -> list[Job]:
        """Return every job that has not ended, whoever started it, by lists that begin after this call."""
        return list(self._active_jobs.now().values())
