"""The blocks and the picture of `docs/how-to/usage.md`: what the commands print, and the page as it is now."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.support.accounts.command_line import Scene
from tools.demo.past import fill
from tools.usage_picture import PICTURE, digest, digest_in, shown

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "usage.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for kind, text in BLOCKS if kind == "console" for line in text.splitlines()]


def text_of(kind: str) -> str:
    """Return the one block of a kind."""
    found: list[str] = [text for language, text in BLOCKS if language == kind]
    assert len(found) == 1
    return found[0]


def test_page_has_no_block_that_is_not_checked_below() -> None:
    """A block of another kind needs a test here."""
    assert len(BLOCKS) == PAGE.count("```") / 2
    assert {kind for kind, _ in BLOCKS} == {"console", "json", "text"}


def test_document_is_what_is_printed(scene: Scene) -> None:
    """The JSON is whole."""
    assert scene.run("usage", "--json").json == json.loads(text_of("json"))


def test_bars_are_what_is_printed(scene: Scene) -> None:
    """The bars are those of an account with a past, on a terminal of 80 columns."""
    scene.clock.advance(14 * 3600)
    fill(scene.emulator, days=7)
    assert scene.run("usage", "--chart", "--since", "7d", COLUMNS="80").lines == text_of("text").splitlines()


@pytest.mark.parametrize("line", COMMANDS)
def test_command_works(scene: Scene, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the page ends well on the account of the page."""
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line)
    assert words[0] == "xplenty-pulumi"
    ended = scene.run(*words[1:])
    assert ended.code == 0, ended.err


def test_picture_is_that_of_the_page() -> None:
    """What the page shows, and how, has not changed since the picture was drawn; `make docs` draws it again."""
    assert PICTURE.name in PAGE
    assert digest_in(PICTURE.read_bytes()) == digest(shown())
