"""Bringing what is to what should be: create, update, read and delete for each kind of resource."""

from xplenty_pulumi.core.reconcile.clusters import Clusters
from xplenty_pulumi.core.reconcile.jobs import JobRuns
from xplenty_pulumi.core.reconcile.living import Living
from xplenty_pulumi.core.reconcile.outcome import Outcome, Sight
from xplenty_pulumi.core.reconcile.runs import Runs

__all__ = ["Clusters", "JobRuns", "Living", "Outcome", "Runs", "Sight"]
