"""`xplenty-pulumi recover`: clear away what a killed `pulumi` has left behind: lock, pending operations, and strays."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from xplenty_pulumi.cli.commands.recover.stack_account import account_of
from xplenty_pulumi.cli.engine.command import Engine
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
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import Cwd, NoWait, StackOption, Yes
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.errors import RefusedError, XplentyError


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
    locks = remains.locks or ()
    require_unchanged(after.engine, remains.stack, locks=locks, written=remains.written)
    if remains.owners():
        _hand_over_finished(Snapshot(after.engine), remains, screen)
    remove_locks(after.engine, remains, screen.warn)
    _refresh(after, remains)
    removed = "removed the lock that there may have been" if remains.locks is None else "there was no lock"
    if remains.locks:
        removed = f"removed the lock of {' and '.join(map(str, remains.locks))}"
    return (
        f"{remains.stack}: {removed}; cleared {spelled(remains.pending)}; refreshed the state.{remains.foreign()} "
        f"Next, run `pulumi up`{remains.outlook()}."
    )


def _hand_over_finished(snapshot: Snapshot, killed: Remains, screen: Screen) -> None:
    """Hand over what creates had finished while the lock keeps others out and the pending operations say whose it is.

    What keeps it from that is said when the rest is done, and it is tried once more.
    """
    try:
        with account_of(snapshot, locks=killed.locks or (), written=killed.written) as found:
            found.hand_over_finished(killed, screen)
    except RefusedError:
        raise
    except XplentyError:
        return


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


def handle_strays(snapshot: Snapshot, screen: Screen, *, ends: bool, yes: bool, killed: Remains) -> None:
    """Say what interrupted creates of the stack have left, and with `ends` end them.

    What creates of the `killed` run had finished before the state held it is handed over to their resources first, if
    that was not done before. Nothing is changed once another `pulumi` has been at work on the stack.

    Raises:
        ConfigError: the settings of the stack's account are missing or malformed.
        XplentyError: a state, or the account, cannot be read.
    """
    with account_of(snapshot, locks=(), written=remains_of(snapshot).written) as found:
        found.hand_over_finished(killed, screen)
        for line in found.in_two_states():
            screen.warn(line)
        strays = found.strays()
        if not strays:
            screen.line("nothing in the account is left over from an interrupted create of this stack")
        for one in strays:
            screen.line(found.outlook(one))
        if strays and ends:
            screen.ask(f"End {' and '.join(map(str, strays))}?", yes=yes)
            found.end(strays, screen)
