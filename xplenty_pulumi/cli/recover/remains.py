"""What a killed `pulumi` has left of its stack: a lock, pending operations, or a state file that is empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.locks import Lock, locks_of, state_folder
from xplenty_pulumi.cli.engine.snapshot import Snapshot, advised
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.marker import Marker, marker_of
from xplenty_pulumi.dynamic.state import OWNER, kind_of, owner_of
from xplenty_pulumi.errors import RefusedError, XplentyError


@dataclass(frozen=True)
class Remains:
    """What is left of a killed run. `locks` is None where the backend does not show them.

    `written` is the moment at which the stack's state was last written, None where it does not say.
    """

    stack: str
    locks: tuple[Lock, ...] | None
    pending: tuple[Mapping[str, Any], ...]
    written: datetime | None = None

    def __bool__(self) -> bool:
        return self.locks is None or bool(self.locks or self.pending)

    @property
    def last_sign(self) -> datetime | None:
        """The latest moment at which the killed run is known to have lived, None where nothing tells."""
        moments = [self.written, *(_moment(lock.timestamp) for lock in self.locks or ())]
        return max((one for one in moments if one is not None), default=None)

    @property
    def creates_ours(self) -> bool:
        """Whether a resource of Xplenty was being created, so that it may exist or come to exist."""
        return any(one["type"] == "creating" and kind_of(one["resource"]) for one in self.pending)

    @property
    def began(self) -> datetime | None:
        """The moment at which the killed run began, as its lock tells; None where there is none to be seen."""
        moments = [_moment(lock.timestamp) for lock in self.locks or ()]
        return min((one for one in moments if one is not None), default=None)

    def owners(self) -> tuple[Marker, ...]:
        """Return what the markers of each resource of Xplenty share that was being created."""
        creates = [one["resource"].get("inputs") or {} for one in self.pending if one["type"] == "creating"]
        return tuple(marker_of(owner_of(inputs)) for inputs in creates if OWNER in inputs)

    def foreign(self) -> str:
        """Return a warning about what was being created and is none of ours, or an empty text."""
        theirs = [one for one in self.pending if one["type"] == "creating" and not kind_of(one["resource"])]
        if not theirs:
            return ""
        names = ", ".join(f"{name_of(one)} ({one['resource']['type']})" for one in theirs)
        return f" Not of Xplenty, so that no `pulumi up` finds what may exist of it: {names}. Look for it yourself."


def remains_of(snapshot: Snapshot, stack: str = "") -> Remains:
    """Return what is left of a killed run on the stack of this full name, the engine's if none is named.

    Raises:
        ConfigError: that cannot be told.
        RefusedError: the state cannot be read, since its file is empty.
    """
    with advised("Name the stack with --stack and the project's folder with --cwd; nothing was changed"):
        name, backend, folder = stack or snapshot.full_name(), snapshot.backend(), snapshot.engine.folder
        _refuse_empty_state(name, state_folder(backend, folder=folder))
        deployment = snapshot.deployment(name)
    pending = deployment.get("pending_operations") or ()
    written = _moment((deployment.get("manifest") or {}).get("time"))
    return Remains(name, locks_of(name, backend, folder=folder), tuple(pending), written)


def refuse_while_held(remains: Remains) -> None:
    """Raise RefusedError while a process that lives on this machine holds the stack's lock."""
    for lock in remains.locks or ():
        if lock.is_held:
            raise RefusedError(
                f"it is locked by {lock}, which still runs on this machine; nothing was changed",
                resource=remains.stack,
                advice="Wait until it ends, or end it with Ctrl-C; then run `xplenty-pulumi recover` if it left a lock",
            )


def remove_locks(engine: Engine, remains: Remains, screen: Screen) -> None:
    """Remove the locks there are, or where the backend does not show them, the one there may be."""
    if remains.locks is not None:
        if remains.locks:
            engine.told("cancel", "--yes")
        return
    try:
        engine.told("cancel", "--yes")
    except XplentyError as refused:  # such a backend refuses where nothing is locked
        screen.warn(f"{remains.stack}: no lock was removed: {refused.message}")


def spelled(pending: Sequence[Mapping[str, Any]]) -> str:
    """Return how many operations are pending, and which."""
    if not pending:
        return "no pending operation"
    return f"{len(pending)} pending: " + " and ".join(f"{one['type']} {name_of(one)}" for one in pending)


def name_of(operation: Mapping[str, Any]) -> str:
    """Return the name of the resource that a pending operation is about."""
    return str(operation["resource"]["urn"]).rpartition("::")[2]


def _refuse_empty_state(stack: str, root: Path | None) -> None:
    """Raise RefusedError where the stack's file is empty, which a full disk leaves and no engine can read."""
    if root is None:
        return
    _, _, project_and_name = stack.partition("/")
    file = root / "stacks" / f"{project_and_name}.json"
    backup = file.with_name(f"{file.name}.bak")
    if not file.is_file() or file.stat().st_size:
        return
    has_backup = backup.is_file() and backup.stat().st_size
    state = f"copy {backup}, the state before the last write," if has_backup else "copy a backup of your own"
    raise RefusedError(
        f"its state file {file} is empty, as a full disk leaves it; nothing was changed",
        resource=stack,
        advice=f"Make room on the disk, {state} over it, and run `xplenty-pulumi recover` again",
    )


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
