"""Looking for a cluster by its ownership marker among those that live."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core import marker as markers
from xplenty_pulumi.core.kinds import CLUSTER, Phase
from xplenty_pulumi.core.marker import Marker
from xplenty_pulumi.core.missing import or_none
from xplenty_pulumi.core.poller import PAGE
from xplenty_pulumi.core.reconcile.repeat import confirmed
from xplenty_pulumi.core.usual import usual
from xplenty_pulumi.errors import RefusedError, XplentyError

ADOPTION_WINDOW = timedelta(minutes=60)
_FRESH = 5.0
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
    """All clusters at one moment that live or are broken, by id, and the newest clusters of any status."""

    unended: dict[int, Cluster]
    recent: tuple[Cluster, ...]
    begun: float
    ended: float

    @property
    def newest(self) -> frozenset[int]:
        """The ids of the newest clusters."""
        return frozenset(one.id for one in self.recent)


class Living:
    """The living clusters of an account, looked up once for all who ask within five seconds; thread-safe."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._look: Look | None = None
        self._failed: tuple[float, XplentyError] | None = None
        self._held: set[int] = set()
        self._posted: dict[Marker, float] = {}

    def hold(self, cluster_id: int) -> None:
        """Remember that the engine's state holds this cluster, so that it is not taken for a lost one."""
        with self._lock:
            self._held.add(cluster_id)

    def release(self, cluster_id: int) -> None:
        """Remember that the state lets go of this cluster, because the service says that it is gone."""
        with self._lock:
            self._held.discard(cluster_id)

    def look(self, marker: Marker | None = None) -> Look:
        """Return a look that was over five seconds ago at most, and began after the last create of `marker`'s owner.

        The trouble that a look meets is shared by all who have waited for it.
        """
        asked = self._clock.monotonic()
        with self._turn:
            if self._failed and asked < self._failed[0]:
                raise self._failed[1].with_traceback(None)
            if self._look is None or self._is_stale(self._look, marker, asked=asked):
                self._look = self._taken()
            return self._look

    def posted(self, marker: Marker | None) -> None:
        """Remember that the owner of `marker` has just created something, or has tried to."""
        if marker is not None:
            with self._lock:
                self._posted[marker] = self._clock.monotonic()

    def usual_seconds(self, like: str | None) -> float | None:
        """Return how long the newest clusters of the type `like` took to become available, as the last look shows."""
        look = self._look
        return usual((one.created_at, one.available_since) for one in (look.recent if look else ()) if one.type == like)

    def find(self, marker: Marker) -> Cluster | None:
        """Return the one living cluster that carries `marker` and may be adopted, as it is now, or None.

        Raises:
            RefusedError: there are several, or the one there is was created too long ago to be a lost answer.
        """
        unended = self.look(marker).unended.values()
        found = _only([one for one in self._marked(marker, unended) if CLUSTER.is_living(one.status)])
        if found is not None:
            self._refuse_old(found)
        return found

    def broken(self, marker: Marker) -> list[Cluster]:
        """Return the clusters with `marker` that are broken, which nobody can use but which may cost money."""
        unended = self.look(marker).unended.values()
        return [one for one in self._marked(marker, unended) if CLUSTER.phase(one.status) is Phase.FAILED]

    def twins(self, cluster: Cluster, *, among: Sequence[Cluster] | None = None) -> list[Cluster]:
        """Return the other clusters with the marker of `cluster` that have not ended, broken ones included.

        `among` are the clusters to look at where these have just been read: a twin is about as old as its sibling.
        """
        marker = markers.whose(cluster.description)
        if marker is None:
            return []
        clusters = self.look().unended.values() if among is None else among
        return [one for one in self._marked(marker, clusters) if one.id != cluster.id]

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
            if _is_candidate(cluster, marker) and cluster.id not in self._held:
                fresh.append(cluster)
        return _only(fresh)

    def _marked(self, marker: Marker, among: Iterable[Cluster]) -> list[Cluster]:
        """The clusters with `marker` that have not ended and that the state does not hold, each as it is now."""
        listed = [one.id for one in among if _is_candidate(one, marker) and one.id not in self._held]
        return [one for one in map(self._now, listed) if one is not None and _is_candidate(one, marker)]

    def _is_stale(self, look: Look, marker: Marker | None, *, asked: float) -> bool:
        posted = self._posted.get(marker) if marker else None
        return asked - look.ended > _FRESH or (posted is not None and look.begun <= posted)

    def _taken(self) -> Look:
        try:
            return self._take()
        except XplentyError as trouble:
            self._failed = (self._clock.monotonic(), trouble)
            raise

    def _take(self) -> Look:
        begun = self._clock.monotonic()
        recent = self._recent()
        unended = {one.id: one for status in _STATUSES for one in self._client.clusters.list(status=status)}
        unended.update({one.id: one for one in recent if CLUSTER.phase(one.status) not in _ENDED})
        return Look(unended, recent, begun, self._clock.monotonic())

    def _recent(self) -> tuple[Cluster, ...]:
        newest = self._client.clusters.list(sort="created", direction="desc")
        return tuple(islice(newest, PAGE))

    def _now(self, cluster_id: int) -> Cluster | None:
        """The cluster as it is now; one that a list has just shown is not believed gone on a single 404."""
        get = partial(self._client.clusters.get, cluster_id)
        return confirmed(lambda: or_none(get, self._client), clock=self._clock)

    def _refuse_old(self, cluster: Cluster) -> None:
        if cluster.created_at is None or self._clock.now() - cluster.created_at <= ADOPTION_WINDOW:
            return
        raise RefusedError(
            f"it carries the marker of this resource and is {cluster.status}, but was created "
            f"{cluster.created_at:%Y-%m-%d %H:%M} UTC, too long ago for a lost answer; nothing was created",
            resource=f"cluster {cluster.id}",
            advice="Terminate it, or remove the marker from its description, then run `pulumi up` again",
        )


def _is_candidate(cluster: Cluster, marker: Marker) -> bool:
    return CLUSTER.phase(cluster.status) not in _ENDED and markers.whose(cluster.description) == marker


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
