"""`xplenty-pulumi recover`: clear away what a killed `pulumi` has left behind: lock, pending operations, and strays."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.locks import Lock
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.recover.remains import Remains, refuse_while_held, remains_of, remove_locks, spelled
from xplenty_pulumi.cli.recover.strays import tell_strays
from xplenty_pulumi.cli.recover.wait import wait_for_late_calls
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.errors import ConfigError, RefusedError, XplentyError


def recover(
    stack: Annotated[str, typer.Option(help="The stack; the selected one if not given.")] = "",
    *,
    cwd: Annotated[Path, typer.Option(exists=True, file_okay=False, help="The folder of the Pulumi project.")] = Path(),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait for calls that may still arrive.")] = False,
    end_strays: Annotated[
        bool, typer.Option("--end-strays", help="End what interrupted creates have left and no state holds.")
    ] = False,
) -> None:
    """Remove the lock and the pending operations that a killed `pulumi` left behind; then run `pulumi up`.

    It waits until two minutes after the state was last written, because calls of the killed run may still arrive, and
    then names the clusters and hooks that interrupted creates of the stack have left and no state holds.
    """
    with one_paragraph("recover", interrupted="ended by Ctrl-C; run it again to go on"):
        engine, screen = Engine.on_path(cwd, stack), Screen.of_environment()
        before, after = Snapshot(engine), Snapshot(engine)
        remains = remains_of(before)
        screen.line(_recovered(after, remains, screen, yes=yes, waits=not no_wait))
        _look_for_strays(after if remains else before, remains, screen, ends=end_strays, yes=yes)


def _recovered(after: Snapshot, remains: Remains, screen: Screen, *, yes: bool, waits: bool) -> str:
    """Clear away what the engine keeps, and return what was done; `after` is asked when that is done."""
    if not remains:
        return f"{remains.stack}: nothing to recover: no lock and no pending operation. Run `pulumi up`."
    refuse_while_held(remains)
    if not yes:
        _ask(remains, screen)
    if waits:
        wait_for_late_calls(remains.last_sign, SystemClock(), lambda text: screen.line(f"{remains.stack}: {text}"))
    remove_locks(after.engine, remains, screen)
    try:
        is_refreshed = after.engine.shown("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
    except KeyboardInterrupt:
        raise _half_done(remains, "`pulumi refresh` was ended by Ctrl-C") from None
    if not is_refreshed:
        raise _half_done(remains, "`pulumi refresh` failed; its own words are above")
    if still := remains_of(after).pending:
        raise _half_done(remains, f"`pulumi refresh` left {spelled(still)}")
    return f"{remains.stack}: {_done(remains)}.{remains.foreign()} {_NEXT}"


def _look_for_strays(snapshot: Snapshot, remains: Remains, screen: Screen, *, ends: bool, yes: bool) -> None:
    """Name what interrupted creates have left; where that cannot be told, say so, and fail if it was to be ended."""
    try:
        tell_strays(snapshot, screen, ends=ends, yes=yes, killed=remains)
    except XplentyError as trouble:
        if ends:
            raise
        screen.line(f"did not look for what interrupted creates may have left in the account: {trouble}")


_NEXT = (
    "Next, run `pulumi up`: it finds by its marker a cluster that the killed run had created, takes up a job run that "
    "it had started, and creates neither twice."
)


def _half_done(remains: Remains, trouble: str) -> XplentyError:
    return XplentyError(
        f"the lock is removed, but {trouble}",
        resource=remains.stack,
        advice="Mend what it says and run `xplenty-pulumi recover` again; nothing was created or ended",
    )


def _ask(remains: Remains, screen: Screen) -> None:
    question = f"{remains.stack}: {_found(remains)}.{remains.foreign()}"
    if not sys.stdin.isatty():
        raise ConfigError(
            f"{question} Nothing was changed",
            advice="Run it with --yes when you know that no `pulumi` is at work on this stack",
        )
    screen.line(question)
    if not typer.confirm("Remove the lock and clear the pending operations?"):
        raise RefusedError("nothing was changed", resource=remains.stack)


def _found(remains: Remains) -> str:
    return f"{_locked_by(remains.locks)}; {spelled(remains.pending)}"


def _done(remains: Remains) -> str:
    removed = "removed the lock that there may have been" if remains.locks is None else "there was no lock"
    if remains.locks:
        removed = f"removed the lock of {' and '.join(map(str, remains.locks))}"
    return f"{removed}; cleared {spelled(remains.pending)}; refreshed the state"


def _locked_by(locks: Sequence[Lock] | None) -> str:
    if locks is None:
        return "this backend does not show whether another `pulumi` is at work"
    if not locks:
        return "not locked"
    states = {True: "which does not run any more", False: "which cannot be looked for from here"}
    return "locked by " + " and ".join(f"{lock}, {states[lock.is_seen]}" for lock in locks)
