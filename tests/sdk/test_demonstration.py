"""The demonstration on the supported engines, SDKs and Pythons, with the newest and the lowest dependencies."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sdk.versions import PYTHONS, ROOT, described, environment, floors, interpreter, system
from tests.support import scoreboard
from tests.support.engine.ran import LONGEST
from tools.engine.find import find
from tools.engine.get import get_oldest_engine
from tools.engine.verify import FLOOR, Engine

NEWEST, LOWEST = "newest", "lowest"
FLOOR_PYTHON, NEWEST_PYTHON = PYTHONS[0], PYTHONS[-1]
ENVIRONMENTS = (*((python, NEWEST) for python in PYTHONS), (FLOOR_PYTHON, LOWEST))
ON_BOTH_ENGINES = {(FLOOR_PYTHON, LOWEST), (NEWEST_PYTHON, NEWEST)}
DEMONSTRATION = "the demonstration, the help of each command"
COMMANDS = ("status", "drift", "branch up", "listen", "emulator", "usage", "recover", "hand-over", "preview-comment")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for an environment of some hundred megabytes, which is not kept."""
    yield tmp_path
    shutil.rmtree(tmp_path)


def engines(chosen: tuple[str, str]) -> list[Engine]:
    """Return the engines for an environment: the one of the tests, and for two of them the oldest one as well."""
    oldest = [get_oldest_engine(os.environ)] if chosen in ON_BOTH_ENGINES else []
    return [find(os.environ["PATH"]), *oldest]


@pytest.mark.long
@pytest.mark.parametrize("chosen", ENVIRONMENTS, ids="-".join)
def test_demonstration_runs(chosen: tuple[str, str], folder: Path) -> None:
    """The examples live, and each command shows its help; the result is written down for the table of support."""
    version, kind = chosen
    found = interpreter(version)
    if found is None:
        missing = {"engine": "", "SDK": "", "Python": version, "dependencies": kind, "system": system(), "what ran": ""}
        scoreboard.support(missing, result="not tried: there was no such Python")
        pytest.skip(f"there is no Python {version} on PATH or in pyenv")
    pins = [f"{name}=={lowest}" for name, lowest in floors().items()] if kind == LOWEST else []
    python = environment(found, folder / "environment", *pins, f"{ROOT}[cli,emulator,otel,report]")
    failures = [failure for engine in engines(chosen) if (failure := tried(python, engine, kind))]
    assert failures == []


def tried(python: str, engine: Engine, kind: str) -> str:
    """Run the demonstration and ask each command for its help, and return the output of what failed."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("PULUMI", "PYTHON"))}
    environment = {**environment, "PATH": f"{engine.folder}{os.pathsep}{os.environ['PATH']}"}
    helps = [["xplenty_pulumi.cli", *command.split(), "--help"] for command in COMMANDS]
    failure = ""
    for words in (["tools.demo"], *helps):
        line = [python, "-m", *words]
        done = subprocess.run(
            line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=2 * LONGEST, check=False
        )
        if done.returncode or "xplenty_pulumi does not find" in done.stdout:
            failure = f"{' '.join(words)}\n{done.stdout}{done.stderr}"
            break
    row = described(python, str(engine.version), dependencies=kind, ran=DEMONSTRATION)
    scoreboard.support(row, result=f"failed: {failure.partition(chr(10))[0]}" if failure else "succeeded")
    return failure


def test_each_dependency_has_a_floor() -> None:
    """Every direct dependency names the lowest version that is tested."""
    assert {"deepdiff", "httpx", "plotly", "pulumi", "pydantic", "rich", "starlette", "typer"} <= set(floors())


def test_oldest_engine_is_the_one_that_readme_names() -> None:
    """The smallest version that is supported is the one that is built for this test."""
    text = (ROOT / "tools" / "engine" / "oldest" / "go.mod").read_text(encoding="utf-8")
    assert f"github.com/pulumi/pulumi/pkg/v3 v{FLOOR} " in text


def test_own_python_is_found() -> None:
    """The interpreter of the tests is the one of its version, and a version that nobody has is not found."""
    assert interpreter(f"{sys.version_info.major}.{sys.version_info.minor}") == sys.executable
    assert interpreter("3.99") is None
