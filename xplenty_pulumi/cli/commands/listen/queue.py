"""Events that wait for their command, kept in a file, and the commands: one after the other, and none of them for ever.

What was accepted outlives the process, however that ends.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

from xplenty_pulumi.cli.commands.listen.requests import Notice
from xplenty_pulumi.errors import ConfigError

MOST_WAITING = 100
SALT_VARIABLE = "XPLENTY_HOOK_SALT"
_POLITE = 5.0
_TAKEN_ALONE = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA synchronous = FULL;
BEGIN EXCLUSIVE;
CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY AUTOINCREMENT, said TEXT NOT NULL, body BLOB NOT NULL);
COMMIT;
"""
"""Takes the file for this process alone, which a crash undoes, and has each commit written to the disk."""
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
            self._kept.executescript(_TAKEN_ALONE)
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

    def _count(self) -> int:
        (number,) = self._kept.execute("SELECT count(*) FROM events WHERE number != ?", (self._under_way,)).fetchone()
        return int(number)


class Commands:
    """Runs `command`, never through a shell, for each event of the `queue`; `timeout` is in seconds for each.

    The notice is in environment variables, its body on standard input. An event leaves the queue when its command has
    ended by itself or was ended for taking too long. `failed` gets a line that says what went wrong.
    """

    def __init__(
        self, command: Sequence[str], queue: EventQueue, *, timeout: float, failed: Callable[[str], object]
    ) -> None:
        self._command = list(command)
        self.queue = queue
        self._timeout = timeout
        self._failed = failed
        self._stopping = threading.Event()
        self._running: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="xplenty-commands", daemon=True)

    def start(self) -> None:
        """Return at once; from now on what waits is run."""
        self._thread.start()

    def stop(self) -> None:
        """End the command under way, within five seconds; its event and those that wait stay in the queue."""
        with self._lock:
            self._stopping.set()
            if self._running is not None:
                _stop(self._running, at_once=False)
        self.queue.wake()
        self._thread.join(_POLITE)
        with self._lock:
            if self._running is not None:
                _stop(self._running, at_once=True)
        self._thread.join()

    def _work(self) -> None:
        try:
            while (notice := self.queue.next()) is not None:
                self.queue.settle(is_done=self._is_done(notice))
        except (ValueError, sqlite3.Error) as problem:
            self._failed(f"no command is run any more: {self.queue.file} cannot be read: {problem}")

    def _is_done(self, notice: Notice) -> bool:
        """Run the command, and return whether that is all that becomes of the event."""
        try:
            process = self._begun(notice)
        except (OSError, ValueError) as problem:
            self._failed(f"{notice.line()}: the command could not be run: {type(problem).__name__}")
            return True
        if process is None:
            return False
        ending = self._ended(process, notice.body)
        self._running = None
        if ending and not self._stopping.is_set():
            self._failed(f"{notice.line()}: the command {ending}")
        return not (ending and self._stopping.is_set())

    def _begun(self, notice: Notice) -> "subprocess.Popen[bytes] | None":
        own = {name: text for name, text in os.environ.items() if name != SALT_VARIABLE}
        with self._lock:
            if self._stopping.is_set():
                return None
            # A session of its own, so that it can be ended with all that it has started.
            self._running = subprocess.Popen(  # noqa: S603 - no shell, the user's own words
                self._command, stdin=subprocess.PIPE, env={**own, **notice.variables()}, start_new_session=True
            )
            return self._running

    def _ended(self, process: "subprocess.Popen[bytes]", body: bytes) -> str:
        """Wait for the command's end and return what was wrong with it, or an empty text."""
        try:
            process.communicate(body, timeout=self._timeout)
        except subprocess.TimeoutExpired:
            _end(process)
            return f"was ended after {self._timeout:g} seconds"
        return f"ended with exit code {process.returncode}" if process.returncode else ""


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


def _end(process: "subprocess.Popen[bytes]") -> None:
    _stop(process, at_once=False)
    try:
        process.communicate(timeout=_POLITE)
    except subprocess.TimeoutExpired:
        _stop(process, at_once=True)
        process.communicate()


def _stop(process: "subprocess.Popen[bytes]", *, at_once: bool) -> None:
    """End the command with all that it has started; on Windows always at once, because it asks no process to end."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        tree = ["taskkill", "/t", "/f", "/pid", str(process.pid)]
        subprocess.run(tree, capture_output=True, check=False)  # noqa: S603 - fixed words, a program of the system
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL if at_once else signal.SIGTERM)
