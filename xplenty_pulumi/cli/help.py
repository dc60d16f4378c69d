"""How the help of a group names its commands: each with its whole first paragraph, wrapped and not cut."""

from collections.abc import Iterable
from typing import Any

from typer.core import TyperGroup


class HelpfulGroup(TyperGroup):
    """A group of commands whose help cuts no text."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the names with their help."""
        del ctx
        write_commands(formatter, ((name, command.help or "") for name, command in self.commands.items()))


def write_commands(formatter: Any, commands: Iterable[tuple[str, str]]) -> None:
    """Write the section of the commands from their names and help texts."""
    with formatter.section("Commands"):
        formatter.write_dl([(name, " ".join(text.partition("\n\n")[0].split())) for name, text in commands])
