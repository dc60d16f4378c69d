"""The tutorial is followed step by step on the real engine: files are written, commands run, output compared."""

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine.stack import STEP
from tests.support.engine.workspace import Workspace, own_command
from xplenty_pulumi.emulator import Emulator, Seed

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial" / "nightly-pipeline.md").read_text(encoding="utf-8")
STEPS = re.findall(r"((?:^(?!```)[^\n]*\n)*)^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
DAY = 86_400.0
SET_UP = ("mkdir", "cd", "source", "pip", "python3", "export", "echo", "xplenty-pulumi emulator")
"""What the test has before it begins: a folder, packages, an account and its settings."""
MEASURED = re.compile(r"\(\d+(?:\.\d+)?s\)")


@pytest.fixture
def account() -> Iterator[Emulator]:
    """The account that the tutorial starts, whose time passes by looks."""
    (line,) = re.findall(r"^echo '(.*)' >account.json$", PAGE, re.MULTILINE)
    with Emulator(Seed(**json.loads(line)), step=STEP) as emulator:
        yield emulator


def test_page_has_no_other_block() -> None:
    """Each block is a file, a command or output."""
    assert len(STEPS) == PAGE.count("```") / 2
    assert {language for _, language, _ in STEPS} == {"console", "yaml", "text", "json", "python"}


def test_settings_name_the_account() -> None:
    """The exports are those that the account of the command needs."""
    (seed,) = (json.loads(text) for text in re.findall(r"^echo '(.*)' >account.json$", PAGE, re.MULTILINE))
    (port,) = re.findall(r"emulator --port (\d+)", PAGE)
    wanted = f"http://127.0.0.1:{port} XPLENTY_ACCOUNT_ID={seed['account_id']} XPLENTY_API_KEY={seed['api_key']}\n"
    assert f"export XPLENTY_API_URL={wanted}" in PAGE


def test_package_is_that_of_the_example() -> None:
    """The flow is the one of `examples/pipeline`, which other tests deploy too."""
    (flow,) = (text for _, language, text in STEPS if language == "json")
    assert json.loads(flow) == json.loads((ROOT / "examples/pipeline/packages/loads.json").read_text(encoding="utf-8"))


@pytest.mark.engine
def test_each_step_does_what_the_page_says(tmp_path: Path, account: Emulator) -> None:
    """From an empty folder to a schedule that runs, a change in git, one in the editor, and nothing at the end."""
    names = {f"GIT_{role}_{part}": "ann@example.test" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    place = Workspace(tmp_path, account, environment=names)
    (tmp_path / "packages").mkdir()
    printed = ""
    for before, language, text in STEPS:
        if language == "console":
            printed = "".join(run(place, account, line) for line in text.splitlines() if not line.startswith(SET_UP))
        else:
            follow(place, before, text, printed)

    assert [one.status for one in account.packages()] == ["archived"]
    assert [one.name for one in account.schedules() if one.name == "nightly"] == []
    assert account.connections() == ()
    log = place.line("git", "log", "--format=%s").succeeded().output.splitlines()
    assert log == ["Merge instead of append", "Load into sales_2", "Load them each night", "Load sales"]
    assert '"operation": "merge"' in (tmp_path / "packages" / "loads.json").read_text(encoding="utf-8")


def follow(place: Workspace, before: str, text: str, printed: str) -> None:
    """Write the file that the text before a block names, or else compare the block with what was printed."""
    named = re.findall(r"`([\w./]+)`(?::|\. The service| does that)", before)
    if not named:
        shown = {MEASURED.sub("", line).strip() for line in printed.splitlines()}
        assert [line for line in text.splitlines() if MEASURED.sub("", line).strip() not in shown] == [], printed
    elif "Append this to" in before:
        with (place.folder / named[0]).open("a", encoding="utf-8") as file:
            file.write(text)
    else:
        (place.folder / named[0]).write_text(text, encoding="utf-8")


def run(place: Workspace, account: Emulator, line: str) -> str:
    """Run one command of the page, with what its reader does or waits for before it; return what it prints."""
    program, *words = shlex.split(line)
    if line == "pulumi preview":
        main = place.folder / "__main__.py"
        main.write_text(main.read_text(encoding="utf-8").replace('quote("sales")', 'quote("sales_2")'))
    if line == "xplenty-pulumi status schedules":
        for seconds in (DAY, DAY, DAY / 24):
            account.advance(seconds)
    commands = {
        "pulumi": ("pulumi", *words, "--non-interactive", "--color", "never"),
        "python": (sys.executable, *words),
        "xplenty-pulumi": own_command(*words),
    }
    done = place.line(*commands.get(program, (program, *words))).succeeded().output
    if line == "xplenty-pulumi status schedules":
        assert re.search(r"nightly +enabled +1 day .* completed +2 ", done), done
    return done
