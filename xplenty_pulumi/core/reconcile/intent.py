"""What is declared, and what an update is to bring about: what its preview has shown and nothing else; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.compare import ABSENT
from xplenty_pulumi.core.kinds.kind import EVERYTHING, Kind, Phase
from xplenty_pulumi.core.kinds.marker import Marker, Owner, marker_of
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Marked, Origin, is_unfinished, marker_on


@dataclass(frozen=True)
class Intent:
    """Which `fields` may be sent, whether readiness is waited for in any case, and whether the marker is signed anew.

    What was changed by hand in other fields is left alone until a refresh shows it. `members` are those that have
    changed of a field that is a mapping; of one that is not named there all have. `seen` are the digests of the flows
    that the preview may have compared with.
    """

    fields: frozenset[str]
    waits: bool = True
    signs: bool = False
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()

    def applied(self, name: str, wanted: object, shown: object) -> object:
        """Return what the field is to be: the members of a mapping that have not changed are as they are `shown`."""
        changed = self.members.get(name)
        if changed is None or not isinstance(wanted, Mapping) or not isinstance(shown, Mapping):
            return wanted
        kept = {member: value for member, value in shown.items() if member not in changed}
        return {**kept, **{member: value for member, value in wanted.items() if member in changed}}

    def names(self, kind: Kind) -> list[str]:
        """Return the fields as a state notes them, in the order of the table: each member that is known by its way."""
        found = [(name, sorted(self.members.get(name, ()))) for name in kind.by_name if name in self.fields]
        return [way for name, members in found for way in ([f"{name}/{one}" for one in members] or [name])]


@dataclass(frozen=True)
class DesiredThing:
    """Something with a marker as it should be: checked inputs, and who declares it.

    `nonces` are those of all create calls and adoptions of this resource so far. `keeps_id` says whether the state
    keeps the id of what does not become as desired, `is_saved_at_once` whether it is written after each step rather
    than at the end of the whole operation. `made` is when it was created, as the state has it, empty where that is not
    known.
    """

    inputs: Mapping[str, object] = field(repr=False)
    owner: Owner
    nonces: tuple[str, ...] = field(default=(), kw_only=True)
    keeps_id: bool = field(default=True, kw_only=True)
    is_saved_at_once: bool = field(default=True, kw_only=True)
    made: Origin = field(default=UNKNOWN, kw_only=True)

    @property
    def marker(self) -> Marker:
        """What its markers share."""
        return marker_of(self.owner)

    def is_taken(self, thing: Marked, before: Marked) -> bool:
        """Return whether another stack of this name has signed what a create is to sign, unfinished `before`."""
        found = marker_on(thing)
        if found is None or found.is_unfinished or not is_unfinished(before, self.marker):
            return False
        return found.whose == self.marker and (found.is_of_adoption or found.nonce in self.nonces)

    def stays_unfinished(self, *, failed: bool) -> bool:
        """Return whether its marker stays unfinished, since the state may not hold it and the next `up` is to adopt it.

        The state does not keep the id of what has `failed`, or is not written before the end.
        """
        return not (self.keeps_id if failed else self.is_saved_at_once)


def everything(kind: Kind) -> Intent:
    """Return the intent of a create: all fields."""
    return Intent(frozenset(kind.by_name), waits=True, signs=True)


def intent_of(
    kind: Kind,
    old: Mapping[str, object],
    new: Mapping[str, object],
    *,
    owed: Collection[str],
    status: str,
    signs: bool,
) -> Intent:
    """Return the intent of an update from the `old` inputs to the `new` ones.

    `owed` are the fields, or members of them, that an earlier update has sent and not seen, so that it may have changed
    them, or `EVERYTHING` where a create has not come to its end. Something that was not seen ready, by its `status`, is
    waited for, and so is one of which no input has changed: the engine asks then for nothing else.
    """
    if EVERYTHING in owed:
        return everything(kind)
    before, after = check(kind, old).inputs, check(kind, new).inputs
    due = {name.partition("/")[0] for name in owed}
    changed = frozenset(name for name in kind.by_name if name in due or before.get(name) != after.get(name))
    is_ready = kind.phase(status) is Phase.READY
    members = {name: found for name in changed - {*owed} if (found := _members(name, before, after, owed))}
    return Intent(changed, waits=not is_ready or not (changed or signs), signs=signs, members=members)


def _members(
    name: str, before: Mapping[str, object], after: Mapping[str, object], owed: Collection[str]
) -> frozenset[str]:
    """The members of a mapping that have changed or are owed; none where that cannot be said member by member."""
    old, new = before.get(name), after.get(name)
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return frozenset()
    changed = {one for one in {*old, *new} if old.get(one, ABSENT) != new.get(one, ABSENT)}
    found = frozenset(changed | {way.partition("/")[2] for way in owed if way.startswith(f"{name}/")})
    return found if all(str(one).isidentifier() for one in found) else frozenset()
