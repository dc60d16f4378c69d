"""What `--json` prints: version 1 of a format that only ever gains fields."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from xplenty_pulumi.text import stamp

VERSION = 1


def document(**parts: object) -> dict[str, Any]:
    """Return a whole document with these parts."""
    return {"version": VERSION, **{name: json_value(part) for name, part in parts.items()}}


def json_value(value: object) -> Any:
    """Return `value` as JSON has it: the fields of a dataclass by name, a moment in UTC, the value of an Enum."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): json_value(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(inner) for inner in value]
    if is_dataclass(value):
        return picked(value, *(one.name for one in fields(value)))
    return value


def picked(record: object, *names: str) -> dict[str, Any]:
    """Return some attributes of a record, by name."""
    return {name: json_value(getattr(record, name)) for name in names}
