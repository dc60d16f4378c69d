"""Which things with a marker the state holds, as far as this process knows, and whose the others are."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import Generic, TypeVar

from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.kind import Key, Kind
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import (
    CHANGED_HANDS,
    UNKNOWN,
    Marked,
    Origin,
    hand_over,
    is_adoptable,
    is_marked,
    is_surplus,
    is_unfinished,
    label_of,
    marker_on,
    origin_on,
    refusal,
    signed_text,
)
from xplenty_pulumi.core.kinds.registry import kind_of
from xplenty_pulumi.core.reconcile.held_ids import HeldIds
from xplenty_pulumi.core.reconcile.intent import DesiredThing
from xplenty_pulumi.errors import RefusedError, XplentyError
from xplenty_pulumi.text import label

RecordT = TypeVar("RecordT", bound=Marked)

ADOPTED = "which carries the marker of this resource, as after an interrupted create call or a hand-over"
"""What texts say of something that is adopted: no marker says which of the two it was."""


@dataclass(frozen=True)
class OwnerClaims(Generic[RecordT]):
    """The things that carry the marker of one owner and are in no state that this process knows of.

    `adoptable` are those that an interrupted create call of this owner made, or that the state held until they
    were seen to be gone; `others` are somebody's. `user` is that of the key, None where that is not known.
    """

    adoptable: tuple[RecordT, ...]
    others: tuple[RecordT, ...]
    user: int | None

    @property
    def nonces(self) -> list[str]:
        """The nonces of the create calls that made what is adoptable."""
        return [marker.nonce for one in self.adoptable if (marker := marker_on(one)) and marker.nonce]

    def refuse_others(self) -> None:
        """Raise RefusedError where one is not proved to be this owner's, or it is not clear which one is meant."""
        for other in self.others:
            raise refusal(other, user=self.user)
        handed_over = [one for one in self.adoptable if _was_handed_over(one)]
        if len(handed_over) > 1:
            kind, ids = kind_of(handed_over[0]).name, " and ".join(str(one.key) for one in handed_over)
            raise RefusedError(
                f"{kind}s {ids} were all handed over to this resource, so which one is meant cannot be told; nothing "
                "was created or ended",
                advice="Keep all but the one that is meant apart from any stack "
                f"({' or '.join(hand_over(one, ' --release') for one in handed_over)}), then run `pulumi up` again",
            )


class KnownThings(HeldIds, ABC, Generic[RecordT]):
    """What is known of the things of one kind; thread-safe.

    `random` draws the nonces of markers, and `has_maker` says whether the service shows who made one.
    """

    kind: Kind

    def __init__(
        self,
        client: Client,
        clock: Clock,
        *,
        random: Random | None = None,
        has_maker: bool = True,
    ) -> None:
        super().__init__()
        self._client = client
        self._clock = clock
        self._has_maker = has_maker
        self._released: set[Key] = set()
        self._replaced: dict[Key, Marker] = {}
        self.random = random or Random()  # noqa: S311 - a nonce tells create calls apart; nothing secret depends on it

    def hold(self, key: Key, *, made: Origin = UNKNOWN) -> None:
        super().hold(key, made=made)
        with self._lock:
            self._released.discard(key)

    def hold_record(self, thing: RecordT) -> None:
        """Remember that the state holds this thing, whatever else it holds with the same id."""
        self.hold(thing.key, made=origin_on(thing))

    def release(self, key: Key) -> None:
        """Remember that the state lets go of this thing, because the service says that it is gone."""
        self.lose(key)
        with self._lock:
            self._released.add(key)

    @property
    def user(self) -> int | None:
        """The id of the key's user; None where the service does not tell it, or not who made a thing."""
        return user_of(self._client) if self._has_maker else None

    def drawn(self, owner: Marker) -> Marker:
        """Return the marker of this owner for a create call that is sent now."""
        return owner.drawn(self._clock.now(), self.random)

    def adopting(self, owner: Marker) -> Marker:
        """Return the marker of this owner for what it adopts now."""
        return owner.adopting(self._clock.now(), self.random)

    @abstractmethod
    def claims(self, owner: Marker) -> OwnerClaims[RecordT]:
        """Return the things with a marker of `owner` that the state does not hold."""

    def plan_replacement(self, key: Key, owner: Marker) -> str:
        """Note that a thing of `owner` is to replace this one; return why that will be refused, as far as it is known.

        A service that cannot be asked is no reason: the removal asks again.
        """
        self.hold(key)
        with self._lock:
            self._replaced[key] = owner
        try:
            self.require_replaceable(key)
        except XplentyError as trouble:
            return str(trouble) if isinstance(trouble, RefusedError) else ""
        return ""

    def require_replaceable(self, key: Key) -> None:
        """Return where this thing is not to be replaced, or can be.

        Raises:
            RefusedError: the create of its replacement would be refused, so its removal would leave nothing.
        """
        owner = self._replaced.get(key)
        try:
            if owner is not None:
                self.claims(owner).refuse_others()
        except RefusedError as refused:
            text = f"it is not removed, because its replacement would be refused: {refused.resource}: {refused.message}"
            raise RefusedError(text, resource=label(self.kind.name, key), advice=refused.advice) from None

    def claims_among(self, marked: Iterable[RecordT], owner: Marker) -> OwnerClaims[RecordT]:
        """Return which of those that carry a marker of `owner` this may adopt, the oldest first, and which not.

        One that was handed over goes before what interrupted create calls left behind.
        """
        found = sorted(marked, key=lambda one: (not _was_handed_over(one), one.id))
        user, now = self.user if found else None, self._clock.now()
        adoptable = tuple(
            one for one in found if one.key in self._released or is_adoptable(one, owner, now=now, user=user)
        )
        return OwnerClaims(adoptable, tuple(one for one in found if one not in adoptable), user)

    def surplus_among(
        self, marked: Iterable[RecordT], owner: Marker, nonces: Container[str], *, kept: Key
    ) -> list[RecordT]:
        """Return those besides `kept` that a create call with one of `nonces` made and that the state does not hold."""
        others = [one for one in marked if one.key != kept and not self.holds(one)]
        user = self.user if others else None
        return [one for one in others if is_surplus(one, owner, nonces, user=user)]


