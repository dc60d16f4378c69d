"""`docs/reference/commands.md` has the help of every command as it is printed."""

import re

import pytest
from typer.testing import CliRunner

from tools import commands
from xplenty_pulumi.cli.app import app

PAGE = commands.PAGE.read_text(encoding="utf-8")
HELP = dict(re.findall(r"^## ([\w -]+)\n\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


def test_every_command_has_its_help_in_the_page() -> None:
    """None is left out, and none is there that does not exist; `make docs` writes the page anew."""
    assert sorted(HELP) == sorted(commands.commands())


@pytest.mark.parametrize("words", HELP)
def test_help_is_what_is_printed(words: str) -> None:
    """The help of each command stands in the page as it is."""
    printed = CliRunner().invoke(app, [*words.split(), "--help"], prog_name="xplenty-pulumi", env={"COLUMNS": "80"})
    assert printed.exit_code == 0
    assert [line.rstrip() for line in printed.stdout.splitlines()] == HELP[words].splitlines()


def test_page_is_what_is_written() -> None:
    """The rest of the page is as `make docs` writes it, the help of the program itself first."""
    assert commands.page() == PAGE
