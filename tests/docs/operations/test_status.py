"""The blocks of `docs/how-to/status.md`: pages and documents are what the commands print, and every command works."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.support.accounts.command_line import Scene, at
from xplenty_pulumi.core.reports.overview import DAY, JUST_NOW

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "status.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for kind, text in BLOCKS if kind == "console" for line in text.splitlines()]


def texts(kind: str) -> list[str]:
    """Return the blocks of a kind."""
    return [text for language, text in BLOCKS if language == kind]


def test_page_has_no_block_that_is_not_checked_below() -> None:
    """A block of another kind needs a test here."""
    assert len(BLOCKS) == PAGE.count("```") / 2
    assert {kind for kind, _ in BLOCKS} == {"console", "json", "text"}
    assert (len(texts("text")), len(texts("json"))) == (3, 3)


def test_overview_is_what_is_printed(scene: Scene) -> None:
    """The first block is what `status` prints on a terminal of 100 columns."""
    assert scene.run("status", COLUMNS="100").lines == texts("text")[0].splitlines()


def test_watch_prints_what_is_shown(scene: Scene) -> None:
    """The lines are those of a watch during which a run fails and a cluster ends."""
    lines = texts("text")[1].splitlines()
    scene.clock.script = [
        lambda: scene.emulator.fail_job(9003, errors="disk full"),
        lambda: scene.emulator.end_cluster(501),
    ]
    assert scene.run("status", "--watch").lines[-len(lines) :] == lines


def test_timeline_is_what_is_printed(scene: Scene) -> None:
    """The third block is the timeline of a cluster on a terminal of 80 columns."""
    words = ("status", "cluster", "501", "--timeline", "--since", "3m")
    assert scene.run(*words, COLUMNS="80").lines == texts("text")[2].splitlines()


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, ["status"]), (1, ["status", "cluster", "502"]), (2, ["status", "job", "9001"])],
)
def test_document_is_what_is_printed(scene: Scene, number: int, words: list[str]) -> None:
    """Each document is whole, but for the calls that are left."""
    printed = json.loads(scene.run(*words, "--json").out.replace("URL/", "https://dashboard.example/"))
    shown = json.loads(texts("json")[number])
    for document in (printed, shown):
        document.pop("credits", None)
    assert printed == shown


@pytest.mark.parametrize("line", COMMANDS)
def test_command_works(scene: Scene, line: str) -> None:
    """Every command of the page ends well on the account of the page; a watch does so by Ctrl-C."""
    words = shlex.split(line)
    assert words[0] == "xplenty-pulumi"
    if "--watch" in words or "-w" in words:
        scene.clock.script = [lambda: None]
    assert scene.run(*words[1:]).code == (3 if "--fail-on-error" in words else 0)


def test_times_of_the_page_are_those_of_the_code() -> None:
    """How long ended things are shown is said as it is."""
    assert (DAY.total_seconds(), JUST_NOW.total_seconds()) == (86_400, 900)
    assert "within the last day" in PAGE
    assert "within the last 15 minutes" in PAGE
    assert at(150) in PAGE
