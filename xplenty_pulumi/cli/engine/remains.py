"""What a killed `pulumi` has left of its stack: a lock, pending operations, or a state file that is empty.

What it had sent may arrive later still, so that is waited for here too.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.locks import Lock, lock_files, locks_of, refuse_while_held, state_folder
from xplenty_pulumi.cli.engine.snapshot import Snapshot, advised, moment
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.marker import Marker, marker_of, name_in
from xplenty_pulumi.dynamic.state import OWNER, kind_of, owner_of
from xplenty_pulumi.errors import RefusedError, XplentyError
from xplenty_pulumi.text import duration

LATEST = 120.0
"""Seconds after which a call that was under way at the end of its process has arrived or never does."""
OUTLIVES = 2.0
"""Seconds for which a provider may outlive its engine and begin one more call."""
_HEARTBEAT = 15.0


@dataclass(frozen=True)
class Remains:
    """What is left of a killed run. `locks` is None where the backend does not show them.

    `written` is the moment at which the engine last wrote the state, `touched` that at which the file of the state or
    of a lock last changed. Each is None where the backend does not say.
    """

    stack: str
    locks: tuple[Lock, ...] | None
    pending: tuple[Mapping[str, Any], ...]
    written: datetime | None = None
    touched: datetime | None = None

    def __bool__(self) -> bool:
        return self.locks is None or bool(self.locks or self.pending)

    @property
    def last_sign(self) -> datetime | None:
        """The latest moment at which the killed run is known to have lived, None where nothing shows it."""
        return max(_known([self.written, self.touched, *self._locked]), default=None)

    @property
    def began(self) -> datetime | None:
        """The moment at which the killed run began, as its lock says; None where there is none to be read."""
        return min(_known(self._locked), default=None)

    @property
    def creates_ours(self) -> bool:
        """Whether a resource of Xplenty was being created, so that it may exist or come to exist."""
        return any(kind_of(one["resource"]) for one in self._creates)

    @property
    def _creates(self) -> list[Mapping[str, Any]]:
        return [one for one in self.pending if one["type"] == "creating"]

    @property
    def _locked(self) -> list[datetime | None]:
        return [moment(lock.timestamp) for lock in self.locks or ()]

    def owners(self) -> tuple[Marker, ...]:
        """Return what the markers of each resource of Xplenty share that was being created."""
        creates = [one["resource"].get("inputs") or {} for one in self._creates]
        return tuple(marker_of(owner_of(inputs)) for inputs in creates if OWNER in inputs)

    def outlook(self) -> str:
        """Return what the next `pulumi up` does about what was pending, as the end of a sentence that says to run it.

        Whether a deletion was one of a destroy is not known: then an `up` creates anew what was deleted.
        """
        made, changed, ended = (self._kinds(doing) for doing in ("creating", "updating", "deleting"))
        told = [f"finds by its marker a {one.name} that the killed run had created" for one in made if one.signed]
        told += [f"adopts a {one.name} run that it had started" for one in made if not one.signed]
        for one in changed:
            told.append(f"changes a {one.name} to what is declared")
            told += [f"repeats its {noun} where that is wanted" for noun in one.follow_ups.values()]
        told += [f"goes on with the end of a {one.name} that was replaced or is no longer declared" for one in ended]
        told += ["creates nothing twice"] if made else []
        does = f": it {', '.join(told[:-1])}{' and ' if told[1:] else ''}{told[-1]}" if told else ""
        again = ", and creates what it declares. If a `pulumi destroy` was killed, run that again instead"
        return does + (again if ended and not made else "")

    def _kinds(self, doing: str) -> list[Kind]:
        """The kinds of Xplenty whose resources the operations of this type are about, each once."""
        kinds = [kind_of(one["resource"]) for one in self.pending if one["type"] == doing]
        return list({kind.name: kind for kind in kinds if kind}.values())

    def foreign(self) -> str:
        """Return a warning about what was being created and is none of ours, or an empty text."""
        theirs = [one for one in self._creates if not kind_of(one["resource"])]
        if not theirs:
            return ""
        names = ", ".join(f"{_name_of(one)} ({one['resource']['type']})" for one in theirs)
        return f" Not of Xplenty, so that no `pulumi up` finds what may exist of it: {names}. Look for it yourself."


def remains_of(snapshot: Snapshot, stack: str = "") -> Remains:
    """Return what is left of a killed run on the stack of this full name, the engine's if none is named.

    Raises:
        ConfigError: the engine does not say.
        RefusedError: the state cannot be read, since its file is empty.
    """
    with advised("Name the stack with --stack and the project's folder with --cwd; nothing was changed"):
        name, backend, folder = stack or snapshot.full_name(), snapshot.backend(), snapshot.engine.folder
        root = state_folder(backend, folder=folder)
        file = root / "stacks" / f"{name.partition('/')[2]}.json" if root else None
        _refuse_empty(file, name)
        deployment = snapshot.deployment(name)
    files = [file, *lock_files(root, name)] if root and file else []
    return Remains(
        name,
        locks_of(name, backend, folder=folder),
        tuple(deployment.get("pending_operations") or ()),
        written=moment((deployment.get("manifest") or {}).get("time")),
        touched=_last_written(files),
    )


def refuse_while_locked(remains: Remains) -> None:
    """Raise RefusedError where a `pulumi` is at work on the stack, or has left its lock."""
    refuse_while_held(remains.stack, remains.locks)
    if remains.locks:
        raise RefusedError(
            f"it is locked by {' and '.join(map(str, remains.locks))}; nothing was changed",
            resource=remains.stack,
            advice="Wait until that `pulumi` ends; if it was killed, run `xplenty-pulumi recover`, then this again",
        )


def require_unchanged(engine: Engine, stack: str, *, locks: tuple[Lock, ...], written: datetime | None) -> None:
    """Return if locks and state are as they were; RefusedError where a `pulumi` is or has been at work meanwhile."""
    now = remains_of(Snapshot(engine), stack)
    if (now.locks or (), now.written) != (locks, written):
        raise _at_work(stack)


def require_emptied(engine: Engine, stack: str) -> None:
    """Return if a destroyed stack is still empty; RefusedError where a `pulumi` is or has been at work since."""
    now = Snapshot(engine)
    if remains_of(now, stack).locks or now.resources(stack):
        raise _at_work(stack)


def _at_work(stack: str) -> RefusedError:
    return RefusedError(
        "a `pulumi` is at work on it, or has been since it was looked at; nothing more was changed",
        resource=stack,
        advice="Wait until it ends, and run the same command again, which looks anew",
    )


def remove_locks(engine: Engine, remains: Remains, warn: Callable[[str], None]) -> None:
    """Remove the locks there are, or where the backend does not show them, the one there may be."""
    if remains.locks == ():
        return
    try:
        engine.told("cancel", "--yes")
    except XplentyError as refused:
        if remains.locks:
            raise
        warn(f"{remains.stack}: no lock was removed: {refused.message}")  # the backend refuses where nothing is locked


def spelled(pending: Sequence[Mapping[str, Any]]) -> str:
    """Return how many operations are pending, and which."""
    if not pending:
        return "no pending operation"
    return f"{len(pending)} pending: " + " and ".join(f"{one['type']} {_name_of(one)}" for one in pending)


def _name_of(operation: Mapping[str, Any]) -> str:
    return name_in(str(operation["resource"]["urn"]))


def wait_for_late_calls(remains: Remains, clock: Clock, say: Callable[[str], None]) -> None:
    """Return once nothing that the killed run has sent can arrive any more, and say so at once and every 15 seconds.

    That is 122 seconds after the last sign of it. A moment that lies ahead, as on a machine whose clock is wrong,
    makes the wait no longer.
    """
    longest, last_sign = LATEST + OUTLIVES, remains.last_sign
    left = longest if last_sign is None else min(longest, longest - (clock.now() - last_sign).total_seconds())
    if left <= 0:
        return
    end = clock.monotonic() + left
    who = "if its `pulumi` was killed, what that one" if remains.locks is None else "what the killed `pulumi`"
    say(
        f"{remains.stack}: {who} had sent may still arrive: waiting {duration(left)}, until "
        f"{duration(longest)} after the state or a lock was last written (--no-wait goes on at once)"
    )
    while (left := end - clock.monotonic()) > 0:
        clock.sleep(min(left, _HEARTBEAT))
        if (left := end - clock.monotonic()) > 0:
            say(f"{remains.stack}: waiting {duration(left)} more")


def _known(moments: Iterable[datetime | None]) -> list[datetime]:
    return [one for one in moments if one is not None]


def _last_written(files: Iterable[Path]) -> datetime | None:
    """When the last of the files was written that are still there; None where there is none."""
    written = []
    for file in files:
        with suppress(FileNotFoundError):
            written.append(datetime.fromtimestamp(file.stat().st_mtime, UTC))
    return max(written, default=None)


def _refuse_empty(file: Path | None, stack: str) -> None:
    """Raise RefusedError where the stack's file is empty, which a full disk leaves and no engine can read."""
    if file is None or not file.is_file() or file.stat().st_size:
        return
    backup = file.with_name(f"{file.name}.bak")
    has_backup = backup.is_file() and backup.stat().st_size
    state = f"copy {backup}, the state before the last write," if has_backup else "copy a backup of your own"
    raise RefusedError(
        f"its state file {file} is empty, as a full disk leaves it; nothing was changed",
        resource=stack,
        advice=f"Make room on the disk, {state} over it, and run `xplenty-pulumi recover` again",
    )
