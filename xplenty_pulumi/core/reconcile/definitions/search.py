"""Looking for definitions by their key and by their ownership marker."""

import threading
from collections.abc import Container, Iterable
from dataclasses import dataclass
from random import Random
from typing import Generic

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import is_adoptable, is_marked, is_surplus, marker_on
from xplenty_pulumi.core.reading.absence import Key, Presence
from xplenty_pulumi.core.reading.lookup import or_none
from xplenty_pulumi.core.reading.shared_look import SharedLook
from xplenty_pulumi.core.reconcile.definitions.definition import Definition, RecordT
from xplenty_pulumi.errors import XplentyError


@dataclass(frozen=True)
class DefinitionClaims(Generic[RecordT]):
    """The definitions that carry the marker of one owner and are in no state that this process knows of; see `Claims`.

    `adoptable` begins with the oldest one.
    """

    adoptable: tuple[RecordT, ...]
    others: tuple[RecordT, ...]


class KnownDefinitions(Generic[RecordT]):
    """The definitions of one kind in an account, listed once for all who ask at the same time; thread-safe.

    `random` draws the nonces of markers.
    """

    def __init__(self, definition: Definition[RecordT], clock: Clock, *, random: Random | None = None) -> None:
        self.definition = definition
        self._clock = clock
        self._list = SharedLook(lambda: tuple(self._listed()))
        self._presence = Presence(self.single, self._listed, clock, key=definition.key)
        self._lock = threading.Lock()
        self._held: set[Key] = set()
        self._released: set[Key] = set()
        self.random = random or Random()  # noqa: S311 - a nonce tells create calls apart; nothing secret depends on it

    def hold(self, key: Key) -> None:
        """Remember that the engine's state holds this one, so that it is not taken for a lost one."""
        with self._lock:
            self._held.add(key)
            self._released.discard(key)

    def release(self, key: Key) -> None:
        """Remember that the state lets go of this one, because the service says that it is gone."""
        with self._lock:
            self._released.add(key)
            self._held.discard(key)

    @property
    def user(self) -> int | None:
        """The id of the key's user; None where the service does not tell it, or not who made a definition."""
        try:
            return self.definition.client.user_id() if self.definition.has_maker else None
        except XplentyError:
            return None

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

    def claims(self, owner: Marker, among: Iterable[RecordT]) -> DefinitionClaims[RecordT]:
        """Return the definitions with a marker of `owner` that the state does not hold."""
        marked = sorted(self._marked(owner, among), key=lambda one: one.id)
        user = self.user if marked else None
        adoptable = [one for one in marked if self._is_adoptable(one, owner, user)]
        return DefinitionClaims(tuple(adoptable), tuple(one for one in marked if one not in adoptable))

    def surplus(self, owner: Marker, nonces: Container[str], *, kept: Key) -> list[RecordT]:
        """Return the definitions besides `kept` that a create call with one of `nonces` made."""
        others = [one for one in self._marked(owner, self.all()) if self.definition.key(one) != kept]
        user = self.user if others else None
        return [one for one in others if is_surplus(one, owner, nonces, user=user)]

    def unfinished(self, owner: Marker) -> list[RecordT]:
        """Return the definitions with an unfinished marker of `owner` that the state does not hold."""
        marked = self._marked(owner, self.all())
        return [one for one in marked if (found := marker_on(one)) and found.is_unfinished]

    def _listed(self) -> Iterable[RecordT]:
        return (one for one in self.definition.calls.list() if not self.definition.is_gone(one))

    def _marked(self, owner: Marker, among: Iterable[RecordT]) -> list[RecordT]:
        return [one for one in among if is_marked(one, owner) and self.definition.key(one) not in self._held]

    def _is_adoptable(self, record: RecordT, owner: Marker, user: int | None) -> bool:
        is_released = self.definition.key(record) in self._released
        return is_released or is_adoptable(record, owner, now=self._clock.now(), user=user)