def held_text(record: Marked, desired: DesiredThing) -> str | None:
    """Return the text that says of something unfinished of this owner that it is held; None where it is not that.

    What was adopted is signed with the nonce of the adoption, so that no other stack of this name takes it for its own.
    """
    marker = marker_on(record)
    if marker is None or not is_unfinished(record, desired.marker):
        return None
    signed = replace(marker.held, nonce=markers.adoption_among(desired.nonces) or marker.nonce)
    return markers.sign(signed_text(record), signed)


def held_now(
    record: RecordT, desired: DesiredThing, *, look: Callable[[], RecordT], warn: Callable[[str], None]
) -> RecordT | None:
    """Return how a `look` shows the record right before it is signed as held, since it may have been edited meanwhile.

    None, with a warning, where it has changed hands. What cannot be read is taken to be as it is known.
    """
    try:
        now = look()
    except XplentyError:
        return record
    if held_text(now, desired) is not None:
        return now
    if not is_marked(now, desired.marker):
        warn(f"{label_of(now)}: {CHANGED_HANDS}, so it is not signed as held. The state has it all the same")
    return None


def warn_of_duplicates(
    kept: str,
    find: Callable[[], Iterable[RecordT]],
    *,
    way_out: Callable[[RecordT], str],
    warn: Callable[[str], None],
) -> None:
    """Warn of each thing besides `kept` that unfinished create calls of the resource made, or that was handed to it.

    `find` reads them, and `way_out` gives what ends one.
    """
    try:
        found = find()
    except XplentyError as failed:
        warn(f"{kept}: could not look for duplicates of it: {failed.message}")
        return
    for one in found:
        if _was_handed_over(one):
            why = f"carries the marker of a hand-over to the same resource as {kept}, and is in no state"
            fate = "No `pulumi up` or `pulumi destroy` ends it"
            warn(f"{label_of(one)} {why}. {fate}; {hand_over(one, ' --release')} removes the marker")
        else:
            why = f"is a duplicate of {kept}: a create call of the same resource made it, and it is in no state"
            warn(f"{label_of(one)} {why}. {way_out(one)}")


def user_of(client: Client) -> int | None:
    """Return the id of the key's user; None where the service does not tell it."""
    try:
        return client.user_id()
    except XplentyError:
        return None


def _was_handed_over(record: Marked) -> bool:
    marker = marker_on(record)
    return marker is not None and marker.is_of_hand_over
