"""The short guides of `docs/how-to`: programs declare what the pages say, commands and settings exist."""

import json
import re
import shlex
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.programs import declared
from tests.support.engine.stack import STEP
from tests.support.engine.workspace import Workspace
from tools.commands import commands
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.emulator import Emulator
from xplenty_pulumi.setting_names import OF_ACCOUNT, ONLY_CONFIGURED, VARIABLES, setting_of

ROOT = Path(__file__).resolve().parents[3]
GUIDES = ROOT / "docs" / "how-to"
SHORT = (
    *("repeat-runs", "secrets", "automation-api", "two-accounts", "many-stacks", "uv-and-poetry"),
    *("many-runs", "upgrading"),
)
CONFIG = {"day": "2026-01-31", "token": "VALUE"}


def blocks(guide: str, language: str) -> list[str]:
    """Return the blocks of one language in a guide."""
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def lines(guide: str) -> list[list[str]]:
    """Return the commands of a guide, each as its words."""
    return [shlex.split(line) for block in blocks(guide, "console") for line in block.splitlines()]


def made(guide: str) -> dict[str, dict[str, Any]]:
    """Return the inputs of what the program of a guide declares, by name, once the table of its kind has read them."""
    kinds = {kind.resource: kind for kind in KINDS.values()}
    (program,) = blocks(guide, "python")
    found = {}
    for one in declared(program, **CONFIG):
        fields = kinds[one["type"]].by_name
        assert set(one["inputs"]) <= set(fields)
        found[one["name"]] = {name: fields[name].read(value) for name, value in one["inputs"].items()}
    return found


def test_each_guide_has_a_test() -> None:
    """A page that is added is tested: here, or in a file that names it."""
    files = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "docs").rglob("test_*.py"))
    names = {page.stem for page in GUIDES.glob("*.md")}
    assert set(SHORT) <= names
    assert [name for name in sorted(names) if f'"{name}' not in files] == []


@pytest.mark.parametrize("guide", SHORT)
def test_each_block_is_of_a_language_that_is_tested(guide: str) -> None:
    """A block of another language needs a test here."""
    tested = [block for language in ("python", "console", "yaml") for block in blocks(guide, language)]
    assert len(tested) == (GUIDES / f"{guide}.md").read_text(encoding="utf-8").count("```") / 2


@pytest.mark.parametrize("guide", SHORT)
def test_commands_and_settings_exist(guide: str) -> None:
    """Each command of ours is one, and what is configured is a setting or read by the program of the guide."""
    known = {f"xplenty:{name}" for name in (*VARIABLES, *ONLY_CONFIGURED)} | set(CONFIG)
    known |= {setting_of(name, "eu") for name in OF_ACCOUNT}
    for words in lines(guide):
        if "xplenty-pulumi" in words:
            assert words[words.index("xplenty-pulumi") + 1] in commands()
        if words[:3] == ["pulumi", "config", "set"]:
            assert next(word for word in words[3:] if not word.startswith("--")) in known


def test_runs_repeat_as_the_page_says() -> None:
    """The program has a run for each row of the table, with the input that the row is about."""
    runs = made("repeat-runs")
    rows = re.findall(r"^\| `(\w+)` \|", (GUIDES / "repeat-runs.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == ["daily", "sums", "check", "once"]
    assert runs["daily"]["variables"] == {"day": "'2026-01-31'"}
    assert runs["sums"]["triggers"]
    assert (runs["check"]["rerun"], runs["once"]["rerun"]) == ("always", "on_failure")


def test_secret_variable_is_declared() -> None:
    """The variable of the page reaches the run, and its command keeps it as a secret."""
    assert made("secrets")["load"]["variables"] == {"token": "VALUE"}
    assert lines("secrets") == [["pulumi", "config", "set", "--secret", "token", "VALUE"]]


def test_many_runs_are_distinct() -> None:
    """Each region has a run with a variable of its own, and the `up` goes on after a failed one."""
    runs = {name: inputs for name, inputs in made("many-runs").items() if name.startswith("load-")}
    assert len({json.dumps(inputs["variables"]) for inputs in runs.values()}) == len(runs) == 3
    assert "--continue-on-error" in lines("many-runs")[-1]


def test_stacks_at_once_keep_to_the_hour() -> None:
    """The shares of the jobs that run at once do not come to more than the hour's calls."""
    (job,) = (yaml.safe_load(block)["jobs"]["up"] for block in blocks("many-stacks", "yaml"))
    assert float(job["env"]["XPLENTY_CREDIT_SHARE"]) * job["strategy"]["max-parallel"] <= 1
    assert "XPLENTY_CREDIT_SHARE" in VARIABLES.values()


def test_each_account_has_its_key() -> None:
    """Each stack that the page makes gets an account and a secret key."""
    sequence = [words[-2] for words in lines("two-accounts")]
    assert sequence[:2] == ["xplenty-eu:accountId", "xplenty-eu:apiKey"]
    assert sequence[2:] == ["init", "xplenty:accountId", "xplenty:apiKey"] * 2
    assert all("--secret" in words for words in lines("two-accounts") if words[-2].endswith("apiKey"))


def test_run_in_another_account_is_declared() -> None:
    """One run of the program is in the stack's own account, and one in that of the commands."""
    runs = made("two-accounts")
    assert ("account" in runs["nightly"], runs["in-europe"]["account"]) == (False, "eu")


def test_projects_name_their_tool() -> None:
    """Each project is for the tool whose commands follow it, and installs the package with an extra that it has."""
    projects = [yaml.safe_load(block) for block in blocks("uv-and-poetry", "yaml")]
    assert [one["runtime"]["options"]["toolchain"] for one in projects] == ["uv", "poetry"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for tool in ("uv", "poetry"):
        (installed,) = (words[-1] for words in lines("uv-and-poetry") if words[:2] == [tool, "add"])
        name, _, extra = installed.rstrip("]").partition("[")
        assert name == project["name"]
        assert extra in project["optional-dependencies"]


@pytest.mark.engine
def test_automation_runs_the_program(tmp_path: Path) -> None:
    """The program of the page runs without a project folder, prints the status, and leaves nothing alive."""
    (program,) = blocks("automation-api", "python")
    with Emulator(step=STEP) as account:
        place = Workspace(tmp_path, account)
        (tmp_path / "deploy.py").write_text(program)
        ran = place.line(sys.executable, "deploy.py").succeeded()
        assert ran.output.splitlines()[-1] == "completed"
        assert [one.status for one in account.clusters()] == ["terminated"]
