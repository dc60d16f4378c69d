"""Every block of README is run, and every table is held against the code."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.gitops.test_preview_comment import document, step
from tests.support.engine.stack import STEP, Stack
from xplenty_pulumi.cli.app import app
from xplenty_pulumi.core.kinds import inputs
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.emulator import Emulator
from xplenty_pulumi.settings import VARIABLES

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
TIMES = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language and its text."""

    language: str
    text: str


def blocks() -> list[Block]:
    """Return the fenced blocks of README in their order."""
    return [Block(*found) for found in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)]


PROGRAM, OUTPUT, MAKE, ACCOUNT, RECOVER, NIGHT, STOPPED, PIPELINE, *_OF_COMMANDS, FIXTURE, SERVER = blocks()
DRIFT, DRIFTED, PREVIEW, COMMENT, BRANCH, BRANCHES = _OF_COMMANDS


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account on which half a minute passes with each look, as with `--time-scale 60` and half a second for each."""
    with Emulator(step=STEP) as emulator:
        yield emulator


def test_readme_has_no_block_that_is_not_run_below() -> None:
    """A block added to README needs a test here."""
    languages = [block.language for block in blocks()]
    assert languages == [
        *("python", "text", "console", "console", "console"),
        *("python", "text"),
        "python",
        *("console", "text"),
        *("console", "markdown"),
        *("console", "text"),
        *("python", "console"),
    ]


def test_first_program_is_short() -> None:
    """The program on the first screen has at most twelve lines of code."""
    assert len([line for line in PROGRAM.text.splitlines() if line.strip()]) <= 12


@pytest.mark.engine
def test_first_program_prints_what_readme_shows(tmp_path: Path, account: Emulator) -> None:
    """The program runs on the real engine, and each line that README shows is printed, whatever the times in it."""
    stack = Stack(tmp_path / "project", account)
    (stack.folder / "__main__.py").write_text(PROGRAM.text)

    printed = {TIMES.sub("N", line).strip() for line in stack.up().succeeded().output.splitlines()}

    assert OUTPUT.text
    for line in OUTPUT.text.splitlines():
        assert TIMES.sub("N", line).strip() in printed


def test_night_is_that_of_the_example() -> None:
    """Program and output stand in the example, whose README is run by `tests/engine/test_examples.py`."""
    folder = ROOT / "examples" / "nightly_job"
    shown = (folder / "README.md").read_text(encoding="utf-8").splitlines()

    assert NIGHT.text in (folder / "__main__.py").read_text(encoding="utf-8")
    assert STOPPED.text
    assert [line for line in STOPPED.text.splitlines() if line not in shown] == []


def test_pipeline_is_that_of_the_example() -> None:
    """It stands there word for word, and the example's own test deploys it."""
    assert PIPELINE.text in (ROOT / "examples" / "pipeline" / "__main__.py").read_text(encoding="utf-8")


def test_drift_block_is_a_command() -> None:
    """The command is there; what it does is tried in the tests of `docs/how-to/drift.md`, which README points to."""
    words = shlex.split(DRIFT.text)[1:]
    told = CliRunner().invoke(app, [words[0], "--help"]).stdout
    assert [option for option in words[1:] if option not in told] == []


def test_drift_is_printed_as_shown() -> None:
    """The lines are those of the page, whose test has the command print them."""
    page = (ROOT / "docs" / "how-to" / "drift.md").read_text(encoding="utf-8")
    assert DRIFTED.text in page


def test_comment_is_what_is_printed() -> None:
    """The comment is that of the command above it for a resize."""
    resize = step("update", "etl", before={"nodes": 2}, after={"nodes": 4}, diffReasons=["nodes"])
    words = shlex.split(PREVIEW.text.partition("| xplenty-pulumi ")[2])
    assert CliRunner().invoke(app, words, input=document(resize, same=2)).stdout == COMMENT.text


def test_branch_commands_are_those_of_the_page() -> None:
    """Commands and output stand in `docs/how-to/branches.md`, whose test runs them."""
    page = (ROOT / "docs" / "how-to" / "branches.md").read_text(encoding="utf-8")
    assert BRANCH.text
    assert [line for line in BRANCH.text.splitlines() if line not in page.splitlines()] == []
    assert BRANCHES.text in page


def test_make_commands_exist() -> None:
    """Each `make` command that README names is a target."""
    listed = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert MAKE.text
    for command in MAKE.text.splitlines():
        assert re.search(rf"^{command}\s", listed, re.MULTILINE)


def test_settings_of_the_account_block_are_read() -> None:
    """The package has the name that is installed, and the variables are ones that are read."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    source = (ROOT / "xplenty_pulumi/settings.py").read_text()

    assert f"pip install {project['name']}\n" in ACCOUNT.text
    assert "XPLENTY_" in ACCOUNT.text
    for variable in re.findall(r"XPLENTY_\w+", ACCOUNT.text):
        assert f'"{variable}"' in source


def test_each_promise_has_its_tests() -> None:
    """The ten promises stand in README, each with at least one test, and all of these exist."""
    rows = re.findall(r"^\| (P\d+) \| .+? \| (`tests/.+`) \|$", README, re.MULTILINE)

    assert [number for number, _ in rows] == [f"P{number}" for number in range(1, 11)]
    for _, named in rows:
        for test in named.split(", "):
            file, name = test.strip("`").split("::")
            assert f"def {name}(" in (ROOT / file).read_text()


def test_settings_table_names_every_setting() -> None:
    """The table has each environment variable beside the configuration key that stands for the same."""
    known = {(variable, key) for key, variable in VARIABLES.items()}
    shown = set(re.findall(r"^\|.*?\| `(XPLENTY_\w+)` \| `.*?xplenty:(\w+)` \|$", README, re.MULTILINE))

    assert shown == known


def test_table_of_cluster_inputs_shows_the_defaults() -> None:
    """The inputs that steer only this tool stand in the table with the default of the kinds table."""
    shown = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", section("Clusters"), re.MULTILINE))

    assert set(shown) == set(CLUSTER.names(Change.LOCAL))
    for name, text in shown.items():
        field = CLUSTER.by_name[name]
        assert (None if text == "None" else field.read(text)) == field.default
    assert inputs.duration("24h") == 86_400


def test_table_of_run_inputs_is_complete() -> None:
    """Every input of a run that steers only this tool stands in the table, and the package by both its names."""
    rows = re.findall(r"^\| (`.+?`) \|", section("Job runs"), re.MULTILINE)
    shown = {name for row in rows for name in re.findall(r"`(\w+)`", row)}

    assert shown == {"package_id", "package", *JOB_RUN.names(Change.LOCAL)}


def section(title: str) -> str:
    """Return the text below a heading of README, up to the next one."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_recover_block_is_a_command() -> None:
    """The command is there; what it does is tried in the tests of `docs/how-to/recovery.md`, which README points to."""
    command = [sys.executable, "-m", "xplenty_pulumi.cli", *shlex.split(RECOVER.text)[1:], "--help"]
    assert "Options" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_fixture_block_passes(tmp_path: Path) -> None:
    """The test that README shows passes as it stands, with the fixture that comes with the package."""
    (tmp_path / "test_shown.py").write_text(FIXTURE.text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", str(tmp_path)]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_server_block_starts_an_account() -> None:
    """The command that README shows serves an account until it is told to stop."""
    arguments = shlex.split(SERVER.text)[1:]
    command = [sys.executable, "-m", "xplenty_pulumi.cli", *arguments, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        account = json.loads(process.stdout.readline())
        process.terminate()
    assert set(account) == {"url", "account_id", "api_key"}
    assert process.returncode == 0
