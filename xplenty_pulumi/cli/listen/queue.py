"""Events that wait for their command, kept in a file: what was accepted outlives the process, however that ends."""

import json
import os
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import fields
from pathlib import Path

from xplenty_pulumi.cli.listen.requests import Notice
from xplenty_pulumi.errors import ConfigError

MOST_WAITING = 100
_TABLE = """CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, said TEXT NOT NULL, body BLOB NOT NULL
)"""
_FIRST = "SELECT number, said, body FROM events ORDER BY number LIMIT 1"
_FIELDS = frozenset(one.name for one in fields(Notice)) - {"body"}


def usual_file(environment: Mapping[str, str], host: str, port: int) -> Path:
    """Return the file of the listener at this address: in XDG_STATE_HOME, or in ~/.local/state."""
    base = Path(environment.get("XDG_STATE_HOME", ""))
    folder = (base if base.is_absolute() else Path.home() / ".local" / "state") / "xplenty-pulumi"
    return folder / f"listen-{host.replace(':', '_')}-{port}.db"


class EventQueue:
    """First in, first out, for one process at a time; only its user may read the file.

    Raises:
        ConfigError: the file cannot be used, or another process uses it.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._changed = threading.Condition()
        self._under_way = 0
        self._is_closed = False
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
            before = file.stat().st_ino
            self._kept = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as problem:
            raise _unusable(file, problem) from None
        try:
            self._begin()
            if file.stat().st_ino != before:
                raise sqlite3.OperationalError("locked")
        except (OSError, sqlite3.Error) as problem:
            self._kept.close()
            raise _unusable(file, problem) from None

    def waiting(self) -> int:
        """Return how many events wait, without the one whose command is under way."""
        with self._changed:
            return self._count()

    def put(self, notice: Notice) -> str:
        """Keep an event and return an empty text, or why it is not kept; what is kept is on the disk."""
        with self._changed:
            if self._is_closed:
                return "the listener is ending"
            try:
                if self._count() >= MOST_WAITING:
                    return "too many events are waiting"
                self._kept.execute("INSERT INTO events (said, body) VALUES (?, ?)", (_said(notice), notice.body))
            except sqlite3.Error as problem:
                return f"it cannot be kept: {problem}"
            self._changed.notify_all()
        return ""

    def next(self) -> Notice | None:
        """Return the first event, which stays in the file, as soon as there is one; None once it is closed."""
        with self._changed:
            while not self._is_closed:
                if found := self._kept.execute(_FIRST).fetchone():
                    self._under_way, said, body = found
                    return _notice(said, body)
                self._changed.wait()
        return None

    def settle(self, *, is_done: bool) -> None:
        """Take the event that `next` returned last out of the file, or let it wait again where it is not done."""
        with self._changed:
            if is_done:
                self._kept.execute("DELETE FROM events WHERE number = ?", (self._under_way,))
            self._under_way = 0

    def wake(self) -> None:
        """Let `next` return None and `put` refuse from now on."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def close(self) -> None:
        """Let go of the file, which goes where nothing is in it."""
        with self._changed, suppress(OSError, sqlite3.Error):
            if not self._count():
                self.file.unlink()
        self._kept.close()

    def _begin(self) -> None:
        """Take the file for this process alone, which a crash undoes, and have each commit written to the disk."""
        with closing(self._kept.cursor()) as cursor:
            cursor.execute("PRAGMA locking_mode = EXCLUSIVE")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("BEGIN EXCLUSIVE")
            cursor.execute(_TABLE)
            cursor.execute("COMMIT")

    def _count(self) -> int:
        (number,) = self._kept.execute("SELECT count(*) FROM events WHERE number != ?", (self._under_way,)).fetchone()
        return int(number)


def _said(notice: Notice) -> str:
    return json.dumps({name: getattr(notice, name) for name in _FIELDS})


def _notice(said: str, body: bytes) -> Notice:
    return Notice(**{name: text for name, text in json.loads(said).items() if name in _FIELDS}, body=body)


def _unusable(file: Path, problem: Exception) -> ConfigError:
    is_taken = isinstance(problem, sqlite3.OperationalError) and "locked" in str(problem)
    reason = "another process uses it" if is_taken else getattr(problem, "strerror", None) or problem
    return ConfigError(
        f"the file of waiting events {file} cannot be used: {reason}; nothing was changed",
        setting="queue",
        advice="Name another one with --queue",
    )
