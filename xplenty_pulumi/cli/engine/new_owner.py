"""Who is to have what is handed over: a resource of a stack, by its name, its URN, its marker or its state."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import SystemRandom

from xplenty_pulumi.cli.engine.holders import TOKENS, Held, Holders
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.ui.options import bad_usage
from xplenty_pulumi.core.kinds.marker import Marker, adoption_among, marker_of, owner_in, scope_of
from xplenty_pulumi.core.kinds.ownership import origin_on
from xplenty_pulumi.core.reports.hand_over import HandOverTarget
from xplenty_pulumi.errors import ConfigError, XplentyError
from xplenty_pulumi.text import printable

_URN = re.compile(r"urn:pulumi:([^:]+)::([^:]+)::(.+)")
UNDONE = "nothing was changed"
"""How a hand-over that was not made ends."""


@dataclass(frozen=True)
class NewOwner:
    """The resource that is to have it: what its markers share, and what texts call it.

    `name` is set where the user names it by that, `urn` also where by its URN. Else the marker of the thing names it,
    or it `is_holder`: the state of the stack holds the thing already, under the marker of another stack. `nonces` are
    those that the state has of it then.
    """

    marker: Marker
    label: str
    name: str = ""
    urn: str = ""
    is_holder: bool = False
    nonces: tuple[str, ...] = ()

    def marker_at(self, now: datetime) -> Marker:
        """Return the marker to sign with `now`: held where the state holds the thing, else one that an `up` adopts.

        The nonce that the state signs with tells its stack from another one of the same name.
        """
        if self.is_holder:
            held = self.marker.drawn(now, SystemRandom()).held
            return replace(held, nonce=adoption_among(self.nonces) or [held.nonce, *self.nonces][-1])
        return self.marker.handed_over(now, SystemRandom())

    def held(self, holders: Holders, stack: str, kind: str) -> Held | None:
        """Return what the state of its stack holds as this resource, or as one of the same kind and name."""
        of_stack = [one for one in holders.all if one.stack == stack and not one.is_replaced]
        same = [one for one in of_stack if one.urn == self.urn or one.marker == self.marker]
        namesakes = [one for one in of_stack if self.name and one.name == self.name and kind in one.kinds]
        return next(iter([*same, *namesakes]), None)


@dataclass(frozen=True)
class StackPlace:
    """The stack of the new owner, `organization/project/stack`; empty where there is none and none is needed."""

    stack: str
    config: Mapping[str, object] = field(repr=False)

    @classmethod
    def of(cls, snapshot: Snapshot, *, needs_stack: bool) -> "StackPlace":
        """Return the engine's stack; raises ConfigError where there is none although one is needed."""
        try:
            stack = snapshot.full_name()
            return cls(stack, snapshot.configuration(stack))
        except XplentyError as failed:
            if not needs_stack:
                return cls("", {})
            advice = "Name the stack with --stack and the project's folder with --cwd; nothing was changed"
            raise ConfigError(failed.message, advice=advice) from None

    @property
    def scope(self) -> str:
        """What the markers of its resources share."""
        return scope_of(owner_in(self.stack, scope=self.config.get("xplenty:scope")))

    def has_signed(self, thing: HandOverTarget) -> bool:
        """Return whether the thing carries the marker of a resource of the stack."""
        return bool(self.stack) and thing.marker is not None and thing.marker.scope == self.scope

    def holder(self, thing: HandOverTarget, holders: Holders, *, name: str, urn: str) -> NewOwner | None:
        """Return the resource of the stack that holds the thing, where no other does and another stack has signed it.

        That is one that the owner in the state is not of, or of the same name. None where another one is meant by
        `name` or `urn`.
        """
        as_held = holders.as_held(thing.kind.name, thing.record.key, made=origin_on(thing.record))
        if len(as_held) != 1 or thing.marker is None:
            return None
        (one,) = as_held
        if one.stack != self.stack or one.marker is None:
            return None
        if one.marker.scope == thing.marker.scope and not thing.marker.is_of_namesake(one.made.nonces):
            return None
        if name not in ("", one.name) or urn not in ("", one.urn):
            return None
        return NewOwner(one.marker, f"{one.name} of stack {self.stack}", is_holder=True, nonces=one.made.nonces)

    def urn(self, tail: str) -> str:
        """Return the URN of a resource of the stack: of its type and its name."""
        owner = owner_in(self.stack)
        return f"urn:pulumi:{owner.stack}::{owner.project}::{tail}"

    def new_owner(self, thing: HandOverTarget, name: str, urn: str) -> NewOwner:
        """Return the resource of the stack that is meant; raises ConfigError where that is not said."""
        kind, marker = thing.kind.name, thing.marker
        if name and (name != printable(name).strip() or "::" in name):
            raise bad_usage("--name", f"must be the name alone; a URN goes with --urn, got {name[:120]!r}")
        if name or urn:
            urn = urn or self.urn(f"{TOKENS[kind]}::{name}")
            parts = _URN.fullmatch(urn)
            if parts is None or urn != self.urn(parts[3]):
                raise bad_usage("--urn", f"must be that of a resource of stack {self.stack}, got {urn[:120]!r}")
            token, _, last = parts[3].rpartition("::")
            if not last or token.rpartition("$")[2] != TOKENS[kind]:
                raise bad_usage("--urn", f"must be that of a {kind}, of type {TOKENS[kind]}, got {urn[:120]!r}")
            owner = owner_in(self.stack, scope=self.config.get("xplenty:scope"), name=parts[3])
            return NewOwner(marker_of(owner), f"{last} of stack {self.stack}", name, urn)
        if marker and self.has_signed(thing):
            return NewOwner(marker.whose, f"the resource of stack {self.stack} that its marker names")
        raise ConfigError(
            f"{thing.label}: its marker does not say which resource of stack {self.stack} is to have it; {UNDONE}",
            advice="Name the resource with --name, or with --urn where it is in a component",
        )
