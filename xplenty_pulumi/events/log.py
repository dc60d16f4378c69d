"""The file of events, written to by several processes and threads at once."""

import json
import os
import threading
from collections.abc import Callable, Mapping

_MODE = 0o600
_WHERE_KNOWN = ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
"""The first makes a pipe that nobody reads an error instead of a wait; the last keeps line ends as they are."""
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | sum(getattr(os, name, 0) for name in _WHERE_KNOWN)


class EventFile:
    """A file with one JSON object per line; thread-safe, and safe beside other processes.

    Each line is one write at the end of the file. What cannot be written is lost, which `warn` is told once.
    """

    def __init__(self, path: str, warn: Callable[[str], None]) -> None:
        self._path, self._warn = path, warn
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._is_cut = self._has_warned = False

    def write(self, event: Mapping[str, object]) -> None:
        """Append the event; never raises."""
        line = f"{json.dumps(event, ensure_ascii=True)}\n".encode()
        try:
            with self._lock:
                self._append(line)
        except OSError as problem:
            self._complain(problem.strerror or type(problem).__name__)
        except ValueError as problem:  # a path with a null character
            self._complain(str(problem))

    def _append(self, line: bytes) -> None:
        """Append the line; after one that was cut, such as on a full disk, begin a new line first."""
        if self._descriptor is None:
            self._descriptor = os.open(self._path, _FLAGS, _MODE)
        whole = b"\n" + line if self._is_cut else line
        written = os.write(self._descriptor, whole)
        self._is_cut = written < len(whole) if written else self._is_cut
        if written < len(whole):
            raise OSError(0, "the line was not written whole")

    def _complain(self, why: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            self._warn(f"the events cannot be written to {self._path}: {why}. Everything else goes on")
