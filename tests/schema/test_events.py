"""The schema of a line of the event log: it has every field that the page describes, and notices what is wrong."""

import json
from typing import Any

import jsonschema_rs
import pytest

from tests.support.accounts.event_lines import SCHEMA, validator
from xplenty_pulumi.events.fields import COMMON, OWN

FOUND = json.loads(SCHEMA.read_text(encoding="utf-8"))
LINE: dict[str, Any] = {
    "version": 1,
    "time": "2026-01-01T00:00:00.250000Z",
    "event": "wait",
    "seconds": 1.5,
    "process": 7,
    "trace": "ab" * 16,
    "span": "cd" * 8,
    "goal": "available",
    "result": "reached",
}


def test_fields_are_those_of_the_page() -> None:
    """No field is missing and none is too many, for all events and for those of one name."""
    assert set(FOUND["properties"]) == set(COMMON)
    own = {part["title"]: set(part["properties"]) - {"event"} for part in FOUND["oneOf"]}
    assert own == {name: set(fields) for name, fields in OWN.items()}


def test_schema_is_one() -> None:
    """It is valid by its own rules, and a line fits it."""
    assert jsonschema_rs.meta.is_valid(FOUND)
    assert validator().is_valid(LINE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"time": "2026-01-01T00:00:00.250000+00:00"},
        {"event": "pause"},
        {"result": "kept"},
        {"variables": {}},
        {"method": "GET"},
        {"trace": "x"},
        {"seconds": None},
    ],
)
def test_what_is_wrong_is_noticed(wrong: dict[str, object]) -> None:
    """Another form of a moment, a value of another event, or a field that no page describes fits nothing."""
    assert not validator().is_valid({**LINE, **wrong})
