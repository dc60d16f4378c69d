"""`xplenty-pulumi hand-over`: give a living thing to a resource of a stack, or release it from every stack."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import Holders, holders_in
from xplenty_pulumi.cli.engine.locks import refuse_while_held
from xplenty_pulumi.cli.engine.new_owner import UNDONE, NewOwner, StackPlace
from xplenty_pulumi.cli.engine.remains import Remains, remains_of
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.ui.account import CommandAccount, opened, settings_of
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import Cwd, StackOption, Yes, bad_usage
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.kind import Ending, Key
from xplenty_pulumi.core.kinds.ownership import WINDOW_TEXT, origin_on
from xplenty_pulumi.core.kinds.registry import MARKED
from xplenty_pulumi.core.reports import hand_over as core
from xplenty_pulumi.core.reports.hand_over import HandOverTarget
from xplenty_pulumi.errors import RefusedError

_UNFINISHED = {
    False: (
        "a create of stack {} has requested it and may not have come to its end",
        "end it there with `xplenty-pulumi recover --end-strays`",
    ),
    True: ("it was handed over to stack {} and may be in the course of its adoption", "run the same with --stack {}"),
}
_INTERRUPTED = "ended by Ctrl-C; run the same again to see whether the marker was changed"


def hand_over(
    thing: Annotated[
        str, typer.Argument(metavar="KIND:ID", help="What, such as cluster:501, hook:7 or connection:s3/53.")
    ],
    *,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="The resource of the stack that is to have it, by its name.")
    ] = "",
    urn: Annotated[str, typer.Option(metavar="URN", help="The same by its URN, as of one in a component.")] = "",
    release: Annotated[bool, typer.Option("--release", help="Remove the marker: no stack is to have it.")] = False,
    stack: StackOption = "",
    cwd: Cwd = Path(),
    yes: Yes = False,
) -> None:
    """Hand something that exists over to a resource of the stack, whose next `pulumi up` adopts it.

    Without --name and --urn it is the resource that the marker names, where that is this stack's. What the state of
    a stack of the backend holds is refused. What this stack's state alone holds and another stack, or one of the same
    name, has signed is signed for it.
    """
    with one_paragraph("hand-over", interrupted=_INTERRUPTED):
        kind, key = _named(thing)
        if release and (name or urn):
            raise bad_usage("--release", "removes the marker, so there is no resource to name")
        if name and urn:
            raise bad_usage("--name", "and --urn exclude each other")
        snapshot = Snapshot(Engine.on_path(cwd, stack))
        place = StackPlace.of(snapshot, needs_stack=not release)
        with opened(settings_of(place.stack, place.config)) as account:
            found = core.look(account.client, kind, key)
            if not release or place.has_signed(found):  # what an operation of it is at work on is not in its state yet
                remains = remains_of(snapshot, place.stack)
                refuse_while_held(remains.stack, remains.locks)
                _refuse_while_created(found, remains)
            handing = _HandOver(account, found, place, holders_in(snapshot, account.settings))
            handing.show()
            owner = None if release else handing.holder(name, urn)
            core.require_free(found, holders=() if owner else handing.in_states_of)
            handing.run(owner if release or owner else place.new_owner(found, name, urn), yes=yes)


def _named(thing: str) -> tuple[str, Key]:
    """The kind and what identifies the thing among those of its kind; raises ConfigError."""
    name, _, id_ = thing.strip().partition(":")
    if name in MARKED and id_ and not id_[0].isspace():
        with suppress(ValueError):
            return name, MARKED[name].key(id_)
    raise bad_usage("KIND:ID", f"must be such as cluster:501 or connection:s3/53, got {thing[:40]!r}")


def _refuse_while_created(thing: HandOverTarget, remains: Remains) -> None:
    """Raise RefusedError for what a pending operation of the stack creates, which shows in any backend."""
    marker = thing.marker
    if marker and marker.is_unfinished and marker.whose in remains.owners():
        raise RefusedError(
            f"a `pulumi` is creating it in stack {remains.stack}, or was killed while it did; {UNDONE}",
            resource=thing.label,
            advice="Wait until it ends; if it was killed, run `xplenty-pulumi recover`, then this again",
        )


class _HandOver:
    """One change of a marker: what it is about is shown, asked, done and verified.

    `in_states_of` are the stacks whose states hold the thing.
    """

    def __init__(self, account: CommandAccount, thing: HandOverTarget, place: StackPlace, holders: Holders) -> None:
        self._account = account
        self._screen = Screen(account.secrets)
        self._thing = thing
        self._place = place
        self._holders = holders
        held = holders.as_held(thing.kind.name, thing.record.key, made=origin_on(thing.record))
        self.in_states_of = tuple(one.stack for one in held)
        self._holding = " and ".join(f"{one.stack}, as {one.name}" for one in held) or "no stack of this backend"

    def show(self) -> None:
        """Print what it is, and whose."""
        thing, marker, creator, spelled = self._thing, self._thing.marker, self._thing.creator, "none"
        if marker:
            whose = self._holders.stack_with(marker.scope) or "no stack of this backend has that scope"
            since = f", since {marker.begun:%Y-%m-%d %H:%M} UTC" if marker.begun else ""
            spelled = f"{'unfinished' if marker.is_unfinished else 'held'}, scope {marker.scope} ({whose}){since}"
        self._screen.line(f"{thing.label} ({self._screen.scrubbed(thing.headline)})")
        self._screen.line(f"  marker: {spelled}")
        self._screen.line(f"  creator: {'not shown by the service' if creator is None else f'user {creator}'}")
        self._screen.line(f"  in the state of: {self._holding}")

    def holder(self, name: str, urn: str) -> NewOwner | None:
        """Return the resource whose state alone holds it, under the marker of another stack; None for no such one."""
        return self._place.holder(self._thing, self._holders, name=name, urn=urn)

    def run(self, owner: NewOwner | None, *, yes: bool) -> None:
        """Change the marker of the thing so that the owner adopts it, or nobody."""
        thing, clock, foreign = self._thing, self._account.clock, ""
        self._require_unclaimed(owner)
        if thing.creator is not None and thing.creator != (user := self._account.client.user_id()):
            foreign = f"user {thing.creator} created it, and the key is that of user {user}"
        if foreign and yes:
            self._screen.warn(f"{thing.label}: {foreign}")
        warning = f"{foreign[:1].upper()}{foreign[1:]}. " if foreign else ""
        self._screen.ask(f"{warning}{_question(thing, owner, self._place.stack)}", yes=yes, undone=UNDONE)
        marker = owner.marker_at(clock.now()) if owner else None
        core.hand_over(self._account.client, thing, marker, clock=clock)
        self._screen.line(f"{thing.label}: {_next(thing, owner, self._place.stack, is_foreign=bool(foreign))}")

    def _require_unclaimed(self, owner: NewOwner | None) -> None:
        """Return unless a create of another stack may still be at work on it, or the owner has another one."""
        thing, marker = self._thing, self._thing.marker
        is_made = marker is None or not marker.is_unfinished or marker.scope == self._place.scope
        if marker and not is_made and (maker := self._holders.stack_with(marker.scope)):
            why, end = _UNFINISHED[marker.is_of_hand_over]
            raise RefusedError(
                f"{why.format(maker)}; {UNDONE}",
                resource=thing.label,
                advice=f"Run `pulumi up` in stack {maker}, which adopts it, or {end.format(maker)}",
            )
        if owner and not owner.is_holder and (other := owner.held(self._holders, self._place.stack, thing.kind.name)):
            elsewhere = ", name one in another component with --urn" if owner.name else ""
            raise RefusedError(
                f"the state of stack {other.stack} has {thing.kind.name} {other.id} as {other.name} already"
                f"{other.elsewhere(self._account.settings)}, so its `pulumi up` would not adopt this one; {UNDONE}",
                resource=thing.label,
                advice="Take that out first, with `pulumi refresh` if it has ended, else with `pulumi state delete`"
                f"{elsewhere}, or end one of the two; --release keeps {thing.label} for nobody",
            )


def _question(thing: HandOverTarget, owner: NewOwner | None, stack: str) -> str:
    if owner is None:
        return f"Release {thing.label} from its marker, so that no stack adopts, changes or ends it?"
    if owner.is_holder:
        return f"Sign {thing.label} for {owner.label}, whose state holds it, so that no other stack changes or ends it?"
    return (
        f"Hand {thing.label} over to {owner.label}? From its next `pulumi up` on, the stack {stack} changes it "
        f"to what the program says, and ends it when it is destroyed{_only_if(thing, owner)}."
    )


def _next(thing: HandOverTarget, owner: NewOwner | None, stack: str, *, is_foreign: bool) -> str:
    if owner is None:
        cost = ""
        if thing.kind.ends is Ending.TERMINATED:
            cost = f"; it costs money until somebody ends it: `xplenty-pulumi terminate cluster {thing.record.id}`"
        return f"released: it carries no marker, and no stack manages it{cost}"
    if owner.is_holder:
        return f"signed for {owner.label}, whose state holds it"
    key = "with a key of the user who created it, " if is_foreign else ""
    return (
        f"handed over to {owner.label}. Next, {key}run `pulumi up --stack {stack}` within {WINDOW_TEXT}: it adopts it, "
        f"and says so{_only_if(thing, owner)}"
    )


def _only_if(thing: HandOverTarget, owner: NewOwner) -> str:
    """Say of a resource that the user has named that nothing here proves that the program has it."""
    which = f"named {owner.name}" if owner.name else f"with the URN {owner.urn}"
    return f". It adopts it only if the program declares a {thing.kind.resource} {which}" if owner.urn else ""
