"""Texts of others made fit for a terminal and for the log of a CI system."""

import re

_COMMAND_OF_A_LINE = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
"""`::error::` and the like: GitHub obeys a line that begins so, blanks before it or not."""
_COMMAND = re.compile(r"#(?=#(?:vso|teamcity)?\[)", re.IGNORECASE)
"""`##[error]`, `##vso[...]`, `##teamcity[...]`: obeyed wherever they stand in a line."""


def harmless(text: str) -> str:
    """Return `text` without what a terminal or a CI system would obey; line breaks and tabs stay.

    Control characters and those that turn the direction of writing become blanks. What a CI system takes for a command
    gets a blank in its first two characters, so that it can still be read.
    """
    return not_commands("".join(one if one.isprintable() or one in "\n\t" else " " for one in text))


def not_commands(text: str) -> str:
    """Return `text` so that no CI system takes a part of it for a command."""
    return _COMMAND.sub("# ", _COMMAND_OF_A_LINE.sub(r"\1: ", text))
