"""What `--json` prints is made of plain values."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from xplenty_pulumi.cli.ui.documents import document, picked


class Colour(Enum):
    """An Enum."""

    RED = "red"


@dataclass(frozen=True)
class Thing:
    """A record."""

    at: datetime
    colours: tuple[Colour, ...]
    counts: dict[int, int]


THING = Thing(datetime(2026, 3, 1, 12, 0, 0, 500, tzinfo=UTC), (Colour.RED,), {1: 2})


def test_document_has_a_version_and_only_plain_values() -> None:
    """Fields go by their names, moments are in UTC, and an Enum is its value."""
    values = {"at": "2026-03-01T12:00:00Z", "colours": ["red"], "counts": {"1": 2}}
    assert document(thing=THING, none=None) == {"version": 1, "thing": values, "none": None}
    assert picked(THING, "counts") == {"counts": {"1": 2}}
