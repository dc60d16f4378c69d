"""What a command prints is text, whoever wrote it."""

import ast
import json
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

from xplenty_pulumi import cli
from xplenty_pulumi.cli.ui.screen import Screen

HOSTILE = "a\x1b[2J\x07\x9b31m\u202eb postgres://user:pa55word@host/db"


def _table() -> Table:
    table = Table("name")
    table.add_row(HOSTILE)
    return table


@pytest.mark.parametrize("shown", [_table(), Text(HOSTILE), HOSTILE], ids=["table", "text", "words"])
def test_what_is_shown_holds_nothing_that_a_terminal_obeys(capsys: pytest.CaptureFixture[str], shown: object) -> None:
    """Nor a password in an address, wherever it stands."""
    Screen().show(shown)  # type: ignore[arg-type]  # a text is one of the renderables
    out = capsys.readouterr().out
    assert out
    assert all(one.isprintable() or one == "\n" for one in out)
    assert ("pa55word" in out, "host" in out) == (False, True)


@pytest.mark.parametrize("line", ["::error::no", "  ::error::no", "x ##[error]no", "##vso[a]b", "##teamcity[a]"])
def test_no_line_is_a_command(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """Neither one on stdout nor one on stderr is obeyed by a CI system."""
    screen = Screen()
    screen.line(line)
    screen.show(Text(line))
    screen.warn(line)
    printed = "".join(capsys.readouterr())
    assert not [one for one in printed.splitlines() if one.strip().startswith("::")]
    assert not any(command in printed for command in ("##[", "##vso[", "##teamcity["))


@pytest.mark.parametrize("columns", ["20", "37", "400"])
@pytest.mark.parametrize("in_table", [False, True])
def test_no_text_is_lost_where_commands_are_defused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str, *, in_table: bool
) -> None:
    """Each blank in a command makes its line longer; the end of that goes on the next line."""
    monkeypatch.setenv("COLUMNS", columns)
    words = [f"##[error]{number:03}" for number in range(40)]
    table = Table.grid()
    table.add_column(overflow="fold")
    table.add_row(Text("".join(words)))
    Screen().show(table if in_table else Text("".join(words)))
    out = capsys.readouterr().out
    assert "##[" not in out
    assert max(map(len, out.splitlines())) <= int(columns)
    assert "".join(out.split()) == "".join(words)


def test_documents_keep_their_values(capsys: pytest.CaptureFixture[str]) -> None:
    """What would be a command is spelled in another way, which means the same in JSON."""
    Screen().document({"errors": "##[error]no \x1b"})
    out = capsys.readouterr().out
    assert "##[" not in out
    assert json.loads(out) == {"errors": "##[error]no \x1b"}


PRINTS = {"typer.echo", "typer.secho", "print", "sys.stdout.write", "sys.stderr.write"}
UNSCRUBBED = {"app.py", "ui/screen.py"}
"""The version, which is a constant, and the screen itself."""


def test_no_command_prints_but_on_the_screen() -> None:
    """So nothing is shown that was not scrubbed and made harmless."""
    folder = Path(str(cli.__file__)).parent
    files = {str(file.relative_to(folder)): ast.parse(file.read_text()) for file in folder.rglob("*.py")}
    printing = {
        name
        for name, tree in files.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in PRINTS
    }
    assert printing == UNSCRUBBED
