"""The sockets that this process has open, so that a file of tests can be asked whether it has closed its own."""

import time
from contextlib import suppress
from pathlib import Path

_DESCRIPTORS = Path("/proc/self/fd")
_TABLES = ("tcp", "tcp6")
PATIENCE = 5.0
"""Seconds that threads of a server have to close what they serve."""


def open_sockets() -> frozenset[str]:
    """Return a name for each TCP socket of this process; none where the machine does not tell."""
    if not _DESCRIPTORS.is_dir():
        return frozenset()
    held = set[str]()
    for descriptor in _DESCRIPTORS.iterdir():
        with suppress(OSError):  # closed meanwhile
            held.add(str(descriptor.readlink()))
    return frozenset(name for inode, name in _of_this_machine().items() if f"socket:[{inode}]" in held)


def left_open(before: frozenset[str]) -> list[str]:
    """Return the sockets that are open, were not before, and do not close within some seconds.

    Nothing is collected meanwhile: a socket that only the garbage collector closes is one that was left open.
    """
    deadline = time.monotonic() + PATIENCE
    while (left := open_sockets() - before) and time.monotonic() < deadline:
        time.sleep(0.02)
    return sorted(left)


def _of_this_machine() -> dict[str, str]:
    """Return each TCP socket by its inode, named by its two ends."""
    found = {}
    for table in _TABLES:
        for row in Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]:
            cells = row.split()
            found[cells[9]] = f"{_end(cells[1])} to {_end(cells[2])}, inode {cells[9]}"
    return found


def _end(cell: str) -> str:
    return f"port {int(cell.rpartition(':')[2], 16)}"
