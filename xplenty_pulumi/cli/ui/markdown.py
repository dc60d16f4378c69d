"""Markdown that GitHub and GitLab show alike, in which no text is markup, ends its cell or calls somebody."""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from xplenty_pulumi.text import one_line

LARGEST = 65_000
"""Bytes of a comment; GitHub takes 65,536 characters."""
_LONGEST_CODE = 300
_MARKUP = frozenset("\\`*_{}[]<>#|&~")


def plain(text: str) -> str:
    """Return `text` on one line as a text; a blank keeps each `@` from the name behind it."""
    escaped = "".join(f"\\{one}" if one in _MARKUP else one for one in one_line(text))
    return escaped.replace("@", "@ ")


def code(text: str) -> str:
    """Return `text` on one line as a code span, also in a table, and only its begin where it is long."""
    shown = one_line(text)
    if not shown:
        return ""
    short = shown if len(shown) <= _LONGEST_CODE else f"{shown[:_LONGEST_CODE]}…"
    ticks = "`" * (1 + _longest_run(short))
    space = " " if short[0] == "`" or short[-1] == "`" else ""
    # A backslash before a bar would be taken for the escape of the escape.
    return f"{ticks}{space}{short}{space}{ticks}".replace("\\|", "\\ |").replace("|", "\\|")


def fence(text: str) -> str:
    """Return the lines of `text` as a block of code, in a fence that is longer than any in it."""
    ticks = "`" * (1 + max(2, _longest_run(text)))
    return "\n".join([f"{ticks}text", *map(one_line, text.splitlines()), ticks, ""])


def row(cells: Iterable[str]) -> str:
    """Return a line of a table; the cells are Markdown already."""
    return f"| {' | '.join(cells)} |\n"


def head(columns: Sequence[str]) -> str:
    """Return the two lines with which a table begins."""
    return f"{row(columns)}|{'---|' * len(columns)}\n"


def fitting(parts: Sequence[str], room: int) -> list[str]:
    """Return the first of `parts`, as many as have `room` bytes in all."""
    return [part for part, end in zip(parts, accumulate(map(size, parts)), strict=True) if end <= room]


def size(text: str) -> int:
    """Return the bytes of a text."""
    return len(text.encode(errors="replace"))


def left_out(*counted: str) -> str:
    """Return what says that there was no room for all; an empty text where nothing is counted."""
    named = ", ".join(filter(None, counted))
    return f"left out, since a comment has an end: {named}" if named else ""


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
