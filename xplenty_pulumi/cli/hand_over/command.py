"""`xplenty-pulumi hand-over`: give a living thing to a resource of a stack, or release it from every stack."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import Annotated

import typer

from xplenty_pulumi import settings
from xplenty_pulumi.cli.account import CommandAccount, opened
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import TOKENS, Held, Holders, holders_in
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.hand_over.place import Place, place_of
from xplenty_pulumi.cli.ui.asking import ask
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import Yes, bad_usage
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.kind import Ending
from xplenty_pulumi.core.kinds.marker import Marker, Owner, marker_of
from xplenty_pulumi.core.kinds.registry import MARKED
from xplenty_pulumi.core.reports import hand_over as core
from xplenty_pulumi.core.reports.hand_over import HandOverTarget
from xplenty_pulumi.errors import ConfigError, RefusedError

_THING = re.compile(rf"({'|'.join(MARKED)}):([1-9][0-9]{{0,17}})")
_URN = re.compile(r"urn:pulumi:([^:]+)::([^:]+)::(.+)")
_UNDONE = "nothing was changed"
_INTERRUPTED = "ended by Ctrl-C; run the same again to see whether the marker was changed"


@dataclass(frozen=True)
class NewOwner:
    """The resource that is to have it: what its markers share, and what texts call it."""

    marker: Marker
    label: str
    urn: str = ""

    def held(self, holders: Holders, stack: str) -> Held | None:
        """Return what the state of its stack holds as this resource."""
        of_stack = (one for one in holders.held if one.stack == stack)
        return next((one for one in of_stack if one.urn == self.urn or one.marker == self.marker), None)


def hand_over(
    thing: Annotated[str, typer.Argument(metavar="KIND:ID", help="What: cluster:ID or hook:ID.")],
    *,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="The resource of the stack that is to have it, by its name.")
    ] = "",
    urn: Annotated[str, typer.Option(metavar="URN", help="The same by its URN, as of one in a component.")] = "",
    release: Annotated[bool, typer.Option("--release", help="Remove the marker: no stack is to have it.")] = False,
    stack: Annotated[str, typer.Option(metavar="STACK", help="The stack; the selected one if not given.")] = "",
    cwd: Annotated[Path, typer.Option(exists=True, file_okay=False, help="The folder of the Pulumi project.")] = Path(),
    yes: Yes = False,
) -> None:
    """Hand a cluster or a hook over to a resource of the stack, whose next `pulumi up` adopts it.

    Without --name and --urn it is the resource that the marker names, where that is this stack's. What the state of
    a stack of the backend holds is refused.
    """
    with one_paragraph("hand-over", interrupted=_INTERRUPTED):
        kind, number = _read(thing)
        if release and (name or urn):
            raise bad_usage("--release", "removes the marker, so there is no resource to name")
        if name and urn:
            raise bad_usage("--name", "and --urn exclude each other")
        snapshot = Snapshot(Engine.on_path(cwd, stack))
        place = place_of(snapshot, needs_stack=not release)
        with opened(settings.load(os.environ, place.config.get)) as account:
            found = core.look(account.client, kind, number)
            handing = _HandOver(account, Screen(account.secrets), place, holders_in(snapshot))
            handing.show(found)
            handing.run(found, None if release else _heir(found, place, name, urn), yes=yes)


class _HandOver:
    """One change of a marker: what it is about is shown, asked, done and seen."""

    def __init__(self, account: CommandAccount, screen: Screen, place: Place, holders: Holders) -> None:
        self._account = account
        self._screen = screen
        self._place = place
        self._holders = holders

    def run(self, thing: HandOverTarget, heir: NewOwner | None, *, yes: bool) -> None:
        """Change the marker of the thing so that the heir adopts it, or nobody."""
        core.require_free(thing, holder=self._holder(thing))
        self._require_made(thing)
        if heir:
            self._require_no_other(heir, thing)
        foreign = self._foreign(thing)
        if foreign and yes:
            self._screen.warn(f"{thing.label}: {foreign}")
        ask(_question(thing, heir, self._place.stack, foreign), self._screen, yes=yes, undone=_UNDONE)
        marker = heir.marker.drawn(self._account.clock.now(), SystemRandom()) if heir else None
        core.hand_over(self._account.client, thing, marker, clock=self._account.clock)
        self._screen.line(f"{thing.label}: {_next(thing, heir, self._place.stack, is_foreign=bool(foreign))}")

    def _require_made(self, thing: HandOverTarget) -> None:
        """Return unless a create of another stack may still be at work on it."""
        marker = thing.marker
        if marker is None or not marker.is_unfinished or marker.scope == self._place.scope:
            return
        if maker := self._holders.stack_with(marker.scope):
            raise RefusedError(
                f"a create of stack {maker} has requested it and may not have come to its end; {_UNDONE}",
                resource=thing.label,
                advice=f"Run `pulumi up` in stack {maker}, which adopts it, or end it there with "
                "`xplenty-pulumi recover --end-strays`",
            )

    def show(self, thing: HandOverTarget) -> None:
        """Print what it is, and whose."""
        marker, creator = thing.marker, thing.creator
        self._screen.line(f"{thing.label} ({self._screen.scrubbed(thing.headline)})")
        self._screen.line(f"  marker: {self._spelled(marker) if marker else 'none'}")
        self._screen.line(f"  creator: {'not shown by the service' if creator is None else f'user {creator}'}")
        self._screen.line(f"  in the state of: {self._holder(thing) or 'no stack of this backend'}")

    def _holder(self, thing: HandOverTarget) -> str:
        return self._holders.of(thing.kind.name, thing.record.id)

    def _spelled(self, marker: Marker) -> str:
        whose = self._holders.stack_with(marker.scope) or "no stack of this backend has that scope"
        since = f", since {marker.begun:%Y-%m-%d %H:%M} UTC" if marker.begun else ""
        return f"{'unfinished' if marker.is_unfinished else 'held'}, scope {marker.scope} ({whose}){since}"

    def _foreign(self, thing: HandOverTarget) -> str:
        """A warning where another user has created it, else an empty text."""
        creator = thing.creator
        if creator is None or creator == (user := self._account.client.user_id()):
            return ""
        return f"user {creator} created it, and the key is that of user {user}"

    def _require_no_other(self, heir: NewOwner, thing: HandOverTarget) -> None:
        if other := heir.held(self._holders, self._place.stack):
            raise RefusedError(
                f"the state of stack {other.stack} has {thing.kind.name} {other.id} as {other.name} already, so its "
                f"next `pulumi up` would not adopt this one; {_UNDONE}",
                resource=thing.label,
                advice=f"Take that out with `pulumi state delete` first, or end one of the two; --release keeps "
                f"{thing.label} for nobody",
            )


def _read(thing: str) -> tuple[str, int]:
    found = _THING.fullmatch(thing.strip())
    if found is None:
        raise bad_usage("KIND:ID", f"must be such as cluster:501 or hook:7, got {thing[:40]!r}")
    return found[1], int(found[2])


def _heir(thing: HandOverTarget, place: Place, name: str, urn: str) -> NewOwner:
    """The resource of the stack that is meant; raises ConfigError where that is not said."""
    if name or urn:
        urn = urn or place.urn(f"{TOKENS[thing.kind.name]}::{name}")
        marker = marker_of(_owner(urn, place, thing.kind.name))
        return NewOwner(marker, f"{urn.rpartition('::')[2]} of stack {place.stack}", urn)
    marker_now = thing.marker
    if marker_now and marker_now.scope == place.scope:
        return NewOwner(marker_now.whose, f"the resource of stack {place.stack} that its marker names")
    raise ConfigError(
        f"{thing.label}: its marker does not say which resource of stack {place.stack} is to have it; {_UNDONE}",
        advice="Name the resource with --name, or with --urn where it is in a component",
    )


def _owner(urn: str, place: Place, kind: str) -> Owner:
    parts = _URN.fullmatch(urn)
    if parts is None or urn != place.urn(parts[3]):
        raise bad_usage("--urn", f"must be that of a resource of stack {place.stack}, got {urn[:120]!r}")
    token, _, name = parts[3].rpartition("::")
    if not name or token.rpartition("$")[2] != TOKENS[kind]:
        raise bad_usage("--urn", f"must be that of a {kind}, of type {TOKENS[kind]}, got {urn[:120]!r}")
    return place.owner(parts[3])


def _question(thing: HandOverTarget, heir: NewOwner | None, stack: str, foreign: str) -> str:
    warning = f"{foreign[:1].upper()}{foreign[1:]}. " if foreign else ""
    if heir is None:
        return f"{warning}Release {thing.label} from its marker, so that no stack adopts, changes or ends it?"
    return (
        f"{warning}Hand {thing.label} over to {heir.label}? From its next `pulumi up` on, the stack {stack} changes it "
        "to what the program says, and ends it when it is destroyed."
    )


def _next(thing: HandOverTarget, heir: NewOwner | None, stack: str, *, is_foreign: bool) -> str:
    if heir is None:
        cost = ""
        if thing.kind.ends is Ending.TERMINATED:
            cost = f"; it costs money until somebody ends it: `xplenty-pulumi terminate cluster {thing.record.id}`"
        return f"released: it carries no marker, and no stack manages it{cost}"
    key = "with a key of the user who created it, " if is_foreign else ""
    return (
        f"handed over to {heir.label}. Next, {key}run `pulumi up --stack {stack}` within 60 minutes: it adopts it, and "
        "says so"
    )
