"""Looking for a cluster by its ownership marker among those that live."""

import threading
from dataclasses import dataclass
from datetime import timedelta

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core import marker as markers
from xplenty_pulumi.core.kinds import CLUSTER, Phase
from xplenty_pulumi.core.marker import Marker
from xplenty_pulumi.errors import NotFoundError, RefusedError

ADOPTION_WINDOW = timedelta(minutes=60)
_FRESH = 5.0
_PAGE = 100
_ENDED = frozenset({Phase.ENDING, Phase.GONE})
_READY = CLUSTER.statuses(Phase.READY)
# A cluster that turns from one ready status to the other between two of these lists shows up in the third.
_STATUSES = (
    *CLUSTER.statuses(Phase.BUILDING, Phase.SCALING),
    *_READY[::-1],
    *_READY[1:],
    *CLUSTER.statuses(Phase.FAILED),
)


@dataclass(frozen=True)
class Look:
    """All clusters at one moment that live or are broken, by id, and the ids of the newest clusters of any status."""

    unended: dict[int, Cluster]
    newest: frozenset[int]
    taken: float


class Living:
    """The living clusters of an account, looked up once for all who ask within five seconds; thread-safe."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._look: Look | None = None
        self._held: set[int] = set()

    def hold(self, cluster_id: int) -> None:
        """Remember that the engine's state holds this cluster, so that it is not taken for a lost one."""
        with self._lock:
            self._held.add(cluster_id)

    def release(self, cluster_id: int) -> None:
        """Remember that the state lets go of this cluster, because the service says that it is gone."""
        with self._lock:
            self._held.discard(cluster_id)

    def look(self) -> Look:
        """Return a look that is at most five seconds old."""
        with self._lock:
            if self._look is None or self._clock.monotonic() - self._look.taken > _FRESH:
                self._look = self._take()
            return self._look

    def forget(self) -> None:
        """Make the next look a new one, because something may have been created since."""
        with self._lock:
            self._look = None

    def find(self, marker: Marker) -> Cluster | None:
        """Return the one living cluster that carries `marker` and may be adopted, as it is now, or None.

        Raises:
            RefusedError: there are several, or the one there is was created too long ago to be a lost answer.
        """
        found = _only([one for one in self._marked(marker) if CLUSTER.is_living(one.status)])
        if found is not None:
            self._refuse_old(found)
        return found

    def broken(self, marker: Marker) -> list[Cluster]:
        """Return the clusters with `marker` that are broken, which nobody can use but which may cost money."""
        return [one for one in self._marked(marker) if CLUSTER.phase(one.status) is Phase.FAILED]

    def twins(self, cluster: Cluster) -> list[Cluster]:
        """Return the other clusters with the marker of `cluster` that have not ended, broken ones included."""
        marker = markers.read(cluster.description)
        if marker is None:
            return []
        return [one for one in self._marked(marker) if one.id != cluster.id]

    def find_since(self, marker: Marker, before: Look) -> Cluster | None:
        """Return the cluster with `marker` that appeared after `before` was taken, or None.

        Newest first down to the first one that was there before: right whatever the two clocks say. One that has broken
        meanwhile counts too, since it is this one that the lost answer was about.

        Raises:
            RefusedError: there are several.
        """
        fresh = []
        for cluster in self._client.clusters.list(sort="created", direction="desc"):
            if cluster.id in before.newest:
                break
            unended = CLUSTER.phase(cluster.status) not in _ENDED
            if unended and _carries(cluster, marker) and cluster.id not in self._held:
                fresh.append(cluster)
        return _only(fresh)

    def _marked(self, marker: Marker) -> list[Cluster]:
        """The clusters with `marker` that the state does not hold, each as it is now."""
        listed = [one.id for one in self.look().unended.values() if _carries(one, marker) and one.id not in self._held]
        return [one for one in map(self._now, listed) if one is not None and _carries(one, marker)]

    def _take(self) -> Look:
        newest, recent = self._recent()
        unended = {one.id: one for status in _STATUSES for one in self._client.clusters.list(status=status)}
        unended.update({one.id: one for one in recent if CLUSTER.phase(one.status) not in _ENDED})
        return Look(unended, newest, self._clock.monotonic())

    def _recent(self) -> tuple[frozenset[int], list[Cluster]]:
        page = []
        for cluster in self._client.clusters.list(sort="created", direction="desc"):
            page.append(cluster)
            if len(page) == _PAGE:
                break
        return frozenset(one.id for one in page), page

    def _now(self, cluster_id: int) -> Cluster | None:
        try:
            return self._client.clusters.get(cluster_id)
        except NotFoundError:
            return None

    def _refuse_old(self, cluster: Cluster) -> None:
        if cluster.created_at is None or self._clock.now() - cluster.created_at <= ADOPTION_WINDOW:
            return
        raise RefusedError(
            f"it carries the marker of this resource and is {cluster.status}, but was created "
            f"{cluster.created_at:%Y-%m-%d %H:%M} UTC, too long ago for a lost answer; nothing was created",
            resource=f"cluster {cluster.id}",
            advice="Terminate it, or remove the marker from its description, then run `pulumi up` again",
        )


def _carries(cluster: Cluster, marker: Marker) -> bool:
    return markers.read(cluster.description) == marker


def _only(matches: list[Cluster]) -> Cluster | None:
    if len(matches) > 1:
        raise _several(matches)
    return matches[0] if matches else None


def _several(matches: list[Cluster]) -> RefusedError:
    ids = ", ".join(str(one.id) for one in matches)
    return RefusedError(
        f"clusters {ids} all carry the marker of this one resource, so which one is meant can not be known; "
        "nothing was created or ended",
        advice="Terminate all but one of them, then run `pulumi up` again",
    )
