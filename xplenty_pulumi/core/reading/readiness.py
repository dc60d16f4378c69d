"""Which clusters this process has seen ready, so that nobody looks at them again before a run is started there."""

import threading
from collections.abc import Callable

from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin, taken_over
from xplenty_pulumi.core.reading.shared import SharedCall


class ReadyClusters:
    """The clusters that this process has seen ready, and one look at each of the others; thread-safe.

    `get` reads a cluster, and gives None where the service does not know it.
    """

    def __init__(self, get: Callable[[int], Cluster | None]) -> None:
        self._get = get
        self._lock = threading.Lock()
        self._ready: set[int] = set()
        self._made: dict[int, Origin] = {}
        self._looks: dict[int, SharedCall[Cluster | None]] = {}

    def __contains__(self, cluster_id: int) -> bool:
        """Return whether the cluster was ready when it was seen last."""
        return cluster_id in self._ready

    def expect(self, cluster_id: int, made: Origin) -> None:
        """Remember when the cluster that the state holds was made; `UNKNOWN`: that does not matter any more."""
        with self._lock:
            self._made[cluster_id] = made

    def taken_over(self, cluster: Cluster | None) -> str:
        """Return what says that the id of a cluster in the state is that of another one by now, else an empty text."""
        return taken_over(cluster, self._made.get(cluster.id, UNKNOWN)) if cluster else ""

    def note(self, cluster: Cluster) -> None:
        """Remember how the cluster was seen; one that only has the id of a cluster of ours is never ready."""
        if CLUSTER.phase(cluster.status) is not Phase.READY or self.taken_over(cluster):
            self.forget(cluster.id)
            return
        with self._lock:
            self._ready.add(cluster.id)

    def forget(self, cluster_id: int) -> None:
        """Remember that the cluster may have changed since it was seen last."""
        with self._lock:
            self._ready.discard(cluster_id)
            self._looks.pop(cluster_id, None)

    def look(self, cluster_id: int) -> Cluster | None:
        """Return the cluster as the first of all who ask has read it; raises the trouble that this met."""
        with self._lock:
            look = self._looks.setdefault(cluster_id, SharedCall(lambda: self._get(cluster_id)))
        found = look.once()
        if found is not None and CLUSTER.phase(found.status) is Phase.READY:
            self.note(found)
        return found
