"""How much of the clusters was used: nodes multiplied by time, as the records of the service have it.

A record holds the present number of nodes only, so a cluster that was resized counts as if it had always had it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds.cluster import up_since
from xplenty_pulumi.core.reports.overview import ClusterRow, cluster_row

_HOUR = 3600.0


@dataclass(frozen=True)
class Share:
    """What one owner has used."""

    owner: str
    """The scope of a stack, or `unmanaged`."""
    clusters: int
    """How many clusters it had."""
    node_hours: float
    """Their nodes multiplied by their time, in hours."""


@dataclass(frozen=True)
class Usage:
    """What all owners have used between two moments, the greatest share first.

    `may_be_resized` are the node-hours of clusters whose nodes may have changed: a sandbox always has one.
    """

    since: datetime
    until: datetime
    shares: tuple[Share, ...]
    may_be_resized: float = 0.0

    @property
    def clusters(self) -> int:
        """How many clusters there were."""
        return sum(one.clusters for one in self.shares)

    @property
    def node_hours(self) -> float:
        """The sum of all shares."""
        return sum(one.node_hours for one in self.shares)


def summed(clusters: Iterable[Cluster], *, since: datetime, until: datetime) -> Usage:
    """Return what `clusters` were used for from `since` to `until`; those that were never up are left out."""
    used: dict[str, list[float]] = {}
    may_be_resized = 0.0
    for cluster in clusters:
        row = cluster_row(cluster)
        hours = node_hours(cluster, row, since=since, until=until)
        if hours > 0:
            used.setdefault(row.owner, []).append(hours)
            may_be_resized += 0.0 if row.type == "sandbox" else hours
    shares = [Share(owner, len(hours), sum(hours)) for owner, hours in used.items()]
    in_order = sorted(shares, key=lambda one: (-one.node_hours, one.owner))
    return Usage(since, until, tuple(in_order), may_be_resized)


def node_hours(cluster: Cluster, row: ClusterRow, *, since: datetime, until: datetime) -> float:
    """Return the nodes multiplied by the hours for which the cluster was up within the period.

    An ended one without the moment of its end counts as nothing, because that moment cannot be guessed.
    """
    start = up_since(cluster)
    if start is None or (row.is_ended and row.ended_at is None):
        return 0.0
    return (row.nodes or 0) * hours_of(max(start, since), min(row.ended_at or until, until))


def hours_of(begin: datetime, end: datetime) -> float:
    """Return the hours from one moment to another, 0 where that is the earlier one."""
    return max(0.0, (end - begin).total_seconds()) / _HOUR
