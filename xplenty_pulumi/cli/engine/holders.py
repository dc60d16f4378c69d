"""What the states of a backend hold, so that nothing is taken for nobody's that a stack still manages."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from xplenty_pulumi.cli.engine.snapshot import Snapshot, advised, together
from xplenty_pulumi.core.kinds.kind import Key, Kind
from xplenty_pulumi.core.kinds.marker import Marker, marker_of, name_in
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin, is_another, origin_in
from xplenty_pulumi.core.kinds.registry import KINDS, MARKED
from xplenty_pulumi.core.reports.branches import scope_of_stack
from xplenty_pulumi.dynamic.state import ACCOUNT, OWNER, kind_of, nonces_in, owner_of, side_by_side
from xplenty_pulumi.errors import ConfigError, XplentyError
from xplenty_pulumi.settings import Settings

TOKENS = {name: f"pulumi-python:dynamic/xplenty:{kind.resource}" for name, kind in KINDS.items()}
"""The type in the state, by the name of the kind."""
_NUMBER = re.compile(r"(u_)?[0-9]+")


@dataclass(frozen=True)
class Held:
    """A thing in the state of a stack, `organization/project/stack`; `marker` is that of its owner as it was declared.

    `kinds` are all that it can be: a class that is derived from ours may have a type that does not tell. `account` is
    the one it is in, an empty text where the state does not say, and `made` says when it was created and for whom. What
    `is_replaced` is not what its resource has: the next `up` creates that, or adopts it.
    """

    stack: str
    urn: str
    kinds: frozenset[str]
    id: Key
    marker: Marker | None
    account: str = ""
    made: Origin = UNKNOWN
    is_replaced: bool = False

    @property
    def name(self) -> str:
        """The name of the resource."""
        return name_in(self.urn)

    @property
    def references(self) -> frozenset[tuple[str, Key]]:
        """What it can be, as kind and id."""
        return frozenset((kind, self.id) for kind in self.kinds)

    def is_in(self, found: Settings) -> bool:
        """Return whether it is in the account of these settings, as far as the state says; the provider's own rule."""
        return self.account in ("", found.account_id, found.former_account_id)

    def elsewhere(self, found: Settings) -> str:
        """Return in which other account it is, as a part of a sentence; empty where it is in that of the settings."""
        return "" if self.is_in(found) else f" in account {self.account}, which is not the one of the settings"

    def may_be_in(self, found: Settings) -> bool:
        """Return whether it is in that account, or may be, so that nothing with its id is for others to end.

        An account has a number beside its text, and nothing here knows which belong together.
        """
        names = (self.account.casefold(), found.account_id.casefold())
        return self.is_in(found) or names[0] == names[1] or _form(names[0]) != _form(names[1])


@dataclass(frozen=True)
class Holders:
    """All stacks of a backend and what their states hold: `held` in the account in question, `elsewhere` in others.

    The same id means something else in another account.
    """

    stacks: tuple[str, ...]
    held: tuple[Held, ...]
    elsewhere: tuple[Held, ...] = ()

    @property
    def all(self) -> tuple[Held, ...]:
        """What the states hold in any account."""
        return self.held + self.elsewhere

    def of(self, kind: str, key: Key, *, made: Origin) -> str:
        """Return the stack whose state holds the thing that was `made` then, or an empty text."""
        return next((one.stack for one in self.as_held(kind, key, made=made)), "")

    def as_held(self, kind: str, key: Key, *, made: Origin) -> list[Held]:
        """Return what the states hold the thing as that was `made` then.

        A service that was restored from a backup gives ids again: what was made at another time is another thing.
        """
        same = [one for one in self.held if one.id == key and kind in one.kinds]
        return [one for one in same if not is_another(made, one.made)]

    def of_two_stacks(self, stack: str) -> Iterator[tuple[Held, Held]]:
        """Yield what the state of the stack holds and that of another one too, as that has it; runs are shared."""
        for one in self.held:
            for other in self.held if one.stack == stack and one.kinds <= MARKED.keys() else ():
                is_same = one.references & other.references and not is_another(one.made, other.made)
                if other.stack != stack and is_same:
                    yield one, other

    def of_owner(self, kind: str, owner: Marker) -> Held | None:
        """Return what a state holds of this kind as the resource of this owner."""
        of_owner = (one for one in self.held if kind in one.kinds and one.marker == owner)
        return next((one for one in of_owner if not one.is_replaced), None)

    def stack_with(self, scope: str) -> str:
        """Return the stack whose markers have this scope, or an empty text where the backend has none."""
        declared = {one.marker.scope: one.stack for one in self.all if one.marker}
        usual = {scope_of_stack(name): name for name in self.stacks if name.count("/") == 2}
        return {**declared, **usual}.get(scope, "")


