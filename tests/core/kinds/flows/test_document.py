"""A flow has one form and one digest, and a document says what it has of a package."""

import json
import re
from types import MappingProxyType
from typing import Any

import pytest

from xplenty_pulumi.core.kinds.flows.document import canonical, digest, digest_of, formatted, read_document

FLOW: dict[str, Any] = {"b": [1, {"z": None, "a": "é"}], "a": 1.5}
TEXT = '{"a":1.5,"b":[1,{"a":"é","z":null}]}'


@pytest.mark.parametrize(
    "flow", [FLOW, MappingProxyType(FLOW), json.dumps(FLOW, indent=3), json.dumps(FLOW), {**FLOW, "b": (*FLOW["b"],)}]
)
def test_one_form(flow: Any) -> None:
    """Blanks, the order of names and the kind of mapping make no difference."""
    assert canonical(flow) == TEXT
    assert read_document(flow).digest == digest(TEXT)


@pytest.mark.parametrize("other", [{**FLOW, "a": 1.0}, {**FLOW, "b": [{"z": None, "a": "é"}, 1]}, {**FLOW, "c": None}])
def test_another_value_is_another_flow(other: Any) -> None:
    """The order of a list counts, and so does a name without a value."""
    assert digest_of(json.dumps(other)) != digest(TEXT)


@pytest.mark.parametrize("flow", [{"data_flow_json": json.dumps(FLOW)}, {"raw_data": FLOW}, {"data_flow_json": FLOW}])
def test_an_export_has_inputs_beside_its_flow(flow: dict[str, Any]) -> None:
    """Its description is without a marker, and what is no input is left out."""
    marked = "nightly [xp2:dev-0f3a91c:5b1c0d9e7a42:htjhp4ur9hgns:h]"
    export = {"id": 7, "name": "Loads", "description": marked, "variables": {"a": "1"}, "status": "active", **flow}
    found = read_document(json.dumps(export))
    assert (found.flow, found.inputs) == (TEXT, {"name": "Loads", "description": "nightly", "variables": {"a": "1"}})


@pytest.mark.parametrize(
    "flow", [{"raw_data": {}}, {"data_flow_json": "{}"}, {"data_flow_json": "", "raw_data": {}}, {"data_flow_json": {}}]
)
def test_an_export_may_have_an_empty_flow(flow: dict[str, Any]) -> None:
    """It is no flow itself, which would be sent with the name in it."""
    found = read_document({"name": "Loads", **flow})
    assert (found.flow, found.inputs) == ("{}", {"name": "Loads"})


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{", "is no JSON: "),
        ("[" * 100_000, "is no JSON: it is nested too deep"),
        ("[]", "must be an export document or a flow, which are JSON objects, got a list"),
        ({"data_flow_json": "{"}, "has a data_flow_json that is no JSON: "),
        ({"data_flow_json": "7"}, "has a data_flow_json that is neither a JSON object nor a list"),
        ({"name": "a", "data_flow_json": ""}, "has a data_flow_json that is no JSON: "),
        ({"name": "a", "raw_data": None}, "has a raw_data that is neither a JSON object nor a list"),
        ({"package": {"name": "a", "data_flow_json": "{}"}}, "has an export document one level down; give that"),
        ({"package": {"raw_data": {}}}, "has an export document one level down; give that document itself"),
        ({"a": float("nan")}, "has a data_flow_json with a value that JSON cannot express"),
        ({"a": object()}, "has a data_flow_json with a value that JSON cannot express"),
    ],
)
def test_what_is_no_document_is_told(source: Any, text: str) -> None:
    """The text completes a sentence about `source`, and quotes nothing of it."""
    with pytest.raises(ValueError, match=f"^{re.escape(text)}"):
        read_document(source)


def test_a_flow_that_is_no_json_has_a_digest_too() -> None:
    """What a service accepts can be compared, whatever it is."""
    assert digest_of("no json") == digest("no json")


def test_a_file_is_sorted_and_indented() -> None:
    """So that a change is few lines of a diff, and the file can be read."""
    assert formatted({"b": 1, "a": ["é"]}) == '{\n  "a": [\n    "é"\n  ],\n  "b": 1\n}\n'
