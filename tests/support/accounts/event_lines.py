"""The log of events as it is read by others: every line as `schema/events.schema.json` says."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

SCHEMA = Path(__file__).resolve().parents[3] / "schema" / "events.schema.json"


def events_in(path: Path) -> list[dict[str, Any]]:
    """Return the events in a file; raises ValidationError for the first line that the schema does not describe."""
    found: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for one in found:
        validator().validate(one)
    return found


@cache
def validator() -> jsonschema_rs.Validator:
    """Return what checks a line, which has no field but those of the schema."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator({**schema, "unevaluatedProperties": False}, validate_formats=True)
