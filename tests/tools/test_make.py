"""The Makefile and the scripts it and the CI machine start."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tools.fakes import command

CHECKOUT = Path(__file__).resolve().parents[2]
SUMMARY = "============ 3 passed in 0.12s ============"


def ci_run(tmp_path: Path, *, make: str) -> tuple[int, str]:
    """Run a copy of .ci/run with `make` as the body of the make command; return exit code and last line."""
    command(tmp_path / "bin" / "make", make)
    command(tmp_path / "bin" / "chromium", "exit 0")  # so that none is installed
    (tmp_path / ".ci").mkdir()
    shutil.copy2(CHECKOUT / ".ci" / "run", tmp_path / ".ci" / "run")
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [tmp_path / ".ci" / "run"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout.splitlines()[-1]


def test_ci_run_passes(tmp_path: Path) -> None:
    """Passing tests give success, and the closing line of the test runner comes last."""
    assert ci_run(tmp_path, make=f"[ $# = 1 ] && [ $1 = test ] && echo '{SUMMARY}'; echo done") == (0, SUMMARY)


def test_ci_run_fails(tmp_path: Path) -> None:
    """Failing tests give failure, and what make says about it does not come last."""
    summary = "============ 1 failed, 2 passed in 1.20s ============"
    assert ci_run(tmp_path, make=f"echo '{summary}'; echo 'make: Error 1' >&2; exit 2") == (2, summary)


@pytest.mark.parametrize("summary", ["===== no tests ran in 0.01s =====", "===== 4 deselected in 0.01s ====="])
def test_ci_run_without_tests(tmp_path: Path, summary: str) -> None:
    """A run in which no test passed is a failure, even when make does not think so."""
    assert ci_run(tmp_path, make=f"echo '{summary}'") == (1, summary)


def test_ci_run_without_set_up(tmp_path: Path) -> None:
    """When the tests were never reached, the last line says so."""
    code, last = ci_run(tmp_path, make="echo 'no engine' >&2; exit 2")
    assert code == 2
    assert last.startswith("no tests ran")


def test_help_names_every_command() -> None:
    """`make` alone lists the commands that people use."""
    done = subprocess.run(["make", "-s"], cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=True)
    listed = {line.split()[1] for line in done.stdout.splitlines()}
    tests = {"test", "test-fast", "test-long"}
    made = {"docs", "site", "package", "lock"}
    assert listed == {"help", "setup", "demo", *tests, "bench", *made, "lint", "clean"}


def set_up(tmp_path: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up script with `python`, for a folder that must not appear."""
    arguments = [CHECKOUT / "tools/setup/venv.sh", python, tmp_path / "venv", CHECKOUT / "requirements-dev.lock"]
    return subprocess.run(["sh", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "case $2 in *version_info*) exit 1 ;; esac; echo Python 3.9.1",
            "3.11 or later is needed, and {} is Python 3.9.1",
        ),
        ("case $2 in *ensurepip*) exit 1 ;; esac", "{} lacks its venv module"),
    ],
)
def test_unsuitable_python(tmp_path: Path, body: str, expected: str) -> None:
    """A Python that will not do is named together with the remedy, and nothing is made."""
    python = command(tmp_path / "python3", body)
    done = set_up(tmp_path, str(python))
    assert done.returncode == 1
    assert expected.format(python) in done.stderr
    assert not (tmp_path / "venv").exists()


def test_missing_python(tmp_path: Path) -> None:
    """A Python that is not there is named, and how to name another."""
    done = set_up(tmp_path, "python3.99")
    assert (done.returncode, "make PYTHON=" in done.stderr) == (1, True)
