"""Bringing what is to what should be: create, update, read and delete for each kind of resource.

`clusters`, `jobs` and `hooks` are the reconcilers. A cluster is created by `creation`, which finds lost ones through
`living`; lost job runs are found through `runs` and told from those of others by `equal_runs`, lost hooks are found
through `known_hooks`, and `stopping` ends a run.
`cluster_goals` and `run_goals` say what is waited for, and `watching` who is told what becomes of a cluster or a run.
"""

from xplenty_pulumi.core.reconcile.clusters.actions import Clusters
from xplenty_pulumi.core.reconcile.clusters.search import Living
from xplenty_pulumi.core.reconcile.hooks.actions import Hooks
from xplenty_pulumi.core.reconcile.hooks.search import KnownHooks
from xplenty_pulumi.core.reconcile.outcome import Outcome, Sight
from xplenty_pulumi.core.reconcile.runs.actions import JobRuns
from xplenty_pulumi.core.reconcile.runs.search import Runs

__all__ = ["Clusters", "Hooks", "JobRuns", "KnownHooks", "Living", "Outcome", "Runs", "Sight"]
