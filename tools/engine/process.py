"""Running other programs: always with a time limit, and never leaving one behind."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from tools.engine.errors import Unusable

Command = Sequence[str | Path]


def run(
    command: Command,
    *,
    seconds: float,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run `command` and return its standard output; raise Unusable with its last line when it fails."""
    try:
        process = start(command, output=subprocess.PIPE, errors=subprocess.PIPE, folder=folder, environment=environment)
    except OSError as error:
        raise Unusable(f"{command[0]} cannot be run ({error.strerror})") from error
    output, errors = finish(process, seconds=seconds)
    if process.returncode:
        raise Unusable(f"{command[0]} failed ({last_line(errors or output) or f'exit {process.returncode}'})")
    return output


def run_logged(
    command: Command, *, seconds: float, log: Path, folder: Path, environment: Mapping[str, str] | None = None
) -> None:
    """Run `command` with all it prints appended to the file `log`; raise Unusable with its last line when it fails."""
    with log.open("a", encoding="utf-8") as sink:
        process = start(command, output=sink, errors=subprocess.STDOUT, folder=folder, environment=environment)
        finish(process, seconds=seconds)
    if process.returncode:
        printed = last_line(log.read_text(encoding="utf-8", errors="replace"))
        raise Unusable(f"{command[0]} failed ({printed or f'exit {process.returncode}'})")


def start(
    command: Command,
    *,
    output: int | IO[str],
    errors: int,
    folder: Path | None,
    environment: Mapping[str, str] | None,
) -> subprocess.Popen[str]:
    """Start `command` in a process group of its own, so that its children can be ended with it."""
    # What would end this program is held back, lest a process be started that nobody knows of.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            cwd=folder,
            env=environment,
            encoding="utf-8",
            errors="replace",
            process_group=0,
        )
    except BaseException:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        raise
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    except BaseException:
        end_group(process)
        raise
    return process


def finish(process: subprocess.Popen[str], *, seconds: float) -> tuple[str, str]:
    """Wait until `process` ends and return what it printed; end it and its children when that does not come to pass."""
    with process:
        try:
            output, errors = process.communicate(timeout=seconds)
        except BaseException as error:
            end_group(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise Unusable(f"it was not done within {seconds:.0f} s") from error
            raise
    return output or "", errors or ""


def end_group(process: subprocess.Popen[str]) -> None:
    """End `process` and everything it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def last_line(text: str) -> str:
    """Return the last line of `text` that is not blank."""
    lines = text.split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
