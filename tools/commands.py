"""The `--help` of every command as a page: `python -m tools.commands` writes `docs/reference/commands.md`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import typer.main
from typer.testing import CliRunner

from xplenty_pulumi.cli.app import app

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "commands.md"
NAME = "xplenty-pulumi"
COLUMNS = "80"
OPENING = f"""\
# Every command and option

What `{NAME} COMMAND --help` prints, on a terminal of {COLUMNS} columns. `make docs` writes this page.
"""


def commands() -> tuple[str, ...]:
    """Return the words of every command, such as `wait` and `wait cluster`, in the order in which help lists them."""
    return tuple(_below(typer.main.get_command(app)))


def help_of(words: str) -> str:
    """Return what a command prints for `--help`; no `words` mean the program itself."""
    done = CliRunner().invoke(app, [*words.split(), "--help"], prog_name=NAME, env={"COLUMNS": COLUMNS})
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def page() -> str:
    """Return the whole page."""
    sections = [f"## {words}\n\n{_block(words)}" for words in commands()]
    return "\n".join([OPENING, _block(""), *sections])


def main() -> int:
    """Write the page and return 0."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


def _block(words: str) -> str:
    return f"```text\n{help_of(words)}```\n"


def _below(group: object, words: str = "") -> Iterator[str]:
    for name, command in getattr(group, "commands", {}).items():
        found = f"{words} {name}".strip()
        yield found
        yield from _below(command, found)


if __name__ == "__main__":
    sys.exit(main())
