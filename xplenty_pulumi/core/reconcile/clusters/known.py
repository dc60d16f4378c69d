"""Looking for clusters by their ownership marker among those that live or are broken."""

import itertools
import operator
import threading
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from random import Random

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.cluster import CLUSTER, built_at
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import is_marked, is_surplus, is_unfinished, marker_on
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.lookup import Presence
from xplenty_pulumi.core.reading.pages import PagedList, first_page, listed_by_status, newest_first
from xplenty_pulumi.core.reading.shared import ListPoll, SharedCall
from xplenty_pulumi.core.reconcile.known import KnownThings, OwnerClaims
from xplenty_pulumi.core.waiting.patience import usual
from xplenty_pulumi.errors import XplentyError

_FRESH = 5.0
_STATUSES = CLUSTER.statuses(Phase.BUILDING, Phase.READY, Phase.SCALING, Phase.FAILED)


@dataclass(frozen=True)
class ClusterListing:
    """All clusters that live or are broken, by id, and the newest clusters of any status, as they were together."""

    unended: dict[int, Cluster]
    recent: tuple[Cluster, ...]
    begun: float
    ended: float

    @cached_property
    def newest(self) -> frozenset[int]:
        """The ids of the newest clusters."""
        return frozenset(one.id for one in self.recent)

    @cached_property
    def _by_owner(self) -> dict[Marker, list[Cluster]]:
        """The clusters that have not ended, by what their marker shares with all others of its owner."""
        found: dict[Marker, list[Cluster]] = {}
        for one in self.unended.values():
            if (marker := marker_on(one)) is not None:
                found.setdefault(marker.whose, []).append(one)
        return found

    def of_owner(self, owner: Marker) -> list[Cluster]:
        """Return the clusters that have not ended and carry a marker of this owner."""
        return self._by_owner.get(owner, [])

    def shows(self, cluster_id: int) -> bool:
        """Return whether the cluster was there already."""
        return cluster_id in self.unended or cluster_id in self.newest

    def is_past(self, cluster: Cluster) -> bool:
        """Return whether all that is newer than this cluster comes before it in a list, newest first.

        The service shows when something was created to the second, and no source says how it sorts those of one.
        """
        return cluster.id in self.newest and cluster.created_at != self.recent[0].created_at


_Known = tuple[ClusterListing | None, ListPoll[Cluster] | None]


