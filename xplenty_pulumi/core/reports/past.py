"""Reading what an account has had: the clusters that were up within a time, and what ran on them."""

from datetime import timedelta
from typing import Any

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, is_task
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.reports.history import History, history
from xplenty_pulumi.core.reports.overview import job_row
from xplenty_pulumi.core.reports.owners import owner_of
from xplenty_pulumi.core.waiting.patience import Allowance


class PastReader:
    """Reads the past of an account; every method raises an XplentyError where it cannot.

    RateLimitedError means that the calls that are left are kept for changes.
    """

    def __init__(self, client: Client, allowance: Allowance) -> None:
        self._client = client
        self._allowance = allowance

    def clusters(self, period: timedelta) -> tuple[Cluster, ...]:
        """Return every cluster that can have been up within the last `period`."""
        return self._touched(CLUSTER, period)

    def history(self, period: timedelta, *, of: Cluster | None = None) -> History:
        """Return what the clusters, or one of them, did within the last `period`.

        It takes a call for each hundred clusters and each hundred runs. A task of a workflow is part of the workflow's
        run, and no run by itself.
        """
        clusters = self.clusters(period) if of is None else (of,)
        jobs = self._touched(JOB_RUN, period, include=("package",))
        owners = {one.id: owner_of(one.description) for one in clusters}
        runs, now = (job_row(job, owners) for job in jobs if not is_task(job)), self._client.account_time
        return history(clusters, runs, since=now - period, until=now)

    def _touched(self, kind: Kind, period: timedelta, **query: Any) -> tuple[Any, ...]:
        """All of a kind that was not yet over at the beginning of the period.

        What has ended within it was updated within it (documented meaning of `since`); what has not ended may not have
        been touched for longer, and is read by its status.
        """
        self._allowance.require_read()
        calls = getattr(self._client, kind.collection)
        unended = [one for status in kind.unfinished for one in calls.list(status=status, **query)]
        touched = calls.list(since=self._client.account_time - period, **query)
        return tuple({one.id: one for one in (*unended, *touched)}.values())
