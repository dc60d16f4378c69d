"""Texts for people: one line, counts, durations, moments, and nothing that a terminal or a CI system obeys."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

CUT = "..."
"""What stands where a text was cut."""
NOTHING = "-"
"""What a table shows in a cell without a value."""
_VERBS: Mapping[str, str] = MappingProxyType({"failed": "failed", "stopped": "was stopped", "error": "is in error"})
_TWO_DAYS = timedelta(hours=48).total_seconds()
_COMMAND_OF_A_LINE = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
"""`::error::` and the like: GitHub obeys a line that begins so, blanks before it or not."""
_COMMAND = re.compile(r"#(?=#(?:vso|teamcity)?\[)", re.IGNORECASE)
"""`##[error]`, `##vso[...]`, `##teamcity[...]`: obeyed wherever they stand in a line."""


def harmless(text: str) -> str:
    """Return `text` without what a terminal or a CI system would obey; line breaks and tabs stay.

    Control characters and those that turn the direction of writing become blanks. What a CI system takes for a command
    gets a blank in its first two characters, so that it can still be read.
    """
    return not_commands(printable(text, kept="\n\t"))


def not_commands(text: str) -> str:
    """Return `text` so that no CI system takes a part of it for a command."""
    return _COMMAND.sub("# ", _COMMAND_OF_A_LINE.sub(r"\1: ", text))


def printable(text: str, *, kept: str = "") -> str:
    """Return `text` with a blank for every character that a terminal would obey, except for those `kept`."""
    if text.isprintable():  # most are, and the loop is slow
        return text
    return "".join(one if one.isprintable() or one in kept else " " for one in text)


def one_line(text: str | None, *, limit: int | None = None) -> str:
    """Return `text` on one line, printable, cut with three dots where it has more than `limit` characters."""
    whole = text or ""
    read = whole[: limit and limit * 10]
    line = " ".join(printable(read).split())
    is_whole = limit is None or (len(line) <= limit and read == whole)
    return line if is_whole else f"{line[: limit and limit - len(CUT)]}{CUT}"


def label(kind: str, number: int | str) -> str:
    """Return how texts name a record of the service, such as `cluster 501`."""
    return f"{kind} {number}"


def stated(status: object) -> str:
    """Return a status of the service as the verb of a sentence, such as `failed` or `is in error`."""
    return _VERBS.get(str(status), f"is {status}")


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, such as `2 jobs`."""
    ending = "" if count == 1 else "es" if noun.endswith(("ch", "s")) else "s"
    return f"{count:,} {noun}{ending}"


def duration(seconds: float) -> str:
    """Return a time such as `45s`, `3m10s`, `30m` or `2h05m`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02}m" if minutes else f"{hours}h"
    if minutes:
        return f"{minutes}m{rest:02}s" if rest else f"{minutes}m"
    return f"{rest}s"


def rough_duration(seconds: float) -> str:
    """Return a time such as `45s` or `2h05m`, from two days on in whole days, such as `12d`."""
    return duration(max(0.0, seconds)) if seconds < _TWO_DAYS else f"{int(seconds // 86_400)}d"


def since(moment: datetime | None, now: datetime) -> str:
    """Return how long ago something was."""
    return NOTHING if moment is None else rough_duration((now - moment).total_seconds())


def stamp(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
