"""`xplenty-pulumi recover`: clear away what a killed `pulumi` has left behind: lock, pending operations, and strays."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.locks import Lock
from xplenty_pulumi.cli.engine.remains import (
    Remains,
    refuse_while_held,
    remains_of,
    remove_locks,
    spelled,
    wait_for_late_calls,
)
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.recover.strays import handle_strays
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import Cwd, Yes
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.errors import XplentyError


def recover(
    stack: Annotated[str, typer.Option(help="The stack; the selected one if not given.")] = "",
    *,
    cwd: Cwd = Path(),
    yes: Yes = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait for calls that may still arrive.")] = False,
    end_strays: Annotated[
        bool, typer.Option("--end-strays", help="End what interrupted creates have left and no state holds.")
    ] = False,
) -> None:
    """Remove the lock and the pending operations that a killed `pulumi` left behind; then run `pulumi up`.

    It waits until two minutes after the state or a lock was last written, because calls of the killed run may still
    arrive, and then names the clusters and hooks that interrupted creates of the stack have left and no state holds.
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
    refuse_while_held(remains)
    found = f"{remains.stack}: {_locked_by(remains.locks)}; {spelled(remains.pending)}.{remains.foreign()}"
    question = f"{found} Remove the lock and clear the pending operations?"
    screen.ask(question, yes=yes, undone="nothing was changed", when=" when no `pulumi` is at work on this stack")
    if waits:
        wait_for_late_calls(remains.last_sign, SystemClock(), lambda text: screen.line(f"{remains.stack}: {text}"))
    remove_locks(after.engine, remains, screen.warn)
    _refresh(after, remains)
    removed = "removed the lock that there may have been" if remains.locks is None else "there was no lock"
    if remains.locks:
        removed = f"removed the lock of {' and '.join(map(str, remains.locks))}"
    done = f"{removed}; cleared {spelled(remains.pending)}; refreshed the state"
    return (
        f"{remains.stack}: {done}.{remains.foreign()} Next, run `pulumi up`: it finds by its marker a cluster that the "
        "killed run had created, takes up a job run that it had started, and creates neither twice."
    )


def _refresh(after: Snapshot, remains: Remains) -> None:
    """Clear the pending operations and bring the state up to date."""
    trouble = ""
    try:
        if not after.engine.shown("refresh", "--yes", "--skip-preview", "--clear-pending-creates"):
            trouble = "`pulumi refresh` failed; its own words are above"
        elif still := remains_of(after).pending:
            trouble = f"`pulumi refresh` left {spelled(still)}"
    except KeyboardInterrupt:
        trouble = "`pulumi refresh` was ended by Ctrl-C"
    if trouble:
        raise XplentyError(
            f"the lock is removed, but {trouble}",
            resource=remains.stack,
            advice="Mend what it says and run `xplenty-pulumi recover` again; nothing was created or ended",
        )


def _locked_by(locks: Sequence[Lock] | None) -> str:
    if locks is None:
        return "this backend does not show whether another `pulumi` is at work"
    if not locks:
        return "not locked"
    states = {True: "which does not run any more", False: "which cannot be looked for from here"}
    return "locked by " + " and ".join(f"{lock}, {states[lock.is_seen]}" for lock in locks)
