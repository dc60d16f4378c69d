"""What an interrupted create call has left: unfinished by its marker, and held by nobody."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import Marked, maker_of, marker_on
from xplenty_pulumi.core.kinds.registry import kind_of

WINDOW = timedelta(minutes=60)
"""Within that time after its POST what is unfinished is adopted by the next `pulumi up`."""


@dataclass(frozen=True)
class Stray:
    """Something whose create call was interrupted; `owner` is what all markers of its resource share.

    `begun` is the minute of the create call; `creator` is the user whose key made it, None where that is not shown.
    """

    kind: Kind
    id: int
    status: str
    owner: Marker
    begun: datetime
    creator: int | None = None

    @property
    def scope(self) -> str:
        """The scope of its marker."""
        return self.owner.scope

    def __str__(self) -> str:
        status = f"{self.status}, " if self.status else ""
        return f"{self.kind.name} {self.id} ({status}begun {self.begun:%Y-%m-%d %H:%M} UTC)"

    def is_adopted_by(self, user: int, *, now: datetime) -> bool:
        """Return whether the next `up` with this user's key adopts it, if the program still declares it."""
        return self.creator in (None, user) and now - self.begun <= WINDOW


def strays_among(things: Iterable[Marked], scopes: Collection[str], held: Collection[int]) -> tuple[Stray, ...]:
    """Return what lives, is unfinished, carries one of the scopes, and is not `held`, by its id."""
    found = (_stray(one, scopes) for one in things if one.id not in held)
    return tuple(one for one in found if one is not None)


def _stray(one: Marked, scopes: Collection[str]) -> Stray | None:
    kind, marker, status = kind_of(one), marker_on(one), str(getattr(one, "status", ""))
    if marker is None or not marker.is_unfinished or marker.begun is None:
        return None
    if marker.scope not in scopes or kind.is_ending(status):
        return None
    return Stray(kind, one.id, status, marker.whose, marker.begun, maker_of(one))
