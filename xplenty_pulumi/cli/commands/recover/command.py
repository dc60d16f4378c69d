"""`xplenty-pulumi recover`: clear away what a killed `pulumi` has left behind: lock, pending operations, and strays."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import Annotated, Any

import typer

from xplenty_pulumi.cli.commands.branch.down import BranchDown
from xplenty_pulumi.cli.commands.branch.rules import OwnershipRules
from xplenty_pulumi.cli.commands.drift.stacks import states
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import Holders, holders_in
from xplenty_pulumi.cli.engine.locks import Lock, refuse_while_held
from xplenty_pulumi.cli.engine.remains import (
    Remains,
    remains_of,
    remove_locks,
    require_unchanged,
    spelled,
    wait_for_late_calls,
)
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.ui.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import Cwd, NoWait, StackOption, Yes
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.kinds.kind import Ending, Kind
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import ADOPTION_WINDOW, WINDOW_TEXT, Marked, is_of_another, origin_on
from xplenty_pulumi.core.kinds.registry import MARKED, kind_of
from xplenty_pulumi.core.reading.snapshots import definitions
from xplenty_pulumi.core.reading.strays import Stray, strays_among
from xplenty_pulumi.core.reconcile import LiveClusters
from xplenty_pulumi.core.reports.hand_over import HandOverTarget, hand_over
from xplenty_pulumi.core.reports.living import LiveThing
from xplenty_pulumi.core.waiting.patience import Deadline
from xplenty_pulumi.errors import XplentyError

_LONGEST = 1200.0
"""Seconds for ending clusters, all together; one that is still being built can be ended only afterwards."""

_SLOWEST = timedelta(minutes=10)
"""Within which a create call is sent after the state was last written, as far as anybody knows who sent it."""


def recover(
    stack: StackOption = "",
    *,
    cwd: Cwd = Path(),
    yes: Yes = False,
    no_wait: NoWait = False,
    end_strays: Annotated[
        bool, typer.Option("--end-strays", help="End what interrupted creates have left and no state holds.")
    ] = False,
) -> None:
    """Remove the lock and the pending operations that a killed `pulumi` left behind; then run `pulumi up`.

    It waits until two minutes after the state or a lock was last written, because calls of the killed run may still
    arrive, and then names what interrupted creates of the stack have left and no state holds.
    """
    with one_paragraph("recover", interrupted="ended by Ctrl-C; run it again to go on"):
        engine, screen = Engine.on_path(cwd, stack), Screen.of_environment()
        before, after = Snapshot(engine), Snapshot(engine)
        remains = remains_of(before)
        screen.line(_recovered(after, remains, screen, yes=yes, waits=not no_wait))
        try:
            handle_strays(after if remains else before, screen, ends=end_strays, yes=yes, killed=remains)
        except XplentyError as trouble:
            if end_strays:
                raise
            screen.line(f"did not look for what interrupted creates may have left in the account: {trouble}")


def _recovered(after: Snapshot, remains: Remains, screen: Screen, *, yes: bool, waits: bool) -> str:
    """Clear away what the engine keeps, and return what was done; `after` is asked when that is done."""
    if not remains:
        return f"{remains.stack}: nothing to recover: no lock and no pending operation. Run `pulumi up`."
    refuse_while_held(remains.stack, remains.locks)
    found = f"{remains.stack}: {_locked_by(remains.locks)}; {spelled(remains.pending)}.{remains.foreign()}"
    question = f"{found} Remove the lock and clear the pending operations?"
    screen.ask(question, yes=yes, undone="nothing was changed", when=" when no `pulumi` is at work on this stack")
    if waits:
        wait_for_late_calls(remains, SystemClock(), screen.line)
    require_unchanged(after.engine, remains.stack, locks=remains.locks or (), written=remains.written)
    remove_locks(after.engine, remains, screen.warn)
    _refresh(after, remains)
    removed = "removed the lock that there may have been" if remains.locks is None else "there was no lock"
    if remains.locks:
        removed = f"removed the lock of {' and '.join(map(str, remains.locks))}"
    return (
        f"{remains.stack}: {removed}; cleared {spelled(remains.pending)}; refreshed the state.{remains.foreign()} "
        f"Next, run `pulumi up`{remains.outlook()}."
    )


def _refresh(after: Snapshot, remains: Remains) -> None:
    """Clear the pending operations and bring the state up to date."""
    trouble = ""
    try:
        # On a terminal the engine asks about pending creates in spite of --yes.
        words = ("refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--non-interactive")
        if not after.engine.shown(*words):
            trouble = "`pulumi refresh` failed; its own words are above"
        elif still := remains_of(after).pending:
            trouble = f"`pulumi refresh` left {spelled(still)}"
    except KeyboardInterrupt:
        trouble = "`pulumi refresh` was ended by Ctrl-C"
    if trouble:
        raise XplentyError(
            f"the lock is removed, but {trouble}",
            resource=remains.stack,
            advice="Correct what it says and run `xplenty-pulumi recover` again; nothing was created or ended",
        )


def _locked_by(locks: Sequence[Lock] | None) -> str:
    if not locks:
        return "not locked" if locks == () else "this backend does not show whether another `pulumi` is at work"
    states = {True: "which does not run any more", False: "which cannot be looked for from here"}
    return "locked by " + " and ".join(f"{lock}, {states[lock.is_seen]}" for lock in locks)


@dataclass(frozen=True)
class StackAccount:
    """The account of a stack, and what is needed to tell the stack's own things in it.

    `scopes` are all that the markers of its resources can carry; `holders` are the states of the whole backend.
    """

    account: CommandAccount
    scopes: frozenset[str]
    holders: Holders

    def strays(self) -> tuple[Stray, ...]:
        """Return what is unfinished and in no state, as the account shows it now."""
        living = (one for kind in MARKED.values() for one in self._living(kind) if not self._is_held(one))
        return strays_among(living, self.scopes, ())

    def _is_held(self, thing: Marked) -> bool:
        return bool(self.holders.of(kind_of(thing).name, thing.key, made=origin_on(thing)))

    def finished(self, owners: Collection[Marker], *, since: datetime) -> Iterator[HandOverTarget]:
        """Yield what creates of these owners `since` then had finished, and no state holds."""
        for thing in [HandOverTarget(one) for kind in MARKED.values() for one in self._living(kind)]:
            marker = thing.marker
            if marker is None or marker.whose not in owners or marker.is_unfinished:
                continue
            if marker.begun is None or marker.begun < since.replace(second=0, microsecond=0):
                continue
            if is_of_another(thing.record, self.account.client.user_id()):
                continue
            if not self._is_held(thing.record):
                yield thing

    def hand_over(self, thing: HandOverTarget, *, until: datetime) -> str:
        """Sign as unfinished what a create had finished by `until`, in the killed run; return what has become of it.

        What was adopted, or is younger, may be held by a stack of the same name in another backend, and is left alone.
        """
        marker = thing.marker
        if marker is None or marker.begun is None or marker.is_of_adoption or marker.begun > until:
            return (
                "carries the marker of a resource that was being created, and is held by a stack of this name, as one "
                "in another backend, or was signed by the killed run. If no other one has it, run `xplenty-pulumi "
                f"hand-over {thing.kind.name}:{thing.record.key}`"
            )
        drawn = marker.whose.drawn(self.account.clock.now(), SystemRandom())
        hand_over(self.account.client, thing, drawn, clock=self.account.clock)
        return "was made by a create that never reached the state: handed over to its resource"

    def _living(self, kind: Kind) -> Iterable[Any]:
        if kind.ends is Ending.TERMINATED:
            return LiveClusters(self.account.client, self.account.clock).listing().unended.values()
        return definitions(self.account.client, kind)

    def outlook(self, stray: Stray) -> str:
        """Return what is about a stray, and what becomes of it."""
        what = f"{stray} was left by an interrupted create of this stack, and no state holds it"
        reason = f"it is more than {WINDOW_TEXT} old, or another user's"
        if kept := self.holders.of_owner(stray.kind.name, stray.owner):
            reason = f"it is a duplicate of {stray.kind.name} {kept.id}, which the state of stack {kept.stack} holds"
        elif stray.is_adopted_by(self.account.client.user_id(), now=self.account.clock.now()):
            return f"{what}; the next `pulumi up` adopts it if the program still declares it, and --end-strays ends it"
        return f"{what}; no `pulumi up` adopts it, because {reason}; --end-strays ends it"

    def end(self, strays: tuple[Stray, ...], engine: Engine, screen: Screen) -> None:
        """Return once the service shows that all of them have ended whose marker nobody has changed meanwhile.

        Raises:
            XplentyError: one could not be ended; the same can be tried again.
        """
        living = [LiveThing(one.id, one.scope, one.status, kind=one.kind.name, made=one.made) for one in strays]
        down = BranchDown(engine, OwnershipRules(self.account, lambda: self.holders), screen, timeout=_LONGEST)
        down.end(living, Deadline.after(_LONGEST, self.account.clock))


def handle_strays(snapshot: Snapshot, screen: Screen, *, ends: bool, yes: bool, killed: Remains) -> None:
    """Say what interrupted creates of the stack have left, and with `ends` end them.

    What creates of the `killed` run had finished before the state held it is handed over to their resources first.
    Nothing is changed once another `pulumi` has been at work on the stack.

    Raises:
        ConfigError: the settings of the stack's account are missing or malformed.
        XplentyError: a state, or the account, cannot be read.
    """
    (own,) = states(snapshot, all_stacks=False)
    holders, written = holders_in(snapshot, own.settings), remains_of(snapshot, own.full_name).written
    require_idle = partial(require_unchanged, snapshot.engine, own.full_name, locks=(), written=written)
    with opened(own.settings, before_write=require_idle) as account:
        found = StackAccount(account, own.scopes, holders)
        if owners := killed.owners():
            earliest = (killed.written or account.clock.now()) - ADOPTION_WINDOW
            until = (killed.last_sign or account.clock.now()) + _SLOWEST
            for thing in found.finished(owners, since=killed.began or earliest):
                screen.line(f"{thing.label} {found.hand_over(thing, until=until)}")
        strays = found.strays()
        if not strays:
            screen.line("nothing in the account is left over from an interrupted create of this stack")
        for one in strays:
            screen.line(found.outlook(one))
        if strays and ends:
            screen.ask(f"End {' and '.join(map(str, strays))}?", yes=yes)
            found.end(strays, snapshot.engine, screen)
