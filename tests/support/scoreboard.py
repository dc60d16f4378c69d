"""Figures that test runs reach, written into one file below the folder that XPLENTY_SCOREBOARD names."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER_SETTING = "XPLENTY_SCOREBOARD"
FILE_NAME = "scoreboard.json"
SUPPORT_NAME = "support.json"


def record(name: str, *, reached: int, goal: int, command: str) -> None:
    """Write down a figure in place of an older one: how much of `goal` was reached, and by which command.

    Nothing is written unless XPLENTY_SCOREBOARD is set. Safe from the worker processes of one run.
    """
    with _figures() as figures:
        figures[name] = {"reached": reached, "goal": goal, "command": command, "run": _run()}


def count(name: str, *, goal: int, command: str) -> None:
    """Add one to a figure that many tests of one run make together; the first of a new run begins at one."""
    with _figures() as figures:
        before = figures.get(name, {})
        reached = before["reached"] if before.get("run") == _run() else 0
        figures[name] = {"reached": reached + 1, "goal": goal, "command": command, "run": _run()}


def support(row: Mapping[str, str], *, result: str) -> None:
    """Write down what became of a run with an engine, an SDK, a Python, dependencies and a system, as `row` has them.

    The day is today, in UTC. Nothing is written unless XPLENTY_SCOREBOARD is set. Safe from the worker processes of one
    run.
    """
    with _figures(SUPPORT_NAME) as rows:
        rows[" / ".join(row.values())] = {"day": str(datetime.now(UTC).date()), **row, "result": result}


@contextmanager
def _figures(file_name: str = FILE_NAME) -> Iterator[dict[str, Any]]:
    """Give the figures by name, and write what they have become; without a folder they go nowhere."""
    folder = os.environ.get(FOLDER_SETTING)
    if not folder:
        yield {}
        return
    file = Path(folder) / file_name
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        figures = json.loads(file.read_text()) if file.exists() else {}
        yield figures
        written = file.with_suffix(".new")
        written.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")
        written.replace(file)


def _run() -> str:
    """What all worker processes of one test run share, and no other run has."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"process {os.getpid()}"
