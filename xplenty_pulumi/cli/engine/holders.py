"""What the states of a backend hold, so that nothing is taken for nobody's that a stack still manages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from xplenty_pulumi.cli.engine.snapshot import Snapshot, advised, together
from xplenty_pulumi.core.kinds.kind import Key, Kind
from xplenty_pulumi.core.kinds.marker import Marker, marker_of
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.core.reports.branches import scope_of_stack
from xplenty_pulumi.dynamic.state import OWNER, kind_of, owner_of
from xplenty_pulumi.errors import ConfigError, XplentyError

TOKENS = {name: f"pulumi-python:dynamic/xplenty:{kind.resource}" for name, kind in KINDS.items()}
"""The type in the state, by the name of the kind."""


@dataclass(frozen=True)
class Held:
    """A thing in the state of a stack, `organization/project/stack`; `marker` is that of its owner as it was declared.

    `kinds` are all that it can be: a class that is derived from ours may have a type that does not tell.
    """

    stack: str
    urn: str
    kinds: frozenset[str]
    id: Key
    marker: Marker | None

    @property
    def name(self) -> str:
        """The name of the resource."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True)
class Holders:
    """All stacks of a backend and what their states hold."""

    stacks: tuple[str, ...]
    held: tuple[Held, ...]

    def of(self, kind: str, key: Key) -> str:
        """Return the stack whose state holds the thing, or an empty text."""
        return next((one.stack for one in self.held if one.id == key and kind in one.kinds), "")

    def of_owner(self, kind: str, owner: Marker) -> Held | None:
        """Return what a state holds of this kind as the resource of this owner."""
        return next((one for one in self.held if kind in one.kinds and one.marker == owner), None)

    def ids(self, kind: str) -> frozenset[Key]:
        """Return the ids of all things of a kind that a state holds."""
        return frozenset(one.id for one in self.held if kind in one.kinds)

    def stack_with(self, scope: str) -> str:
        """Return the stack whose markers have this scope, or an empty text where the backend has none."""
        declared = {one.marker.scope: one.stack for one in self.held if one.marker}
        usual = {scope_of_stack(name): name for name in self.stacks if name.count("/") == 2}
        return {**declared, **usual}.get(scope, "")


def holders_in(snapshot: Snapshot) -> Holders:
    """Return what all stacks hold that the backend shows, those of other projects included.

    Raises:
        ConfigError: the stacks cannot be listed.
        XplentyError: a state cannot be read, so that nothing is known of what it holds.
    """
    stacks = _listed(snapshot)
    states = together(partial(_state, snapshot), stacks)
    held = tuple(one for name, state in zip(stacks, states, strict=True) for one in held_in(state, name))
    return Holders(stacks, held)


def held_in(resources: Iterable[Mapping[str, Any]], stack: str) -> Iterator[Held]:
    """Yield what a state holds of ours, also what it is about to end; not what it only looks up."""
    for one in resources:
        kinds = _kinds(one)
        key = next((key for kind in sorted(kinds) if (key := _key(KINDS[kind], one.get("id"))) is not None), None)
        if key is not None and not one.get("external"):
            yield Held(stack, str(one["urn"]), kinds, key, marker_in(one.get("inputs") or {}))


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
            advice="Mend that and run the same again",
        ) from None
