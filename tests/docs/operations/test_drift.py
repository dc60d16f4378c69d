"""The blocks of `docs/how-to/drift.md`: what the command prints; and its tables: those of the code."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands.drift.scenario import EDITS
from tests.cli.commands.drift.scene import DriftScene, opened_scene
from tests.support.accounts.receiver import receiving
from xplenty_pulumi.cli.commands.drift.memory import TIMEOUT
from xplenty_pulumi.core.kinds.kind import Drift, Kind
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.core.reports.drift import CAUSES, Cause

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "drift.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for kind, text in BLOCKS if kind == "console" for line in text.splitlines()]
SHOWN = ("resized", "renamed", "ended", "ended_on_idle", "busy", "beside")
"""The edits by hand that the page shows, and the cluster that is in no state."""


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[DriftScene]:
    """The stack of the page, after the edits of the page."""
    with opened_scene(monkeypatch, tmp_path) as made:
        for edit in EDITS:
            if edit.resource.name in SHOWN:
                edit.does(made.emulator, made.id_of(edit.resource.name))
        made.clock.advance(20)
        yield made


def texts(kind: str) -> list[str]:
    """Return the blocks of a kind."""
    return [text for language, text in BLOCKS if language == kind]


def row(*cells: str) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"


def test_page_has_no_block_that_is_not_checked_below() -> None:
    """A block of another kind needs a test here."""
    assert len(BLOCKS) == PAGE.count("```") / 2
    assert [kind for kind, _ in BLOCKS if kind != "console"] == ["text", "markdown", "json"]


def test_text_is_what_is_printed(scene: DriftScene) -> None:
    """The first block is what the command prints on a terminal of 120 columns."""
    ended = scene.run("--unmanaged", COLUMNS="120")
    assert (ended.code, ended.lines) == (2, texts("text")[0].splitlines())


def test_markdown_is_what_is_printed(scene: DriftScene) -> None:
    """The comment is whole."""
    assert scene.run("--unmanaged", "--format", "markdown").lines == texts("markdown")[0].splitlines()


def test_document_is_what_is_printed(scene: DriftScene) -> None:
    """The document has the fields of the page, one finding of each kind among them, and those of --since-last."""
    printed = scene.run("--unmanaged", "--json", "--since-last", scene.folder / "last.json").json
    shown = json.loads(texts("json")[0])
    assert [one for one in printed["findings"] if one in shown["findings"]] == shown["findings"]
    for document in (printed, shown):
        document["findings"], document["not_compared"] = [], document["not_compared"][:1]
    assert printed == shown


@pytest.mark.parametrize("line", COMMANDS)
def test_command_works(scene: DriftScene, line: str) -> None:
    """Every command of the page finds the drift of the page; an address of the page is that of somebody here."""
    words = shlex.split(line)
    assert words[:2] == ["xplenty-pulumi", "drift"]
    with receiving() as receiver:
        urls = {one: receiver.url for one in words if one.startswith("https://")}
        files = {one: str(scene.folder / one) for one in words if one.endswith("last.json")}
        ended = scene.run(*((urls | files).get(one, one) for one in words[2:]))
        assert (ended.code, len(receiver.received())) == (2, len(urls))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_classes_of_fields_are_those_of_the_code(kind: Kind) -> None:
    """Each kind has a row with its fields by class."""
    fields = {**{name: kind.by_name[name].drift for name in kind.compared}, **kind.shown}
    by_class = {
        drift: ", ".join(f"`{name}`" for name, found in fields.items() if found is drift)
        for drift in (Drift.HARMFUL, Drift.HARMLESS, Drift.EXPECTED)
    }
    assert row(kind.name, *by_class.values()) in PAGE.splitlines()


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.value)
def test_classes_of_causes_are_those_of_the_code(cause: Cause) -> None:
    """Each cause has a row with its class and what it means."""
    drift, meaning = CAUSES[cause]
    assert row(f"`{cause.value}`", drift.value, meaning) in PAGE.splitlines()


def test_numbers_of_the_page_are_those_of_the_code() -> None:
    """How long a post may take is said as it is."""
    assert TIMEOUT == 10
    assert "within ten seconds" in PAGE
