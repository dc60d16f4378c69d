"""The description of the API turned into checks of requests and answers; every schema is compiled once."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import jsonschema_rs

Json: TypeAlias = Any
SCHEMA_URI = "urn:xplenty-openapi"
METHODS = ("get", "put", "post", "delete")


@dataclass(frozen=True)
class Operation:
    """One described call, with the values of its references in place and the pointers to its body schemas."""

    name: str
    parameters: Mapping[str, Json]
    request_pointer: str | None
    responses: Mapping[int, Json]


class Contract:
    """A description made ready for checking; schemas are compiled once, on first use."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self._validators: dict[str, jsonschema_rs.Validator] = {}

    @cached_property
    def operations(self) -> Mapping[tuple[str, int], Sequence[tuple[tuple[str, ...], Operation]]]:
        """Operations by method and number of path segments, fixed paths before those with parameters."""
        table: dict[tuple[str, int], list[tuple[tuple[str, ...], Operation]]] = {}
        for path, item in sorted(self.document["paths"].items(), key=lambda entry: entry[0].count("{")):
            segments = tuple(path.strip("/").split("/"))
            for method in METHODS:
                if method in item:
                    entry = (segments, self._operation(item, item[method]))
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

    def schema_problems(self, pointer: str, value: Json) -> list[str]:
        """Return what is wrong with a value by the schema at `pointer`, such as `/components/schemas/Job`."""
        validator = self._validators.get(pointer)
        if validator is None:
            validator = self._validators[pointer] = self._compile(pointer)
        if validator.is_valid(value):
            return []
        return [_line(error) for error in validator.iter_errors(value)]

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        return jsonschema_rs.Registry([(SCHEMA_URI, self.document)])

    def _compile(self, pointer: str) -> jsonschema_rs.Validator:
        schema = {"$ref": f"{SCHEMA_URI}#{pointer}"}
        return jsonschema_rs.Draft202012Validator(schema, registry=self._registry, validate_formats=True)

    def _operation(self, item: Json, described: Json) -> Operation:
        listed = [self._resolve(each)[1] for each in [*item.get("parameters", ()), *described.get("parameters", ())]]
        return Operation(
            name=described["operationId"],
            parameters={each["name"]: each for each in listed if each["in"] == "query"},
            request_pointer=self._request_pointer(described),
            responses={int(status): self._response(ref) for status, ref in described["responses"].items()},
        )

    def _request_pointer(self, described: Json) -> str | None:
        if "requestBody" not in described:
            return None
        pointer, _ = self._resolve(described["requestBody"])
        return f"{pointer}/content/application~1json/schema"

    def _response(self, reference: Json) -> Json:
        pointer, response = self._resolve(reference)
        headers = {name.lower(): self._resolve(header)[1] for name, header in response["headers"].items()}
        content = {kind: f"{pointer}/content/{kind.replace('/', '~1')}/schema" for kind in response.get("content", ())}
        return {"headers": headers, "content": content}

    def _resolve(self, reference: Json) -> tuple[str, Json]:
        pointer = reference["$ref"].removeprefix("#")
        node = self.document
        for part in pointer.strip("/").split("/"):
            node = node[part]
        return pointer, node

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
        schema = self._resolve(schema)[1] if "$ref" in schema else schema
        errors = jsonschema_rs.Draft202012Validator(schema).iter_errors(_from_text(schema, value))
        return [f"query parameter {parameter['name']}: {error.message}" for error in errors]

    def _body_problems(self, operation: Operation, body: Json) -> list[str]:
        if operation.request_pointer is None:
            return [] if body is None else [f"{operation.name} takes no body"]
        if body is None:
            return [f"{operation.name} needs a body"]
        return self.schema_problems(operation.request_pointer, body)

    def _header_problems(self, response: Json, headers: Mapping[str, str]) -> list[str]:
        described = response["headers"].items()
        problems = [f"header {name} is missing" for name, each in described if each["required"] and name not in headers]
        numbers = [name for name, each in described if each["schema"]["type"] == "integer" and name in headers]
        return problems + [f"header {name} is no number" for name in numbers if not headers[name].isdecimal()]

    def _content_problems(self, response: Json, headers: Mapping[str, str], body: bytes) -> list[str]:
        if not response["content"]:
            return [] if not body else ["there is a body where none is described"]
        kind = headers.get("content-type", "").partition(";")[0].strip()
        if kind not in response["content"]:
            return [f"content type {kind!r} is not one of {', '.join(response['content'])}"]
        return self._text_problems(response["content"][kind], body)

    def _text_problems(self, pointer: str, body: bytes) -> list[str]:
        try:
            value = json.loads(body)
        except ValueError as error:
            return [f"the body is not JSON: {error}"]
        return self.schema_problems(pointer, value)

    def _refusal_problems(self, status: int, body: bytes) -> list[str]:
        if status < 400:
            return [f"a call that is not described was answered with {status}"]
        return self._text_problems("/components/schemas/Error", body)


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
