"""The `pulumi` command, for commands of ours that work on a project's stacks."""

import json
import os
import re
import shutil
import signal
import subprocess
import threading
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
_RULER = re.compile(r"={8,}")
"""What the engine frames a text with."""
_PARALLEL = "64"
"""As many resources are worked on together, unless PULUMI_PARALLEL says otherwise."""


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
        command = [*self._line(*arguments), "--non-interactive", "--color", "never"]
        done = subprocess.run(  # noqa: S603 - no shell, fixed words
            command,
            cwd=self.folder,
            input=given,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=limit,
        )
        if done.returncode != 0:
            words = without_logins(one_line(_RULER.sub("", done.stderr or done.stdout)).removeprefix("error: "))
            if _CUT_OFF in words and arguments[0] != "whoami":
                # It fails on an empty file of any stack, and does not say which.
                backend = json.loads(self.told("whoami", "--json"))["url"]
                if files := " and ".join(map(str, emptied(backend, folder=self.folder))):
                    advice = "`xplenty-pulumi recover --stack NAME` says how to repair it"
                    words += f"; empty, as a full disk leaves it: {files}. {advice}"
            raise XplentyError(f"`pulumi {arguments[0]}` failed: {words}")
        return done.stdout

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
