"""The definitions that an account has, as one process knows them."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import partial
from random import Random

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.kind import Key
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import is_marked, is_unfinished
from xplenty_pulumi.core.reading.lookup import Presence, or_none
from xplenty_pulumi.core.reading.pages import newest_first, whole_list
from xplenty_pulumi.core.reading.shared import SharedCall
from xplenty_pulumi.core.reading.snapshots import RefreshListing
from xplenty_pulumi.core.reconcile.definitions.definition import Definition, RecordT
from xplenty_pulumi.core.reconcile.known import KnownThings, OwnerClaims


class KnownDefinitions(KnownThings[RecordT]):
    """The definitions of one kind in an account, listed once for all who ask at the same time; thread-safe."""

    def __init__(self, definition: Definition[RecordT], clock: Clock, *, random: Random | None = None) -> None:
        super().__init__(definition.client, clock, random=random, has_maker=definition.has_maker)
        self.definition, self.kind = definition, definition.kind
        self._list = SharedCall(self._read_all)
        self._presence = Presence(self.single, self._listed_whole, clock)
        newest: Callable[[], Iterator[RecordT]] = partial(newest_first, definition.client, definition.kind.collection)
        self._listing: RefreshListing[RecordT] = RefreshListing(newest, clock)

    def single(self, key: Key) -> RecordT | None:
        """Return it as one look shows it, None where the service does not know it (any more)."""
        found = or_none(lambda: self.definition.get(key), self.definition.client)
        return None if found is None or self.kind.is_removed(found) else found

    def find(self, key: Key) -> RecordT | None:
        """Return it as it is now, None only where it is certain that it is gone."""
        return self._presence.find(key)

    def listed(self, key: Key, seen: Mapping[str, object]) -> RecordT | None:
        """Return it as a list shows it that all share who read at the same time.

        None where it is better read by itself, as where the list does not show all of what has changed since `seen`.
        """
        found = self._listing.find(key)
        if found is None or self.kind.is_removed(found) or not self.kind.is_whole(found, seen):
            return None
        return found

    def all(self) -> tuple[RecordT, ...]:
        """Return every one of the account, as a look shows it that begins after this call."""
        return self._list.now()

    def claims(self, owner: Marker, among: Iterable[RecordT] | None = None) -> OwnerClaims[RecordT]:
        """Return the definitions with a marker of `owner` that the state does not hold, `among` these or in all."""
        things = self.all() if among is None else among
        marked = [one for one in things if is_marked(one, owner) and not self.holds(one)]
        return self.claims_among(marked, owner)

    def surplus(self, owner: Marker, nonces: Container[str], *, kept: Key) -> list[RecordT]:
        """Return the definitions besides `kept` that a create call with one of `nonces` made."""
        return self.surplus_among([one for one in self.all() if is_marked(one, owner)], owner, nonces, kept=kept)

    def unfinished(self, owner: Marker, *, is_listed: bool = False) -> list[RecordT]:
        """Return the definitions with an unfinished marker of `owner` that the state does not hold.

        They are looked for in the list that all share where a definition of the owner `is_listed` there and that list
        is still kept, or else in the whole list.
        """
        kept = self._listing.unfinished_of(owner) if is_listed else None
        things = self.all() if kept is None else kept
        return [one for one in things if is_unfinished(one, owner) and not self.holds(one)]

    def _listed_whole(self) -> Iterable[RecordT]:
        """Return them with all that a single read shows, since one of them may stand in for that."""
        parts = self.kind.parts
        if not parts:
            return self._read_all()
        calls = getattr(self.definition.client, self.kind.collection)
        return (one for one in calls.list(include=parts) if not self.kind.is_removed(one))

    def _read_all(self) -> tuple[RecordT, ...]:
        every = whole_list(lambda: self.definition.calls.list(sort="created", direction="desc"))
        return tuple(one for one in every if not self.kind.is_removed(one))
