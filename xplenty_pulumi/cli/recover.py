"""`xplenty-pulumi recover`: clear away what a killed `pulumi` has left behind, its lock and its pending operations."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from xplenty_pulumi.cli.engine import Engine
from xplenty_pulumi.cli.engine_locks import Lock, locks_of
from xplenty_pulumi.errors import ConfigError, RefusedError, XplentyError

BAD_INPUT, FAILED = 2, 1
_OURS = "pulumi-python:dynamic/xplenty:"


def recover(
    stack: Annotated[str, typer.Option(help="The stack; the selected one if not given.")] = "",
    cwd: Annotated[Path, typer.Option(exists=True, file_okay=False, help="The folder of the Pulumi project.")] = Path(),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove the lock and the pending operations that a killed `pulumi` left behind; then run `pulumi up`."""
    try:
        typer.echo(_recover(Engine.on_path(cwd, stack), yes=yes))
    except XplentyError as error:
        typer.echo(f"xplenty-pulumi recover: {error}", err=True)
        raise typer.Exit(BAD_INPUT if isinstance(error, ConfigError) else FAILED) from None


@dataclass(frozen=True)
class Remains:
    """What is left of a killed run. `locks` is None where the backend does not show them."""

    stack: str
    locks: tuple[Lock, ...] | None
    pending: tuple[Mapping[str, Any], ...]

    def __bool__(self) -> bool:
        return self.locks is None or bool(self.locks or self.pending)

    @property
    def creates_ours(self) -> bool:
        """Whether a resource of Xplenty was being created, so that it may exist or come to exist."""
        return any(one["type"] == "creating" and one["resource"]["type"].startswith(_OURS) for one in self.pending)

    def foreign(self) -> str:
        """Return a warning about what was being created and is none of ours, or an empty text."""
        theirs = [
            one for one in self.pending if one["type"] == "creating" and not one["resource"]["type"].startswith(_OURS)
        ]
        if not theirs:
            return ""
        names = ", ".join(f"{_name(one)} ({one['resource']['type']})" for one in theirs)
        return f" Not of Xplenty, so that no `pulumi up` finds what may exist of it: {names}. Look for it yourself."


def _recover(engine: Engine, *, yes: bool) -> str:
    remains = remains_of(engine)
    if not remains:
        return f"{remains.stack}: nothing to recover: no lock and no pending operation. Run `pulumi up`."
    refuse_while_held(remains)
    if not yes:
        _ask(remains)
    remove_locks(engine, remains)
    try:
        is_refreshed = engine.shown("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
    except KeyboardInterrupt:
        raise _half_done(remains, "`pulumi refresh` was ended by Ctrl-C") from None
    if not is_refreshed:
        raise _half_done(remains, "`pulumi refresh` failed; its own words are above")
    if still := remains_of(engine).pending:
        raise _half_done(remains, f"`pulumi refresh` left {_spelled(still)}")
    return f"{remains.stack}: {_done(remains)}.{remains.foreign()} {_NEXT}"


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


def remains_of(engine: Engine) -> Remains:
    """Return what is left of a killed run on the engine's stack; raises ConfigError where that can not be told."""
    try:
        name = engine.told("stack", "--show-name", "--fully-qualify-stack-names").strip()
        backend = json.loads(engine.told("whoami", "--json"))["url"]
        deployment = json.loads(engine.told("stack", "export"))["deployment"] or {}
    except XplentyError as failed:
        advice = "Name the stack with --stack and the project's folder with --cwd; nothing was changed"
        raise ConfigError(failed.message, advice=advice) from None
    pending = deployment.get("pending_operations") or ()
    return Remains(name, locks_of(name, backend, folder=engine.folder), tuple(pending))


def refuse_while_held(remains: Remains) -> None:
    """Raise RefusedError while a process that lives on this machine holds the stack's lock."""
    for lock in remains.locks or ():
        if lock.is_held:
            raise RefusedError(
                f"it is locked by {lock}, which still runs on this machine; nothing was changed",
                resource=remains.stack,
                advice="Wait until it ends, or end it with Ctrl-C; then run `xplenty-pulumi recover` if it left a lock",
            )


def _ask(remains: Remains) -> None:
    question = f"{remains.stack}: {_found(remains)}.{remains.foreign()}"
    if not sys.stdin.isatty():
        raise ConfigError(
            f"{question} Nothing was changed",
            advice="Run it with --yes when you know that no `pulumi` is at work on this stack",
        )
    typer.echo(question)
    if not typer.confirm("Remove the lock and clear the pending operations?"):
        raise RefusedError("nothing was changed", resource=remains.stack)


def remove_locks(engine: Engine, remains: Remains) -> None:
    """Remove the locks there are, or where the backend does not show them, the one there may be."""
    if remains.locks is not None:
        if remains.locks:
            engine.told("cancel", "--yes")
        return
    try:
        engine.told("cancel", "--yes")
    except XplentyError as refused:  # such a backend refuses where nothing is locked
        typer.echo(f"{remains.stack}: no lock was removed: {refused.message}", err=True)


def _found(remains: Remains) -> str:
    return f"{_locked_by(remains.locks)}; {_spelled(remains.pending)}"


def _done(remains: Remains) -> str:
    removed = "removed the lock that there may have been" if remains.locks is None else "there was no lock"
    if remains.locks:
        removed = f"removed the lock of {_all(map(str, remains.locks))}"
    return f"{removed}; cleared {_spelled(remains.pending)}; refreshed the state"


def _locked_by(locks: Sequence[Lock] | None) -> str:
    if locks is None:
        return "this backend does not show whether another `pulumi` is at work"
    if not locks:
        return "not locked"
    states = {True: "which does not run any more", False: "which can not be looked for from here"}
    return "locked by " + _all(f"{lock}, {states[lock.is_seen]}" for lock in locks)


def _spelled(pending: Sequence[Mapping[str, Any]]) -> str:
    if not pending:
        return "no pending operation"
    return f"{len(pending)} pending: " + _all(f"{one['type']} {_name(one)}" for one in pending)


def _name(operation: Mapping[str, Any]) -> str:
    return str(operation["resource"]["urn"]).rpartition("::")[2]


def _all(parts: Any) -> str:
    return " and ".join(parts)
