"""The tests of this folder find the bugs they are for: each is put into a copy of the package, and has to be caught."""

from pathlib import Path

import pytest

from tests.support import scoreboard
from tests.support.seeded_bugs_run import Bug, all_bugs, copy_project, plant, run_suites

FAILED = 1
"""How pytest ends when a test failed; another end would mean that it could not run at all."""


@pytest.mark.parametrize("bug", all_bugs(), ids=lambda bug: bug.name)
def test_a_seeded_bug_is_caught(bug: Bug, tmp_path: Path) -> None:
    """The suites fail on a copy of the package that has this one bug."""
    copy_project(tmp_path)
    plant(tmp_path, bug.edits)
    run = run_suites(tmp_path)
    assert run.returncode == FAILED, f"not caught: {bug.what}\n{run.stdout}{run.stderr}"
    assert "error" not in run.stdout.splitlines()[-1], run.stdout
    scoreboard.count("seeded bugs", goal=15, command="make test TESTS=tests/model/test_seeded_bugs.py")


def test_a_copy_without_a_bug_passes(tmp_path: Path) -> None:
    """The same suites pass on a copy of the package as it is."""
    copy_project(tmp_path)
    run = run_suites(tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr


def test_it_is_the_copy_that_is_tested(tmp_path: Path) -> None:
    """What stands in the copy is what runs."""
    copy_project(tmp_path)
    (tmp_path / "xplenty_pulumi" / "errors.py").write_text("raise RuntimeError('the copy')\n")
    run = run_suites(tmp_path)
    assert "the copy" in run.stdout + run.stderr


def test_there_are_fifteen_bugs() -> None:
    """None of the bugs has been lost."""
    assert len(all_bugs()) == 15
