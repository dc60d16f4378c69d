"""The description of the API turned into checks of requests and answers; every schema is compiled once."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import jsonschema_rs

Json: TypeAlias = Any
METHODS = ("get", "put", "post", "delete")


@dataclass(frozen=True)
class Operation:
    """One described call: its query parameters by name, the schema of its body, and what it answers by status."""

    name: str
    parameters: Mapping[str, Json]
    body: Json
    responses: Mapping[int, Json]


class Contract:
    """A description made ready for checking: references are resolved, and a schema is compiled on its first use."""

    def __init__(self, document: Json) -> None:
        self.document = _resolved(document, document)
        self._validators: dict[int, jsonschema_rs.Validator] = {}

    @cached_property
    def operations(self) -> Mapping[tuple[str, int], Sequence[tuple[tuple[str, ...], Operation]]]:
        """Operations by method and number of path segments, fixed paths before those with parameters."""
        table: dict[tuple[str, int], list[tuple[tuple[str, ...], Operation]]] = {}
        for path, item in sorted(self.document["paths"].items(), key=lambda entry: entry[0].count("{")):
            segments = tuple(path.strip("/").split("/"))
            for method in METHODS:
                if method in item:
                    entry = (segments, _operation(item, item[method]))
                    table.setdefault((method, len(segments)), []).append(entry)
        return table

    def find(self, method: str, path: str) -> Operation | None:
        """Return the operation for a call, or None when the description has none."""
        segments = path.strip("/").split("/")
        for template, operation in self.operations.get((method.lower(), len(segments)), ()):
            if all(part[0] == "{" or part == given for part, given in zip(template, segments, strict=True)):
                return operation
        return None

    def request_problems(self, method: str, path: str, *, query: Mapping[str, Json], body: Json) -> list[str]:
        """Return what is wrong with a request; `query` has one value or list of values per name, `body` is parsed."""
        operation = self.find(method, path)
        if operation is None:
            return ["no such call is described"]
        return [*self._query_problems(operation, query), *self._body_problems(operation, body)]

    def response_problems(
        self, method: str, path: str, *, status: int, headers: Mapping[str, str], body: bytes
    ) -> list[str]:
        """Return what is wrong with an answer; a call that is not described must be refused with a message."""
        operation = self.find(method, path)
        if operation is None:
            return self._refusal_problems(status, body)
        response = operation.responses.get(status)
        if response is None:
            return [f"status {status} is not described for {operation.name}"]
        lowered = {name.lower(): value for name, value in headers.items()}
        return [*self._header_problems(response, lowered), *self._content_problems(response, lowered, body)]

    def _schema_problems(self, schema: Json, value: Json) -> list[str]:
        validator = self._validators.get(id(schema))
        if validator is None:
            validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
            self._validators[id(schema)] = validator
        if validator.is_valid(value):
            return []
        return [_line(error) for error in validator.iter_errors(value)]

    def _query_problems(self, operation: Operation, query: Mapping[str, Json]) -> list[str]:
        missing = [name for name, each in operation.parameters.items() if each.get("required") and name not in query]
        problems = [f"query parameter {name} is missing" for name in missing]
        for name, value in query.items():
            if name in operation.parameters:
                problems += self._parameter_problems(operation.parameters[name], value)
            else:
                problems.append(f"query parameter {name} is not described for {operation.name}")
        return problems

    def _parameter_problems(self, parameter: Json, value: Json) -> list[str]:
        schema = parameter["schema"]
        errors = jsonschema_rs.Draft202012Validator(schema).iter_errors(_from_text(schema, value))
        return [f"query parameter {parameter['name']}: {error.message}" for error in errors]

    def _body_problems(self, operation: Operation, body: Json) -> list[str]:
        if operation.body is None:
            return [] if body is None else [f"{operation.name} takes no body"]
        if body is None:
            return [f"{operation.name} needs a body"]
        return self._schema_problems(operation.body, body)

    def _header_problems(self, response: Json, headers: Mapping[str, str]) -> list[str]:
        described = {name.lower(): each for name, each in response["headers"].items()}
        missing = [name for name, each in described.items() if each["required"] and name not in headers]
        numbers = [name for name, each in described.items() if each["schema"]["type"] == "integer" and name in headers]
        wrong = [f"header {name} is no number" for name in numbers if not headers[name].isdecimal()]
        return [f"header {name} is missing" for name in missing] + wrong

    def _content_problems(self, response: Json, headers: Mapping[str, str], body: bytes) -> list[str]:
        content = response.get("content", {})
        if not content:
            return [] if not body else ["there is a body where none is described"]
        kind = headers.get("content-type", "").partition(";")[0].strip()
        if kind not in content:
            return [f"content type {kind!r} is not one of {', '.join(content)}"]
        return self._text_problems(content[kind]["schema"], body)

    def _text_problems(self, schema: Json, body: bytes) -> list[str]:
        try:
            value = json.loads(body)
        except ValueError as error:
            return [f"the body is not JSON: {error}"]
        return self._schema_problems(schema, value)

    def _refusal_problems(self, status: int, body: bytes) -> list[str]:
        if status < 400:
            return [f"a call that is not described was answered with {status}"]
        return self._text_problems(self.document["components"]["schemas"]["Error"], body)


def _operation(item: Json, described: Json) -> Operation:
    listed = [*item.get("parameters", ()), *described.get("parameters", ())]
    return Operation(
        name=described["operationId"],
        parameters={each["name"]: each for each in listed if each["in"] == "query"},
        body=described["requestBody"]["content"]["application/json"]["schema"] if "requestBody" in described else None,
        responses={int(status): response for status, response in described["responses"].items()},
    )


def _resolved(node: Json, document: Json) -> Json:
    """Return a copy with the target of each reference in its place, and what stands beside the reference on top."""
    if isinstance(node, list):
        return [_resolved(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    beside = {name: _resolved(value, document) for name, value in node.items() if name != "$ref"}
    if "$ref" not in node:
        return beside
    target = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return {**_resolved(target, document), **beside}


def _from_text(schema: Json, value: Json) -> Json:
    """Return a query value as the type its schema names; what does not fit stays text and fails the check."""
    if schema["type"] == "array" and isinstance(value, str):
        return value.split(",")
    if schema["type"] == "integer" and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    return value


def _line(error: jsonschema_rs.ValidationError) -> str:
    where = "/".join(str(part) for part in error.instance_path) or "the body"
    return f"{where}: {error.message}"
