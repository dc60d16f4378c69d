"""Running a command for each event: one after the other, never through a shell, and none of them for ever."""

import os
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from xplenty_pulumi.cli.listen.queue import EventQueue
from xplenty_pulumi.cli.listen.requests import Notice

SALT_VARIABLE = "XPLENTY_HOOK_SALT"
_POLITE = 5.0


class Commands:
    """Runs `command` for each event of the `queue` from `start` to `stop`; `timeout` is in seconds for each.

    The notice is in environment variables, its body on standard input. An event leaves the queue when its command has
    ended by itself or was ended for taking too long. `failed` is told in one line what went wrong.
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
                _signal(self._running, signal.SIGTERM)
        self.queue.wake()
        self._thread.join(_POLITE)
        with self._lock:
            if self._running is not None:
                _signal(self._running, signal.SIGKILL)
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


def _end(process: "subprocess.Popen[bytes]") -> None:
    _signal(process, signal.SIGTERM)
    try:
        process.communicate(timeout=_POLITE)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        process.communicate()


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
