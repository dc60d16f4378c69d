"""Looking for definitions by their key and by their ownership marker."""

from collections.abc import Container, Iterable
from random import Random

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import is_marked, is_unfinished
from xplenty_pulumi.core.reading.lookup import Key, Presence, or_none
from xplenty_pulumi.core.reading.shared import SharedCall
from xplenty_pulumi.core.reconcile.definitions.definition import Definition, RecordT
from xplenty_pulumi.core.reconcile.held import HeldThings, OwnerClaims


class KnownDefinitions(HeldThings[RecordT]):
    """The definitions of one kind in an account, listed once for all who ask at the same time; thread-safe."""

    def __init__(self, definition: Definition[RecordT], clock: Clock, *, random: Random | None = None) -> None:
        maker = definition.has_maker
        super().__init__(definition.client, clock, random=random, key=definition.key, has_maker=maker)
        self.definition = definition
        self._list = SharedCall(lambda: tuple(self._listed()))
        self._presence = Presence(self.single, self._listed, clock, key=definition.key)

    def single(self, key: Key) -> RecordT | None:
        """Return it as one look shows it, None where the service does not know it (any more)."""
        found = or_none(lambda: self.definition.calls.get(key), self.definition.client)
        return None if found is None or self.definition.is_gone(found) else found

    def find(self, key: Key) -> RecordT | None:
        """Return it as it is now, None only where it is certain that it is gone."""
        return self._presence.find(key)

    def all(self) -> tuple[RecordT, ...]:
        """Return every one of the account, as a look shows it that begins after this call."""
        return self._list.now()

    def claims(self, owner: Marker, among: Iterable[RecordT]) -> OwnerClaims[RecordT]:
        """Return the definitions with a marker of `owner` that the state does not hold."""
        marked = [one for one in among if is_marked(one, owner) and not self.is_held(one)]
        return self.claims_among(marked, owner)

    def surplus(self, owner: Marker, nonces: Container[str], *, kept: Key) -> list[RecordT]:
        """Return the definitions besides `kept` that a create call with one of `nonces` made."""
        return self.surplus_among([one for one in self.all() if is_marked(one, owner)], owner, nonces, kept=kept)

    def unfinished(self, owner: Marker) -> list[RecordT]:
        """Return the definitions with an unfinished marker of `owner` that the state does not hold."""
        return [one for one in self.all() if is_unfinished(one, owner) and not self.is_held(one)]

    def _listed(self) -> Iterable[RecordT]:
        return (one for one in self.definition.calls.list() if not self.definition.is_gone(one))
