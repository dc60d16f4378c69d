"""What lives in an account and carries a marker, and whether it is to be ended with its stack; pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Ending, Key
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Marked, Origin, as_marked, is_another, maker_of, marker_on
from xplenty_pulumi.core.kinds.registry import MARKED, kind_of
from xplenty_pulumi.core.reports.overview import cluster_row
from xplenty_pulumi.text import label

Reference = tuple[str, Key]
"""The name of a kind, and what identifies a thing among those of it."""
HeldReferences = Mapping[Reference, Origin]
"""What a state holds, each with when it was created and for whom."""


def is_among(reference: Reference, made: Origin, held: HeldReferences) -> bool:
    """Return whether a thing is one of these, and not only has the id of one that was made at another time."""
    return reference in held and not is_another(made, held[reference])


@dataclass(frozen=True)
class LiveThing:
    """A cluster or a definition that has not ended, with the scope of its marker.

    `creator` is None where the service does not say; `kind` is the name of its kind, and `made` says when it was
    created and for whom, and has its marker.
    """

    id: Key
    scope: str
    headline: str
    is_unfinished: bool = False
    creator: int | None = None
    kind: str = CLUSTER.name
    made: Origin = UNKNOWN

    @property
    def reference(self) -> Reference:
        """Return what tells it from all else in the account."""
        return self.kind, self.id

    @property
    def label(self) -> str:
        """What texts call it."""
        return label(self.kind, self.id)

    def is_among(self, held: HeldReferences) -> bool:
        """Return whether it is one of these, and not only has the id of one that was made at another time."""
        return is_among(self.reference, self.made, held)

    @property
    def is_definition(self) -> bool:
        """Whether it costs nothing by itself."""
        return MARKED[self.kind].ends is Ending.REMOVED


@dataclass(frozen=True)
class Spared:
    """A living thing with the scope of a branch that is not ended, and why; `holder` is the stack that holds it."""

    thing: LiveThing
    reason: str
    holder: str = ""


@dataclass(frozen=True)
class Claims:
    """Whose living things are: what a stack's state held, which stack holds a thing now, and the key's user."""

    held: HeldReferences
    holders: Mapping[Reference, str]
    user: int

    def spared(self, one: LiveThing) -> Spared | None:
        """Return why a thing with the scope of the stack is not to be ended, or None where it is.

        Ended is what an interrupted create of this key's user left unfinished, and the clusters that the stack's own
        state held.
        """
        if holder := self.holders.get(one.reference, ""):
            return Spared(one, f"stack {holder} holds it in its state", holder)
        if one.creator not in (None, self.user):
            return Spared(one, f"user {one.creator} created it, and the key is that of user {self.user}")
        if not one.is_unfinished and (one.is_definition or not one.is_among(self.held)):
            return Spared(one, "its create call is done, and the state of no stack of this backend holds it")
        return None


def living_among(records: Iterable[Marked]) -> Iterator[LiveThing]:
    """Yield those that carry a marker and have not ended, those that are ending included."""
    for one in records:
        kind, marker = kind_of(one), marker_on(one)
        row = cluster_row(one) if isinstance(one, Cluster) else None
        if marker is not None and not (row.is_ended if row else kind.is_removed(one)):
            headline = row.headline if row else kind.summary(one)
            is_left, made = marker.is_left, as_marked(one)
            yield LiveThing(one.key, marker.scope, headline, is_left, maker_of(one), kind.name, made)
