"""A command of the engine as processes that can be hit: the engine, the provider process, and the orphans of both."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.engine.interpreter import interpreter_in
from tests.support.engine.ran import LONGEST, Ran, eventually
from tests.support.engine.workspace import Workspace

_PROC = Path("/proc")
HEARD = "received; cancelling"
"""What the engine prints of a first signal."""


class EngineProcess:
    """A `pulumi` command at work, in a session of its own, to which all processes that it starts belong."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: Path, *, has_bridge: bool = True) -> None:
        self._process, self._output, self._has_bridge = process, output, has_bridge

    def kill(self) -> None:
        """End the engine at once, as `kill -9` does; its provider process lives on."""
        self._process.kill()
        self._process.wait()

    def kill_engine(self) -> None:
        """End the engine at once where it is one of several processes, begun by a command of ours."""
        os.kill(eventually(lambda: next((pid for pid in self._members() if _is_engine(pid)), None)), signal.SIGKILL)

    def kill_provider(self) -> None:
        """End the provider process at once; the engine lives on."""
        os.kill(self.provider(), signal.SIGKILL)

    def provider(self) -> int:
        """Return the number of the provider process: the Python one, not the shell that started it."""
        return eventually(lambda: next((pid for pid in self._members() if _is_provider(pid)), None))

    def is_without(self, pid: int) -> None:
        """Wait until this process of it is there no more."""
        eventually(lambda: pid not in self._members() or None)

    def signal(self, name: signal.Signals) -> None:
        """Send a signal to the engine alone, as a terminal or a CI system would."""
        self._process.send_signal(name)

    def says(self, text: str, *, times: int = 1) -> None:
        """Wait until the engine has printed `text` that often."""
        eventually(lambda: self.printed().count(text) >= times or None)

    def printed(self) -> str:
        """Return all that was printed so far."""
        return self._output.read_text()

    def ended(self) -> Ran:
        """Wait for its end and return what it came to."""
        return Ran(self._process.wait(timeout=LONGEST), self.printed(), self._has_bridge)

    def clean_up(self) -> None:
        """End whatever is left of it, by number: orphans keep the session of the engine that started them."""
        if self._process.poll() is None:
            self.kill()
        for pid in self._members():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: not list(self._members()) or None)

    def _members(self) -> Iterator[int]:
        for folder in _PROC.iterdir():
            if folder.name.isdigit() and _session_of(folder) == self._process.pid:
                yield int(folder.name)


@contextmanager
def engine(workspace: Workspace, *arguments: str) -> Iterator[EngineProcess]:
    """Run `pulumi` beside the test, and leave no process of it behind."""
    command = ["pulumi", *arguments, "--yes", "--skip-preview", "--non-interactive", "--color", "never"]
    with beside(workspace, command) as running:
        yield running


@contextmanager
def beside(workspace: Workspace, command: Sequence[str]) -> Iterator[EngineProcess]:
    """Run a command beside the test, in processes that can be killed, and leave none of them behind."""
    output = Path(tempfile.mkdtemp(prefix="begun-", dir=workspace.top)) / "output"
    started = str(interpreter_in(workspace.top, is_prepared=False))
    with output.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=workspace.folder,
            env={**workspace.environment, "PULUMI_PYTHON_CMD": started},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = EngineProcess(process, output, has_bridge=workspace.has_bridge)
    try:
        yield running
    finally:
        running.clean_up()


def _is_provider(pid: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        words = (_PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
        return b"pulumi.dynamic" in words and b"python" in Path(os.fsdecode(words[0])).name.encode()
    return False


def _is_engine(pid: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return (_PROC / str(pid) / "comm").read_text().strip() == "pulumi"
    return False


def _session_of(folder: Path) -> int:
    """The session of a living process; 0 for one that has ended, reaped or not."""
    with suppress(FileNotFoundError, ProcessLookupError):
        state, _, _, session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
        return 0 if state in "ZX" else int(session)
    return 0
