"""Bringing what is to what should be: create, update, read and delete for each kind of resource.

`clusters` and `jobs` are the two reconcilers. A cluster is created by `creation`, which finds lost ones through
`living`; lost job runs are found through `runs`, and `stopping` ends a run. `cluster_goals` and `run_goals` say what is
waited for.
"""

from xplenty_pulumi.core.reconcile.clusters import Clusters
from xplenty_pulumi.core.reconcile.jobs import JobRuns
from xplenty_pulumi.core.reconcile.living import Living
from xplenty_pulumi.core.reconcile.outcome import Outcome, Sight
from xplenty_pulumi.core.reconcile.runs import Runs

__all__ = ["Clusters", "JobRuns", "Living", "Outcome", "Runs", "Sight"]
