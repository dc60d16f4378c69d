"""Texts of the service made fit for a terminal, and quantities as people say them."""

from datetime import UTC, datetime, timedelta

from xplenty_pulumi.core.waiting.patience import spelled

_TWO_DAYS = timedelta(hours=48)
NOTHING = "-"


def one_line(text: str) -> str:
    """Return `text` on one line, without characters that a terminal would obey."""
    return " ".join(clean(text).split())


def clean(text: str) -> str:
    """Return `text` with a blank for every character that is neither shown nor a blank itself."""
    return "".join(one if one.isprintable() else " " for one in text)


def span(seconds: float) -> str:
    """Return a time such as `45s`, `2h05m` or `12d`."""
    return spelled(max(0.0, seconds)) if seconds < _TWO_DAYS.total_seconds() else f"{int(seconds // 86_400)}d"


def since(moment: datetime | None, now: datetime) -> str:
    """Return how long ago something was."""
    return NOTHING if moment is None else span((now - moment).total_seconds())


def stamp(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, such as `2 jobs`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
