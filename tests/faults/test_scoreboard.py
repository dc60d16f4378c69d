"""Figures of test runs: written by many processes, shown in one table."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import scoreboard
from tools.scoreboard import BEGIN, END, main, put_between_markers, table

ROOT = Path(__file__).parents[2]
COUNTING = (
    "from tests.support.scoreboard import count\nfor _ in range(40): count('cells', goal=80, command='make test')"
)


def figures(folder: Path) -> Any:
    return json.loads((folder / scoreboard.FILE_NAME).read_text())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the figures of one run."""
    monkeypatch.setenv(scoreboard.FOLDER_SETTING, str(tmp_path / "figures"))
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", "one run")
    return tmp_path / "figures"


def test_nothing_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not ask for figures gets no files."""
    monkeypatch.delenv(scoreboard.FOLDER_SETTING, raising=False)
    monkeypatch.chdir(tmp_path)
    scoreboard.record("points", reached=1, goal=1, command="make test")
    scoreboard.count("cells", goal=1, command="make test")
    assert list(tmp_path.iterdir()) == []


def test_figures_stand_beside_each_other(folder: Path) -> None:
    """A figure is replaced by a newer one of its name, and the others stay."""
    scoreboard.record("points", reached=1, goal=9, command="make test")
    scoreboard.count("cells", goal=2, command="make test")
    scoreboard.record("points", reached=9, goal=9, command="make test")
    assert {name: one["reached"] for name, one in figures(folder).items()} == {"points": 9, "cells": 1}


def test_workers_of_one_run_count_together(folder: Path) -> None:
    """No count is lost between processes."""
    workers = [subprocess.Popen([sys.executable, "-c", COUNTING], cwd=ROOT, env=dict(os.environ)) for _ in range(2)]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0]
    assert figures(folder)["cells"]["reached"] == 80


def test_a_new_run_counts_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier run reached does not make up for what this one does not."""
    scoreboard.count("cells", goal=2, command="make test")
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", "another run")
    scoreboard.count("cells", goal=2, command="make test")
    assert figures(folder)["cells"]["reached"] == 1


def test_table() -> None:
    """There is a line for each figure; what falls short stands out."""
    shown = table(
        {
            "steps": {"reached": 10_000, "goal": 10_000, "command": "make test"},
            "cells": {"reached": 899, "goal": 900, "command": "make test"},
        }
    )
    assert shown.splitlines()[2:] == [
        "| cells | **899 of 900** | `make test` |",
        "| steps | 10,000 of 10,000 | `make test` |",
    ]


def test_between_the_markers(folder: Path, tmp_path: Path) -> None:
    """The command changes what stands between the markers, and doing it again changes nothing."""
    scoreboard.record("points", reached=9, goal=9, command="make test")
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n{BEGIN}\nold\n{END}\nrest\n")
    assert main([str(folder), str(page)]) == 0
    text = page.read_text()
    assert text.startswith(f"# Title\n{BEGIN}\n\n| what")
    assert text.endswith(f"`make test` |\n\n{END}\nrest\n")
    assert main([str(folder), str(page)]) == 0
    assert page.read_text() == text


@pytest.mark.parametrize("text", ["", f"{BEGIN}", f"{END} {BEGIN}", f"{BEGIN} {BEGIN} {END}"])
def test_markers_must_be_there(text: str) -> None:
    """A file without its two markers is not touched."""
    with pytest.raises(ValueError, match="there must be one"):
        put_between_markers(text, "table")


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["nowhere", "page.md"]])
def test_wrong_arguments(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be done is told in one line."""
    assert main(arguments) == 2
    assert "usage: python -m tools.scoreboard FOLDER FILE" in capsys.readouterr().err


def test_parts_make_one_row() -> None:
    """A figure that several tests share stands in the table as their sum."""
    part = {"reached": 2, "goal": 2, "command": "make test"}
    shown = table({"inputs, part 1 of 2": part, "inputs, part 2 of 2": part})
    assert "| inputs | 4 of 4 | `make test` |" in shown
