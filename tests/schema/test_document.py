"""The description is valid OpenAPI 3.1 and says of each field what it is and who says so."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from tests.support.openapi import load_document
from xplenty_pulumi.emulator.calls import routes

DOCUMENT = load_document()
SCHEMAS = DOCUMENT["components"]["schemas"]
SOURCE = re.compile(r"(?P<kind>DOCUMENTED|INFERRED|UNKNOWN)(?: \((?P<names>\w+(?:, \w+)*)\))?")
DOCUMENTED_ERRORS = {"400", "401", "402", "403", "404", "406", "415", "422", "429", "500", "502", "503"}
RATE_LIMIT_HEADERS = {"X-RateLimit-Limit", "X-RateLimit-Remaining"}
FIELD_KEYWORDS = {
    *{"type", "$ref", "anyOf", "enum", "items", "minimum", "maximum", "default", "description"},
    "additionalProperties",
    *{"readOnly", "x-source", "x-null-source", "x-known-values"},
}

UNDOCUMENTED = {"GET /{id}/api/packages/search", "GET /{id}/api/schedules/search"}
"""Calls that are answered like their documented neighbours."""


LEFT_OUT = {"GET /{id}/api/packages/templates"}
"""Calls that the emulator says it leaves out."""


def described_calls() -> set[str]:
    items = DOCUMENT["paths"].items()
    spelled = ((re.sub(r"\{\w+\}", "{id}", path), item) for path, item in items)
    return {f"{key.upper()} {path}" for path, item in spelled for key in item if key != "parameters"}


def answered_calls() -> set[str]:
    of_account = {f"/{{id}}/api/{path.replace('{type}', '{id}')}": found for path, found in routes.ACCOUNT.items()}
    everywhere = {f"/{path}": handlers for path, handlers in routes.GLOBAL.items()}
    return {f"{method} {path}" for path, handlers in {**of_account, **everywhere}.items() for method in handlers}


def operations() -> Iterator[tuple[str, Any]]:
    for path, item in DOCUMENT["paths"].items():
        for key, operation in item.items():
            if key != "parameters":
                yield f"{key.upper()} {path}", operation


def fields() -> Iterator[tuple[str, Any]]:
    for schema_name, schema in SCHEMAS.items():
        for name, field in schema.get("properties", {}).items():
            yield f"{schema_name}.{name}", field


def sourced() -> Iterator[tuple[str, Any]]:
    yield from fields()
    yield from operations()
    for group in ("schemas", "parameters", "headers", "responses", "securitySchemes"):
        for name, node in DOCUMENT["components"][group].items():
            yield f"{group}.{name}", node


def allows_null(field: Any) -> bool:
    return "null" in field.get("type", ()) or {"type": "null"} in field.get("anyOf", ())


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_the_file_is_valid_openapi() -> None:
    """The whole file holds to the OpenAPI 3.1 metaschema."""
    assert DOCUMENT["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(copy.deepcopy(DOCUMENT)).validate()


def test_the_metaschema_check_can_fail() -> None:
    """A file with a path item of the wrong kind does not pass."""
    broken = {**DOCUMENT, "paths": {"/user": {"get": {"responses": 7}}}}
    with pytest.raises(Exception, match="7 is not"):
        schemathesis.openapi.from_dict(copy.deepcopy(broken)).validate()


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_valid_json_schema(name: str) -> None:
    """Each schema holds to the metaschema of JSON Schema 2020-12, which OpenAPI 3.1 uses."""
    assert jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **SCHEMAS[name]})


def test_every_call_of_the_project_is_described() -> None:
    """The described calls are exactly those that the emulator answers, and one that nobody here makes."""
    assert described_calls() == answered_calls() - UNDOCUMENTED | LEFT_OUT


def has_source(node: Any) -> bool:
    source = SOURCE.fullmatch(node.get("x-source", ""))
    if source is None or not (node.get("description") or node.get("summary")):
        return False
    named = set((source["names"] or "").split(", ")) - {""}
    return named <= set(DOCUMENT["x-sources"]) and (bool(named) or source["kind"] != "INFERRED")


def test_everything_names_its_source() -> None:
    """Each field, call, parameter, header and answer has a text and a source out of the legend."""
    assert len(list(fields())) > 100
    assert len(list(operations())) > 20
    assert [name for name, node in sourced() if not has_source(node)] == []


def test_each_field_has_a_type() -> None:
    """Each field has a type of its own or by reference."""
    assert [name for name, field in fields() if not {"type", "$ref", "anyOf"} & set(field)] == []


def test_no_field_has_a_stray_keyword() -> None:
    """No field has a keyword that stems from a slip in the file, such as a comma in an unquoted text."""
    assert [name for name, field in fields() if not set(field) <= FIELD_KEYWORDS] == []


def test_each_nullable_field_says_who_saw_null() -> None:
    """A field has a source for null exactly when it allows null."""
    assert [name for name, field in fields() if allows_null(field) != ("x-null-source" in field)] == []
    assert [name for name, field in fields() if not SOURCE.fullmatch(field.get("x-null-source", "UNKNOWN"))] == []


def test_each_call_has_all_documented_errors() -> None:
    """Each call lists every error status of the service."""
    assert [name for name, operation in operations() if not set(operation["responses"]) >= DOCUMENTED_ERRORS] == []


def test_each_call_has_a_success() -> None:
    """Each call says how it succeeds."""
    assert [name for name, operation in operations() if not set(operation["responses"]) & {"200", "201", "204"}] == []


def test_each_answer_carries_the_rate_limit() -> None:
    """Both rate limit headers are on each answer."""
    answers = DOCUMENT["components"]["responses"].items()
    assert [name for name, answer in answers if not set(answer["headers"]) >= RATE_LIMIT_HEADERS] == []


def test_no_operation_name_is_used_twice() -> None:
    """Operation names are unique."""
    names = [operation["operationId"] for _, operation in operations()]
    assert len(names) == len(set(names))


def test_every_component_is_used_and_every_reference_leads_somewhere() -> None:
    """No component is left over and no reference is dead."""
    used = set(references(DOCUMENT))
    groups = DOCUMENT["components"].items()
    there = {f"#/components/{group}/{name}" for group, parts in groups for name in parts if group != "securitySchemes"}
    assert used == there


@pytest.mark.parametrize("name", [name for name, schema in SCHEMAS.items() if "properties" in schema])
def test_required_and_expected_fields_are_described(name: str) -> None:
    """Whatever a schema demands is among its fields, and only once."""
    demanded = [*SCHEMAS[name].get("required", ()), *SCHEMAS[name].get("x-expected", ())]
    assert len(demanded) == len(set(demanded))
    assert set(demanded) <= set(SCHEMAS[name]["properties"])


def test_what_a_cluster_lets_one_write_is_what_create_takes() -> None:
    """A cluster's fields that are not read-only are those of a create, and an update takes some of them."""
    properties = SCHEMAS["Cluster"]["properties"]
    read_only = {name for name, field in properties.items() if field.get("readOnly")}
    assert set(properties) - read_only - {"creator", "time_to_idol"} == set(SCHEMAS["ClusterCreate"]["properties"])
    assert set(SCHEMAS["ClusterUpdate"]["properties"]) < set(SCHEMAS["ClusterCreate"]["properties"])


def test_the_file_names_known_values_without_closing_them() -> None:
    """A status the service invents tomorrow is valid by the file as written, which clients go by."""
    for name in ("ClusterStatus", "JobStatus"):
        assert jsonschema_rs.is_valid(SCHEMAS[name], "on_holiday")
        assert len(SCHEMAS[name]["x-known-values"]) == 9
