"""How long things usually take, as an account's own past shows."""

from collections.abc import Iterable
from datetime import datetime
from statistics import median

_ENOUGH = 20
_LONGEST = 86_400.0


def usual(spans: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    """Return the median length in seconds of the first twenty spans that have a start and an end, None without any.

    A span that ends before it starts, or is longer than a day, says nothing: the service sets some of its times anew.
    """
    lengths = [(end - start).total_seconds() for start, end in spans if start and end]
    sensible = [one for one in lengths if 0 < one <= _LONGEST][:_ENOUGH]
    return median(sensible) if sensible else None
