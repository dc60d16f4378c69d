"""Copies of this project with a bug in them, and the tests that have to find it."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUGS = Path(__file__).parent / "seeded_bugs"
_CRASHES = "tests/crash/test_crash_points.py::test_nothing_is_lost_or_doubled_wherever_a_run_ends"
SUITES = (
    "tests/model/test_examples.py",
    "tests/model/test_guards.py",
    f"{_CRASHES}[once-create a cluster and a job]",
    f"{_CRASHES}[once-replace a cluster]",
    "tests/model/test_model.py::test_a_thousand_steps_break_no_promise",
)
"""What is run against every copy, the same for all, in this order and up to the first failure."""
_PARTS = ("xplenty_pulumi", "tests", "schema", "pyproject.toml")


@dataclass(frozen=True)
class Bug:
    """A bug as data: each edit has a `file`, the text that is there once, and what it becomes."""

    name: str
    what: str
    edits: tuple[Mapping[str, str], ...]


def all_bugs() -> list[Bug]:
    """Return every bug that there is a file for, by name."""
    files = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in sorted(BUGS.glob("*.toml"))}
    return [Bug(name, found["what"], tuple(found["edits"])) for name, found in files.items()]


def copy_project(folder: Path) -> None:
    """Put a copy of what the suites need into `folder`, with what is compiled of it, as far as that is still valid."""
    for part in _PARTS:
        source = ROOT / part
        if source.is_dir():
            # A name that goes on behind .pyc is of a file that another worker writes just now.
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy(source, folder / part)


def plant(folder: Path, edits: Iterable[Mapping[str, str]]) -> None:
    """Put a bug into a copy; raises LookupError where the code is not the one that the bug was written for."""
    for edit in edits:
        file = folder / edit["file"]
        text = file.read_text("utf-8")
        if text.count(edit["old"]) != 1:
            raise LookupError(
                f"{edit['file']} does not have this once, so the bug has to be written anew: {edit['old']}"
            )
        file.write_text(text.replace(edit["old"], edit["new"]), "utf-8")


def run_suites(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the suites against the copy, in a process of their own, up to the first failure."""
    python_path = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {**{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}, **python_path}
    options = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist", "--no-header", "--tb=line")
    command = [sys.executable, "-m", "pytest", *options, *SUITES]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=3600, check=False
    )
