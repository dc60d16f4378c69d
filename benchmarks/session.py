"""All processes of a session: the engine and whatever it has started, orphans included (Linux only)."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def end_session(leader: int) -> None:
    """End every process of the session that the process `leader` began, each by its number."""
    for pid in list(_members(leader)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _members(leader: int) -> Iterator[int]:
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and _session_of(folder) == leader:
            yield int(folder.name)


def _session_of(folder: Path) -> int:
    """The session of a living process; 0 for one that has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        state, _, _, session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
        return 0 if state in "ZX" else int(session)
    return 0
