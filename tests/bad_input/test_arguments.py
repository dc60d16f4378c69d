"""Argument lists: help, a result, or one message with exit code 1, 2 or 3, and never a traceback."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from tests.bad_input.amounts import draws, settle, share
from tests.support import scoreboard
from xplenty_pulumi.cli.app import app
from xplenty_pulumi.cli.commands import emulator as emulator_command
from xplenty_pulumi.emulator import Emulator

CODES = {0, 1, 2, 3}
VALUES: Sequence[str] = (
    *("", " ", "0", "1", "-1", "60", "65535", "65536", "99999999999999999999", "1.5", "1e5", "1e999", "nan", "-inf"),
    *("x", "--", "-", "---", "-x", "--json", "--help", "\u00e9", "\U0001f4a5", "a b", "a\nb", "x" * 5_000, "%s", "{0}"),
    *("good.json", "bad.json", "text.db", "folder", "missing", "missing/file", "/dev/null", ".", "..", "\x1b[31m", "*"),
)
STRANGERS: Sequence[str] = (
    "--nope",
    "--Port",
    "-p",
    "--port=",
    "--port=x",
    "-h",
    "--version=1",
    "emulater",
    "@file",
    "=",
)


@pytest.fixture(autouse=True)
def _scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with good and bad files to name, no settings, no engine, and an emulator that ends when it begins."""
    (tmp_path / "good.json").write_text('{"account_id": "acme"}')
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe{")
    (tmp_path / "text.db").write_text("no database " * 500)
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith("XPLENTY") and name != scoreboard.FOLDER_SETTING]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(emulator_command, "_serve", _begun)


def _begun(account: Emulator, *, as_json: bool) -> None:
    account.stop()


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command there is with the words that lead to it; their class has no public name."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


COMMANDS: Mapping[tuple[str, ...], Any] = dict(commands(typer.main.get_command(app)))


def arguments(draw: Random) -> list[str]:
    """Return an argument list that a hurried person, a broken script or a cat may have typed."""
    path = draw.choice([*COMMANDS, *(path for path in COMMANDS if path)])
    options = [name for option in COMMANDS[path].params for name in option.opts]
    words = [*path]
    for _ in range(draw.randrange(6)):
        sort = draw.randrange(6)
        if sort < 4 and options:
            words.append(draw.choice(options))
        if sort == 4:
            words.append(draw.choice(STRANGERS))
        if sort != 4:
            words.append(draw.choice(VALUES))
    if draw.random() < 0.1:
        draw.shuffle(words)
    return words


@share
def test_argument_lists(step: int) -> None:
    """Whatever is typed, the command ends by itself with a known exit code and says why."""
    runner, tried, seen = CliRunner(), 0, set()
    for draw in draws("arguments", step=step):
        words = arguments(draw)
        done = runner.invoke(app, words)
        assert done.exit_code in CODES, words
        assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.exception)
        assert "Traceback" not in done.output
        assert done.exit_code == 0 or done.stderr or done.stdout, words
        seen.add(done.exit_code)
        tried += 1
    settle("arguments", tried=tried, step=step)
    assert seen >= {0, 2}


def test_every_command_is_tried() -> None:
    """The lists above are made for each command that there is."""
    assert ("emulator",) in COMMANDS
    assert {arguments(Random(number))[0] for number in range(400) if arguments(Random(number))} >= {
        path[0] for path in COMMANDS if path
    }
