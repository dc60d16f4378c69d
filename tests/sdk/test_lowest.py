"""The lowest versions that pyproject.toml allows do what it says: a program lives, and the commands answer."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sdk.versions import ROOT
from tests.support.engine.ran import LONGEST
from tests.support.engine.stack import STEP, Stack
from xplenty_pulumi.emulator import Emulator

_FLOOR = re.compile(r"(?P<name>[\w-]+)(?:\[[\w,]+\])?>=(?P<version>[\d.]+)(?:,<[\d.]+)?")
EXTRAS = ("cli", "emulator")


def floors() -> dict[str, str]:
    """Return the lowest version of each direct dependency, those of the extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    listed = [*project["dependencies"], *(one for extra in EXTRAS for one in extras[extra])]
    found = [_FLOOR.fullmatch(one) for one in listed]
    assert None not in found, listed
    return {one["name"]: one["version"] for one in found if one is not None}


def install_lowest(folder: Path) -> Path:
    """Make an environment with these versions, the newest that fit of all they need, and the checkout; its `bin`."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=300)
    programs = folder / "bin"
    pins = [f"{name}=={version}" for name, version in floors().items()]
    command = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, *pins, f"{ROOT}[{','.join(EXTRAS)}]"], check=True, timeout=600)
    return programs


COMMANDS = ("status", "drift", "branch up", "listen", "emulator", "usage", "recover", "hand-over", "preview-comment")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for an environment of some hundred megabytes, which is not kept."""
    yield tmp_path
    shutil.rmtree(tmp_path)


@pytest.mark.long
def test_lowest_versions_take_the_quickstart_through_its_life(folder: Path) -> None:
    """With every direct dependency at its floor the quickstart comes up, stays, and ends, and each command answers."""
    programs = install_lowest(folder / "environment")
    with Emulator(step=STEP) as account:
        stack = Stack(folder / "stack", account, PULUMI_PYTHON_CMD=str(programs / "python"))
        shutil.copytree(ROOT / "examples" / "quickstart", stack.folder, dirs_exist_ok=True)
        stack.run("stack", "init", "dev").succeeded()
        for output in (stack.up().succeeded().output, stack.up("--expect-no-changes").succeeded().output):
            assert "xplenty_pulumi does not find" not in output
        stack.run("config", "set", "nodes", "3").succeeded()
        assert "updated" in stack.up().succeeded().output
        assert "available" in told(programs, "status", "clusters", **stack.environment)
        stack.destroy().succeeded()
        assert [one.status for one in account.clusters()] == ["terminated"]
    for command in COMMANDS:
        assert "--help" in told(programs, *command.split(), "--help", **os.environ)


def told(programs: Path, *arguments: str, **environment: str) -> str:
    """Return what a command of these versions prints."""
    done = subprocess.run(
        [programs / "xplenty-pulumi", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_each_dependency_has_a_floor() -> None:
    """Every direct dependency names the lowest version that is tested."""
    assert {"deepdiff", "httpx", "pulumi", "pydantic", "rich", "starlette", "typer"} <= set(floors())
