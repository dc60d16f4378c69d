"""Why no run can go on on a cluster, or on the package it is of; pure."""

from dataclasses import dataclass

from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds import CLUSTER

_NONE_STARTED = "No run was started"
_CORRECT = "correct the input and run `pulumi up` again"
_ANEW = "run `pulumi up --refresh`, which creates a cluster of this stack anew, or name another cluster"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cluster or a package, and the way out of it."""

    reason: str
    action: str = _CORRECT
    is_missing: bool = False

    @property
    def advice(self) -> str:
        """What to do where no run was started for it."""
        return f"{_NONE_STARTED}; {self.action}"

    @property
    def way_out(self) -> str:
        """What to do before a run is started."""
        return f"{self.action[0].upper()}{self.action[1:]}"


def fault_of(cluster_id: int, cluster: Cluster | None) -> Fault | None:
    """Return why no run can go on on the cluster as it was seen, None for one that does not exist."""
    if cluster is None:
        return Fault(f"cluster {cluster_id} does not exist in this account", is_missing=True)
    if CLUSTER.is_living(cluster.status):
        return None
    why = ", after it had been idle" if cluster.terminated_on_idle else ""
    return Fault(f"cluster {cluster_id} is {cluster.status}{why}", _ANEW)
