"""What an interrupted create call has left: unfinished by its marker, and held by nobody.

When an operation that wrote is over, it is checked whether it has left a cluster that the state does not hold.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Generic

from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.outcomes import CallKind
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Key, Kind
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import ADOPTION_WINDOW, UNKNOWN, Marked, Origin, as_marked, maker_of, marker_on
from xplenty_pulumi.core.kinds.registry import kind_of
from xplenty_pulumi.core.reading.pages import PagedList, RecordT, first_page, newest_first
from xplenty_pulumi.errors import Cancelled, XplentyError

_LONGEST = 3.0
"""Seconds that the last check may take; the engine waits for it."""
_BLIND = "whether interrupted creates have left a cluster could not be looked at"
_AGAIN = "`xplenty-pulumi recover` looks again"


@dataclass(frozen=True)
class Stray:
    """Something whose create call was interrupted; `owner` is what all markers of its resource share.

    `begun` is the minute of the create call; `creator` is the user whose key made it, None where that is not shown.
    `made` has the marker as long as which it is one.
    """

    kind: Kind
    id: Key
    status: str
    owner: Marker
    begun: datetime
    creator: int | None = None
    made: Origin = UNKNOWN

    @property
    def scope(self) -> str:
        """The scope of its marker."""
        return self.owner.scope

    def __str__(self) -> str:
        status = f"{self.status}, " if self.status else ""
        return f"{self.kind.name} {self.id} ({status}begun {self.begun:%Y-%m-%d %H:%M} UTC)"

    def is_adopted_by(self, user: int, *, now: datetime) -> bool:
        """Return whether the next `up` with this user's key adopts it, if the program still declares it."""
        return self.creator in (None, user) and now - self.begun <= ADOPTION_WINDOW


def strays_among(things: Iterable[Marked], scopes: Collection[str], held: Collection[Key]) -> tuple[Stray, ...]:
    """Return what lives, is unfinished, carries one of the scopes, and is not `held`, by its id.

    What was handed over and is not adopted yet is none: no create call has left it.
    """
    found = []
    for one in things:
        kind, marker, status = kind_of(one), marker_on(one), str(getattr(one, "status", ""))
        if one.key in held or kind.is_ending(status) or marker is None or marker.scope not in scopes:
            continue
        if marker.is_left and marker.begun is not None:
            found.append(Stray(kind, one.key, status, marker.whose, marker.begun, maker_of(one), as_marked(one)))
    return tuple(found)


class UnfinishedRecords(Generic[RecordT]):
    """What is unfinished in a listing, by its owner; each record is looked at once, however many owners ask."""

    def __init__(self, listing: PagedList[RecordT]) -> None:
        self.listing = listing
        self._seen = 0
        self._of: dict[Marker, list[RecordT]] = {}

    def of(self, owner: Marker) -> list[RecordT]:
        """Return what is unfinished and has a marker of `owner`."""
        if len(self.listing.found) > self._seen:
            for one in islice(self.listing.found.values(), self._seen, None):
                if (marker := marker_on(one)) is not None and marker.is_unfinished:
                    self._of.setdefault(marker.whose, []).append(one)
            self._seen = len(self.listing.found)
        return self._of.get(owner, [])


def newest_at_end(client: Client, kind: Kind) -> tuple[Any, ...]:
    """Return the newest hundred of a kind when an operation of the engine is over, which waits three seconds for them.

    Raises:
        XplentyError: they cannot be read.
    """
    try:
        return first_page(newest_first(client.within(_LONGEST), kind.collection))
    except Cancelled:  # the pause before a second try: the engine says in the same way that all is over
        raise XplentyError("the service gave no usable answer") from None


class FinalCheck:
    """Reads the newest clusters once, when an operation of the engine is over; thread-safe.

    What was handed in by the engine, or given back to it, is noted beforehand, and so are the stack's scopes.
    """

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._began = clock.now()
        self._scopes: set[str] = set()
        self._known: set[int] = set()

    def expect(self, scope: str) -> None:
        """Note a scope that the markers of this stack's resources carry."""
        self._scopes.add(scope)

    def hold(self, cluster_id: int) -> None:
        """Note that the engine's state holds this cluster, or is to hold it."""
        self._known.add(cluster_id)

    def text(self) -> str:
        """Return what the user should know, or an empty text; nothing is read where nothing was written.

        An operation that created nothing, such as a destroy, also says what one of the last hour has left.
        """
        spent = self._client.meter.spent()
        if not self._scopes or not (spent[CallKind.WRITE] or spent[CallKind.CREATE]):
            return ""
        try:
            found = strays_among(newest_at_end(self._client, CLUSTER), self._scopes, self._known)
        except XplentyError as trouble:
            return f"{_BLIND}: {trouble.message}. {_AGAIN}"
        minute = self._began.replace(second=0, microsecond=0)
        earliest = minute if spent[CallKind.CREATE] else minute - ADOPTION_WINDOW
        named = " and ".join(str(one) for one in found if one.begun >= earliest)
        if not named:
            return ""
        return (
            f"{named}: left by an interrupted create of this stack, in no state, and costs money. The next `pulumi up` "
            "adopts it if the program still declares it and the state holds no other in its place; `xplenty-pulumi "
            "recover --end-strays` ends it"
        )
