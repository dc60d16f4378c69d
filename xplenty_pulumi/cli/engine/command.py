"""The `pulumi` command, for commands of ours that work on a project's stacks."""

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from xplenty_pulumi.cli.engine.locks import emptied
from xplenty_pulumi.errors import ConfigError, XplentyError
from xplenty_pulumi.redact import without_logins
from xplenty_pulumi.text import one_line

_CUT_OFF = "unexpected end of JSON input"
"""What the engine says of a file in its backend that is empty or cut off."""
_HALF_READ = re.compile(rf"(failed to load checkpoint|place \d+): .*(EOF|{_CUT_OFF})$", re.MULTILINE)
"""What it says of a state that is cut off, also while another `pulumi` writes it."""
_WRITING = 0.5
"""Seconds after which a state that is being written is asked for once more."""
_RULER = re.compile(r"={8,}")
"""What the engine frames a text with."""
_STACKS = re.compile(r"^(?:runtime stack:|goroutine \d+).*", re.DOTALL | re.MULTILINE)
"""What follows on the reason of a crash of the engine, as without memory."""
_PARALLEL = "64"
"""As many resources are worked on together, unless PULUMI_PARALLEL says otherwise."""
_QUIET = {"PULUMI_DIY_BACKEND_PARALLEL": "1", "GOGC": "400"}
"""What the engine is given for a short call, unless the user gives it.

The former is how many stacks a list reads together: on PostgreSQL it hangs where they are twice as many as the
machine's cores. With the latter the engine collects garbage less often while it starts, and is done a sixth sooner.
"""


@dataclass(frozen=True)
class Engine:
    """The `pulumi` command in the folder of a project, for one stack; an empty `stack` is the selected one."""

    command: str
    folder: Path
    stack: str

    @classmethod
    def on_path(cls, folder: Path, stack: str) -> "Engine":
        """Return the engine on PATH; raises ConfigError where there is none."""
        command = shutil.which("pulumi")
        if command is None:
            raise ConfigError(
                "there is no `pulumi` on PATH", advice="Put the one that works on this project on PATH, and run again"
            )
        return cls(command, folder, stack)

    def of(self, stack: str) -> "Engine":
        """Return the same engine for another stack."""
        return replace(self, stack=stack)

    def told(self, *arguments: str, given: str | None = None, limit: float | None = None) -> str:
        """Return what a quiet command prints, `given` as its input; `limit` is how many seconds it may take.

        Raises XplentyError with the engine's own words where it fails, and TimeoutExpired after its `limit`.
        """
        done = self._answered(arguments, given, limit)
        if done.returncode != 0 and _HALF_READ.search(done.stderr):
            time.sleep(_WRITING)
            done = self._answered(arguments, given, limit)
        if done.returncode != 0:
            raise XplentyError(f"`pulumi {arguments[0]}` failed: {self._reason(arguments[0], done)}")
        return done.stdout

    def _answered(
        self, arguments: tuple[str, ...], given: str | None, limit: float | None
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 - no shell, fixed words
            [*self._line(*arguments), "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env={**_QUIET, **os.environ},
            input=given,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=limit,
        )

    def _reason(self, command: str, done: "subprocess.CompletedProcess[str]") -> str:
        """Return the engine's own words for its failure, and which files are empty where it does not say which."""
        plain = _STACKS.sub("", _RULER.sub("", done.stderr or done.stdout))
        words = without_logins(one_line(plain).removeprefix("error: "))
        if _CUT_OFF not in words or command == "whoami":
            return words
        backend = json.loads(self.told("whoami", "--json"))["url"]
        files = " and ".join(map(str, emptied(backend, folder=self.folder)))
        advice = "`xplenty-pulumi recover --stack NAME` says how to repair it"
        return f"{words}; empty, as a full disk leaves it: {files}. {advice}" if files else words

    def removed(self, selected: str) -> None:
        """Remove the stack; `pulumi stack rm` forgets which one the user has `selected`, so that is selected again."""
        self.told("stack", "rm", "--yes")
        if selected not in ("", self.stack):
            self.of("").told("stack", "select", selected)

    def shown(self, *arguments: str) -> bool:
        """Run a command that prints for itself, and return whether it succeeded.

        Ctrl-C is left to the engine, which reaches an end of its own and keeps its state; so is SIGTERM. After that
        KeyboardInterrupt is raised, so that nobody goes on with what was to come next.
        """
        environment = {"PULUMI_PARALLEL": _PARALLEL, **os.environ}
        process = subprocess.Popen(self._line(*arguments), cwd=self.folder, env=environment)  # noqa: S603 - no shell, fixed words
        with process, _signals_left_to(process) as received:
            succeeded = process.wait() == 0
        if received:
            raise KeyboardInterrupt
        return succeeded

    def _line(self, *arguments: str) -> list[str]:
        named = bool(self.stack) and arguments[0] != "whoami"
        return [self.command, *arguments, *(["--stack", self.stack] if named else [])]


@contextmanager
def _signals_left_to(process: "subprocess.Popen[bytes]") -> Iterator[list[int]]:
    """Outlive what is meant for the process: a terminal sends Ctrl-C to both, a CI system SIGTERM to this one alone.

    Gives a list of the signals that have come.
    """
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received
        return

    def hand_on(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if number == signal.SIGTERM:
            process.terminate()

    before = {number: signal.signal(number, hand_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
