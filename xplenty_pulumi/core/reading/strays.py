"""What an interrupted create call has left: unfinished by its marker, and held by nobody."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from xplenty_pulumi.client import Cluster, Hook
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.marker import Marker

WINDOW = timedelta(minutes=60)
"""Within that time after its POST what is unfinished is adopted by the next `pulumi up`."""
_ENDED = frozenset({Phase.ENDING, Phase.GONE})


@dataclass(frozen=True)
class Stray:
    """A cluster or hook whose create call was interrupted; `owner` is what all markers of its resource share.

    `begun` is the minute of the create call; `creator` is the user whose key made it, None where that is not shown.
    """

    kind: Literal["cluster", "hook"]
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
        return f"{self.kind} {self.id} ({status}begun {self.begun:%Y-%m-%d %H:%M} UTC)"

    def is_adopted_by(self, user: int, *, now: datetime) -> bool:
        """Return whether the next `up` with this user's key adopts it, if the program still declares it."""
        return self.creator in (None, user) and now - self.begun <= WINDOW


def stray_clusters(clusters: Iterable[Cluster], scopes: Collection[str], held: Collection[int]) -> tuple[Stray, ...]:
    """Return the living clusters that are unfinished, carry one of the scopes, and are not `held`, by their ids."""
    living = [one for one in clusters if CLUSTER.phase(one.status) not in _ENDED]
    found = (_stray(one, one.description, scopes, held) for one in living)
    return tuple(one for one in found if one is not None)


def stray_hooks(hooks: Iterable[Hook], scopes: Collection[str], held: Collection[int]) -> tuple[Stray, ...]:
    """Return the hooks that are unfinished, carry one of the scopes, and are not `held`, by their ids."""
    found = (_stray(one, one.name, scopes, held) for one in hooks)
    return tuple(one for one in found if one is not None)


def _stray(one: Cluster | Hook, signed: str | None, scopes: Collection[str], held: Collection[int]) -> Stray | None:
    marker = markers.read(signed)
    if marker is None or not marker.is_unfinished or marker.begun is None:
        return None
    if marker.scope not in scopes or one.id in held:
        return None
    if isinstance(one, Hook):
        return Stray("hook", one.id, "", marker.whose, marker.begun)
    return Stray("cluster", one.id, one.status, marker.whose, marker.begun, one.creator.id if one.creator else None)
