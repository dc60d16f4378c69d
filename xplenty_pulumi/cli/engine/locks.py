"""The engine's locks, as a backend in files keeps them, and whether the process that holds one still runs."""

import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from xplenty_pulumi.errors import RefusedError

_DRIVE = re.compile(r"^/+(?=[A-Za-z]:)")
"""What stands before the drive in an address of a folder on Windows, such as file:///C:/states."""


@dataclass(frozen=True)
class Lock:
    """A lock as the engine writes it down: which process holds it, on which host, since when."""

    pid: int
    username: str
    hostname: str
    timestamp: str

    @classmethod
    def read(cls, text: str, *, stack: str) -> "Lock":
        """Return the lock that a lock file of the stack holds; raises RefusedError where it makes no sense."""
        try:
            found = json.loads(text)
            return cls(int(found["pid"]), *(str(found[name]) for name in ("username", "hostname", "timestamp")))
        except (ValueError, KeyError, TypeError):
            raise RefusedError(
                "it is locked, and the lock does not say by whom, as a full disk leaves it; nothing was changed",
                resource=stack,
                advice="When you know that no `pulumi` is at work on this stack, make room where the disk is full, run "
                f"`pulumi cancel --stack {stack}`, then this again",
            ) from None

    def __str__(self) -> str:
        return f"{self.username}@{self.hostname} (pid {self.pid}, since {self.timestamp[:19]} UTC)"

    @property
    def is_seen(self) -> bool:
        """Whether this machine shows if the process still runs."""
        return self.hostname == socket.gethostname() and _command_of(self.pid) is not None

    @property
    def is_held(self) -> bool:
        """Whether the process still runs here; another program under its number is not it."""
        return self.is_seen and "pulumi" in (_command_of(self.pid) or "")


def locks_of(stack: str, backend: str, *, folder: Path) -> tuple[Lock, ...] | None:
    """Return the locks of a stack (its full name), or None where `backend` (a URL) does not keep them in files."""
    root = state_folder(backend, folder=folder)
    if root is None:
        return None
    found = []
    for file in lock_files(root, stack):
        with suppress(FileNotFoundError):  # it was removed meanwhile
            found.append(Lock.read(file.read_text(encoding="utf-8", errors="replace"), stack=stack))
    return tuple(found)


def refuse_while_held(stack: str, locks: Iterable[Lock] | None) -> None:
    """Raise RefusedError while a process that lives on this machine holds one of the stack's locks."""
    for lock in locks or ():
        if lock.is_held:
            raise RefusedError(
                f"it is locked by {lock}, which still runs on this machine; nothing was changed",
                resource=stack,
                advice="Wait until it ends, or end it with Ctrl-C; then run `xplenty-pulumi recover` if it left a lock",
            )


def lock_files(root: Path, stack: str) -> list[Path]:
    """Return what the engine takes for locks of a stack: all files, one that is half written too, but no attributes."""
    return [file for file in sorted((root / "locks" / stack).glob("*")) if file.suffix != ".attrs"]


def state_folder(backend: str, *, folder: Path) -> Path | None:
    """Return where `backend` (a URL) keeps its stacks, for a project in `folder`; None where that is no folder."""
    if not backend.startswith("file://"):
        return None
    path = _DRIVE.sub("", backend.removeprefix("file://").partition("?")[0])
    root = folder / Path(path).expanduser() / ".pulumi"
    return root if root.is_dir() else None


def emptied(backend: str, *, folder: Path) -> tuple[Path, ...]:
    """Return the states and locks in a backend that are empty; none where its files are not on this machine."""
    root = state_folder(backend, folder=folder)
    if root is None:
        return ()
    states, locks = (root / "stacks").rglob("*.json"), (root / "locks").rglob("*.json*")
    return tuple(file for file in sorted([*states, *locks]) if file.is_file() and not file.stat().st_size)


def _command_of(pid: int) -> str | None:
    """The name of a running process, an empty text where there is none, or None where that is not known."""
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
        name, _, rest = stat.partition("(")[2].rpartition(")")
        return "" if rest.split()[0] in "ZX" else name
    return _command_by_ps(pid)


def _command_by_ps(pid: int) -> str | None:
    # On Windows one that came with other programs knows no process of the system.
    ps = None if sys.platform == "win32" else shutil.which("ps")
    if ps is None:
        return None
    command = [ps, "-p", str(pid), "-o", "state=,comm="]
    shown = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)  # noqa: S603 - no shell, fixed words
    if shown.stderr.strip():
        return None
    state, _, name = shown.stdout.strip().partition(" ")
    return "" if state[:1] in ("", "Z") else name.strip()