def holders_in(snapshot: Snapshot, account: Settings) -> Holders:
    """Return what all stacks hold that the backend shows, those of other projects included, as seen from the account.

    Raises:
        ConfigError: the stacks cannot be listed.
        XplentyError: a state cannot be read, so that nothing is known of what it holds.
    """
    stacks = _listed(snapshot)
    states = together(partial(_state, snapshot), stacks)
    found = [one for name, state in zip(stacks, states, strict=True) for one in held_in(state, name)]
    held = tuple(one for one in found if one.may_be_in(account))
    return Holders(stacks, held, tuple(one for one in found if not one.may_be_in(account)))


def held_in(resources: Iterable[Mapping[str, Any]], stack: str) -> Iterator[Held]:
    """Yield what a state holds of ours, also what it is about to end; not what it only looks up."""
    for one in resources:
        kinds = _kinds(one)
        key = next((key for kind in sorted(kinds) if (key := _key(KINDS[kind], one.get("id"))) is not None), None)
        if key is not None and not one.get("external"):
            outputs = side_by_side(one.get("outputs") or {})
            account = outputs.get(ACCOUNT)
            known, marker = account if isinstance(account, str) else "", marker_in(one.get("inputs") or {})
            made = replace(origin_in(outputs, marker), nonces=nonces_in(outputs))
            yield Held(stack, str(one["urn"]), kinds, key, marker, known, made, is_replaced(one))


def is_replaced(resource: Mapping[str, Any]) -> bool:
    """Return whether a state has it only until its replacement is there, as after an `up` that was killed."""
    return bool(resource.get("pendingReplacement") or resource.get("delete"))


def _form(account: str) -> str | None:
    """What kind of a name it is: a number, one with a prefix, or None for a text."""
    number = _NUMBER.fullmatch(account)
    return number and (number[1] or "number")


def _key(kind: Kind, id_: object) -> Key | None:
    """What identifies it, if it is of this kind; None for what is still to be made."""
    try:
        return kind.key(id_)
    except ValueError:
        return None


def marker_in(inputs: Mapping[str, object]) -> Marker | None:
    """Return what all markers of the resource with these inputs share, None where they do not say whose it is."""
    try:
        return marker_of(owner_of(inputs))
    except ConfigError:
        return None


def _kinds(resource: Mapping[str, Any]) -> frozenset[str]:
    if found := kind_of(resource):
        return frozenset({found.name})
    exact = frozenset(kind for kind, token in TOKENS.items() if resource.get("type") == token)
    derived = frozenset(TOKENS) if OWNER in (resource.get("inputs") or {}) else frozenset[str]()
    return exact or derived


def _listed(snapshot: Snapshot) -> tuple[str, ...]:
    with advised("Name the project's folder with --cwd; nothing was changed"):
        return tuple(one.full_name for one in snapshot.listed("--all"))


def _state(snapshot: Snapshot, name: str) -> list[dict[str, Any]]:
    """The resources in a state; none where the stack was removed meanwhile."""
    try:
        return snapshot.resources(name)
    except XplentyError as failed:
        if name not in _listed(Snapshot(snapshot.engine)):
            return []
        raise XplentyError(
            f"its state cannot be read ({failed.message}), so what it holds is not known; nothing was changed",
            resource=f"stack {name}",
            advice="Correct that and run the same command again",
        ) from None
