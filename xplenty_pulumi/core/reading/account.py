"""The readings of an account that all who work on it in this process share."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Generic

from xplenty_pulumi.client import Client, Cluster, Job
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.reading.lookup import Presence, or_none
from xplenty_pulumi.core.reading.pages import RecordT, listed_by_status, newest_first
from xplenty_pulumi.core.reading.readiness import ReadyClusters
from xplenty_pulumi.core.reading.shared import Poller, SharedCall
from xplenty_pulumi.core.reading.snapshots import RefreshListing


class Readings(Generic[RecordT]):
    """Reads things of one kind once for all who want them at the same time; thread-safe.

    `poller` serves those who wait, `listing` those who read many at once, and `presence` those who must know whether
    one is gone.
    """

    def __init__(self, client: Client, kind: Kind, clock: Clock) -> None:
        self.kind = kind
        self._client = client
        newest: Callable[[], Iterator[RecordT]] = partial(newest_first, client, kind.collection)
        self.poller = Poller(newest, self.one, clock)
        self.listing = RefreshListing(newest, clock)
        self.presence = Presence(self.one, newest, clock)

    def one(self, number: int) -> RecordT | None:
        """Return the thing as it is now, None where the service does not know it."""
        return or_none(partial(getattr(self._client, self.kind.collection).get, number), self._client)


class Polls:
    """Reads clusters and jobs for all who work on an account; thread-safe.

    `ready_clusters` serves those who start a run, and `active_jobs` gives every job that has not ended.
    """

    def __init__(self, client: Client, clock: Clock) -> None:
        self.clusters: Readings[Cluster] = Readings(client, CLUSTER, clock)
        self.jobs: Readings[Job] = Readings(client, JOB_RUN, clock)
        self.ready_clusters = ReadyClusters(self.clusters.presence.get)
        self._active_jobs = SharedCall(partial(listed_by_status, client, JOB_RUN, JOB_RUN.unfinished), clock=clock)

    def active_jobs(self) -> list[Job]:
        """Return every job that has not ended, whoever started it, by lists that begin after this call."""
        return list(self._active_jobs.now().values())
