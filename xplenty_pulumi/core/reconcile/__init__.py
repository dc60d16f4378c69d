"""Bringing what is to what should be: create, update, read and delete for each kind of resource.

- `clusters`: clusters: created once, resized honestly, ended verifiably.
- `definitions`: hooks, and what else the service keeps as a document: created once, changed, removed verifiably.
- `runs`: job runs: started once, followed to their end, stopped.
- `known`: what is known of the things of one kind: which of them the state holds, and whose the others are.
- `held_ids`: which ids the state holds, and when what it holds under each of them was made.
- `intent`: what an update is to bring about.
- `kept`: whether the service shows what it was sent and has accepted.
- `notify`: whether the key's user is notified of what becomes of a cluster or a run.
- `outcome`: what reconciling ends in, and what is observed of it.
- `repeat`: repeating a call that is safe to repeat, and looking for what one that is not may have made.
"""

from xplenty_pulumi.core.reconcile.clusters.actions import ClusterReconciler
from xplenty_pulumi.core.reconcile.clusters.known import KnownClusters
from xplenty_pulumi.core.reconcile.definitions.actions import DefinitionReconciler
from xplenty_pulumi.core.reconcile.definitions.definition import DesiredDefinition, definition_of
from xplenty_pulumi.core.reconcile.definitions.known import KnownDefinitions
from xplenty_pulumi.core.reconcile.outcome import LEFT_ALONE, Observation, Outcome
from xplenty_pulumi.core.reconcile.runs.actions import RunReconciler
from xplenty_pulumi.core.reconcile.runs.known import KnownRuns

__all__ = [
    "LEFT_ALONE",
    "ClusterReconciler",
    "DefinitionReconciler",
    "DesiredDefinition",
    "KnownClusters",
    "KnownDefinitions",
    "KnownRuns",
    "Observation",
    "Outcome",
    "RunReconciler",
    "definition_of",
]