class KnownClusters(KnownThings[Cluster]):
    """The living clusters of an account, listed once for all who ask within five seconds; thread-safe.

    `random` draws the nonces of markers.
    """

    kind = CLUSTER

    def __init__(
        self, client: Client, clock: Clock, *, presence: Presence[Cluster] | None = None, random: Random | None = None
    ) -> None:
        super().__init__(client, clock, random=random)
        self._presence = presence or Polls(client, clock).clusters.presence
        self._recently = SharedCall(lambda: first_page(self._newest_first()))
        self._turn = threading.Lock()
        self._latest: ClusterListing | None = None
        self._failed: tuple[float, XplentyError] | None = None
        self._posted: dict[Marker, float] = {}
        self._usual: tuple[_Known, dict[str | None, float | None]] | None = None

    def listing(self, marker: Marker | None = None) -> ClusterListing:
        """Return a listing that ended five seconds ago at most, and began after the last create of `marker`'s owner.

        The trouble that a listing meets is raised for all who have waited for it.
        """
        asked = self._clock.monotonic()
        with self._turn:
            if self._failed and asked < self._failed[0]:
                raise self._failed[1].with_traceback(None)
            posted, latest = self._posted.get(marker) if marker else None, self._latest
            is_older = latest is not None and posted is not None and latest.begun <= posted
            if latest is None or asked - latest.ended > _FRESH or is_older:
                try:
                    latest = self._latest = self._read()
                except XplentyError as trouble:
                    self._failed = (self._clock.monotonic(), trouble)
                    raise
            return latest

    def posted(self, marker: Marker) -> None:
        """Remember that the owner of `marker` has just created something, or has tried to."""
        with self._lock:
            self._posted[marker] = self._clock.monotonic()

    def usual_seconds(self, type_: str | None, *, polled: ListPoll[Cluster] | None) -> float | None:
        """Return how long the newest clusters of this type took to become available.

        These are in the list as it was `polled` last, such as others of this very `up`, and in the latest listing.
        """
        known = (self._latest, polled)
        if self._usual is None or not all(map(operator.is_, self._usual[0], known)):
            self._usual = known, _usual_by_type(*known)
        return self._usual[1].get(type_)

    def claims(self, owner: Marker) -> OwnerClaims[Cluster]:
        """Return the clusters with a marker of `owner` that have not ended and that the state does not hold."""
        return self.claims_among(self._marked(owner, self.listing(owner).of_owner(owner)), owner)

    def unfinished(self, owner: Marker, *, among: Iterable[Cluster] | None = None) -> list[Cluster]:
        """Return the unended clusters with an unfinished marker of `owner` that the state does not hold.

        `among` are the clusters to look at where these have just been read.
        """
        clusters = self.listing(owner).of_owner(owner) if among is None else among
        listed = [one for one in clusters if is_unfinished(one, owner)]
        return [one for one in self._marked(owner, listed) if is_unfinished(one, owner)]

    def surplus(
        self,
        owner: Marker,
        nonces: Container[str],
        *,
        kept: int,
        is_new: bool,
        among: Iterable[Cluster] | None = None,
    ) -> list[Cluster]:
        """Return the clusters besides `kept` that have not ended and that a create call with one of `nonces` made.

        Where the create calls are new, they are looked for `among` the clusters that have just been read, else among
        the newest hundred, which are read for it. Where they are not new, all that have not ended are read.
        """
        if not is_new:
            clusters: Iterable[Cluster] = self.listing(owner).of_owner(owner)
        else:
            clusters = self._recently.now() if among is None else among
        marked = [one for one in clusters if is_marked(one, owner)]
        known = map(self._presence.find, [one.id for one in self.surplus_among(marked, owner, nonces, kept=kept)])
        return [one for one in known if one is not None and _is_candidate(one, owner)]

    def appeared(self, owner: Marker, nonces: Container[str], before: ClusterListing) -> list[Cluster]:
        """Return the clusters of create calls with one of `nonces` that appeared after `before` was taken.

        Newest first down to the first one that is older than the last of those before: right whatever the two clocks
        say, and in whatever order the clusters of one second are. One that has broken meanwhile counts too, since it is
        this one that the lost answer was about.
        """
        later = itertools.takewhile(lambda one: not before.is_past(one), self._newest_first())
        fresh = [one for one in later if one.id not in before.newest and _is_candidate(one, owner)]
        return [one for one in fresh if not self.holds(one) and is_surplus(one, owner, nonces, user=self.user)]

    def _marked(self, owner: Marker, among: Iterable[Cluster]) -> list[Cluster]:
        """The clusters with a marker of `owner` that have not ended and are not held, each as it is now."""
        listed = [one.id for one in among if _is_candidate(one, owner) and not self.holds(one)]
        return [one for one in map(self._presence.find, listed) if one is not None and _is_candidate(one, owner)]

    def _read(self) -> ClusterListing:
        """Read the newest clusters, and those that have not ended however long ago they were created."""
        begun = self._clock.monotonic()
        newest = PagedList(self._newest_first())
        recent = tuple(newest.more().values())
        statuses = () if newest.is_complete else _STATUSES
        older = listed_by_status(self._client, CLUSTER, statuses)
        listed: dict[int, Cluster] = {**older, **{one.id: one for one in recent}}
        unended = {number: one for number, one in listed.items() if not CLUSTER.is_ending(one.status)}
        return ClusterListing(unended, recent, begun, self._clock.monotonic())

    def _newest_first(self) -> Iterator[Cluster]:
        return newest_first(self._client, "clusters")


def _usual_by_type(listing: ClusterListing | None, polled: ListPoll[Cluster] | None) -> dict[str | None, float | None]:
    """How long the newest clusters of each type took to become available."""
    recent = {one.id: one for one in listing.recent} if listing else {}
    newest = sorted({**recent, **(polled.records if polled else {})}.values(), key=lambda one: -one.id)
    spans: dict[str | None, list[tuple[datetime | None, datetime | None]]] = {}
    for one in newest:
        spans.setdefault(one.type, []).append((one.created_at, built_at(one)))
    return {type_: usual(of_type) for type_, of_type in spans.items()}


def _is_candidate(cluster: Cluster, owner: Marker) -> bool:
    return not CLUSTER.is_ending(cluster.status) and is_marked(cluster, owner)
