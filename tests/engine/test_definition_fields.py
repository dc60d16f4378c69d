"""Every field of the definitions, changed once in the program and once by hand: told, repaired, and gone in the end."""

import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.support.engine.stack import Declared, Stack
from xplenty_pulumi.core.kinds.kind import Change, Kind
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.emulator import Emulator

Fields = Mapping[str, Any]
_CHANGED = re.compile(r"^ {6}[-+~] (\w+)", re.MULTILINE)
OF_THE_SERVICE = {"updated_at", "version", "next_run_at"}
"""What a save changes besides what is saved."""
FLOW = {"components": [{"id": "load", "table": "sales"}]}
SLACK = "https://hooks.example.test/T0/"
DATABASE = {"username": "etl", "password": "pw-4711", "host": "db.example.test"}
LEAST: Mapping[str, Fields] = {
    "package": {"source": FLOW, "name": "Loads"},
    "schedule": {"packages": [{"package_id": 101, "variables": {"day": "'x'"}}], "every": "1 day"},
    "connection": {"type": "mysql", "name": "Sales", "settings": DATABASE},
    "hook": {"type": "slack", "name": "Bell", "settings": {"url": f"{SLACK}one"}, "events": ["job.failed"]},
}
AFTER: Mapping[str, Mapping[str, Fields]] = {
    "package": {
        "name": {"name": "Nightly loads"},
        "description": {"description": "nightly"},
        "flow": {"source": {"components": [{"id": "load", "table": "sales_2"}]}},
        "variables": {"variables": {"day": "'y'"}},
        "flow_version": {"source": {"data_flow_json": json.dumps(FLOW), "flow_version": "2.1.0"}},
        "flow_type": {"flow_type": "workflow"},
        "copy_of": {"source": None, "copy_of": 102},
    },
    "schedule": {
        "packages": {"packages": [{"package_id": 101, "variables": {"day": "'y'"}}]},
        "every": {"every": "12 hours"},
        "start_at": {"start_at": "2099-01-01T00:00:00Z"},
        "enabled": {"enabled": False},
        "name": {"name": "Nights"},
        "description": {"description": "nightly"},
        "overlap": {"overlap": False},
        "auto_retry": {"auto_retry": True},
        "auto_retry_attempts": {"auto_retry_attempts": 2},
        "reuse_cluster": {"reuse_cluster": "self"},
        "nodes": {"nodes": 3},
        "terminate_on_idle": {"terminate_on_idle": False},
        "time_to_idle": {"time_to_idle": 7200},
    },
    "connection": {
        "settings": {"settings": {**DATABASE, "host": "db2.example.test"}},
        "name": {"name": "Nightly sales"},
        "type": {"type": "postgres"},
    },
    "hook": {
        "settings": {"settings": {"url": f"{SLACK}two"}},
        "events": {"events": ["job.completed"]},
        "name": {"name": "Nightly bell"},
        "active": {"active": False},
        "type": {"type": "email", "settings": {"emails": "a@example.test"}},
    },
}
"""What each field becomes; the inputs beside it are what the change of it needs."""
EDITS: Mapping[str, Callable[..., object]] = {
    "package": Emulator.edit_package,
    "schedule": Emulator.edit_schedule,
    "connection": Emulator.edit_connection,
    "hook": Emulator.edit_hook,
}


def declared(kind: Kind, fields: Mapping[str, Fields]) -> list[Declared]:
    """Declare a definition for each field, with what is not None."""
    given = {name: {**LEAST[kind.name], **more} for name, more in fields.items()}
    return [
        Declared(kind.resource, name, {key: value for key, value in inputs.items() if value is not None})
        for name, inputs in given.items()
    ]


def records(stack: Stack, account: Emulator, kind: Kind) -> dict[str, Any]:
    """Return what the account holds for each resource of the state."""
    found = getattr(account, kind.collection)()
    by_key = {f"{one.type}/{one.number}" if kind.name == "connection" else str(one.id): one for one in found}
    return {name: by_key.get(one["id"]) for name, one in stack.state().items()}


def put_back(account: Emulator, kind: Kind, *, now: Any, before: Any) -> None:
    """Give a record by hand what it showed before."""
    names = {field.name for field in dataclasses.fields(now)} - OF_THE_SERVICE
    changed = {name: getattr(before, name) for name in names if getattr(before, name) != getattr(now, name)}
    EDITS[kind.name](account, now.id, **changed)


def told_by_refresh(stack: Stack) -> dict[str, set[str]]:
    """Return the inputs of each resource that a preview of a refresh names.

    They are read from the text: of a package whose validation is due, the JSON of the engine names no input.
    """
    output = stack.run("refresh", "--preview-only", "--diff").succeeded().output
    parts = (part.partition("]\n") for part in output.split("[urn=")[1:])
    found = {head.rpartition("::")[2]: set(_CHANGED.findall(lines)) - {"observed"} for head, _, lines in parts}
    return {name: fields for name, fields in found.items() if fields}


@pytest.mark.parametrize("name", AFTER)
def test_every_field_that_the_service_sees_is_changed(name: str) -> None:
    """A field that is added to a table needs a row."""
    assert set(AFTER[name]) == {*KINDS[name].names(Change.IN_PLACE), *KINDS[name].names(Change.REPLACE)}


@pytest.mark.parametrize("name", AFTER)
def test_each_field_is_changed_and_repaired(stack: Stack, account: Emulator, name: str) -> None:
    """The preview says what the table says, the `up` does it, and what somebody puts back is named and set again."""
    kind = KINDS[name]
    stack.declare(*declared(kind, {field: {} for field in AFTER[name]})).up().succeeded()
    before = records(stack, account, kind)
    stack.declare(*declared(kind, AFTER[name]))

    planned = stack.preview()
    stack.up().succeeded()

    after, in_place = records(stack, account, kind), {*kind.names(Change.IN_PLACE)}
    operations = {field: planned[field]["op"] for field in AFTER[name]}
    assert operations == {field: "update" if field in in_place else "replace" for field in AFTER[name]}
    assert {field for field in AFTER[name] if after[field].id == before[field].id} == in_place
    stack.up("--expect-no-changes").succeeded()

    account.advance(60)  # a list tells an edit by its moment, in seconds
    for field in in_place:
        put_back(account, kind, now=after[field], before=before[field])
    assert told_by_refresh(stack) == {field: {field} for field in in_place}
    stack.up("--refresh").succeeded()
    repaired = records(stack, account, kind)
    assert {field: what_is_saved(one) for field, one in repaired.items()} == {
        field: what_is_saved(one) for field, one in after.items()
    }

    stack.destroy().succeeded()
    left = [one for one in getattr(account, kind.collection)() if one.id in {now.id for now in after.values()}]
    assert {one.status for one in left} <= {"archived"}
    assert stack.state() == {}


def what_is_saved(record: Any) -> dict[str, object]:
    """Return the fields that somebody sets."""
    return {one.name: getattr(record, one.name) for one in dataclasses.fields(record) if one.name not in OF_THE_SERVICE}
