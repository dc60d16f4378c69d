"""A request and its answer as plain values, and the refusal that a handler raises."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

VENDOR_TYPE = "application/vnd.xplenty+json"
NOT_FOUND = "Item not found."


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: `query` is the raw query string without its question mark, header names are in any case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return the value of the header `name` (given in lower case), or an empty text."""
        for key, value in self.headers.items():
            if key == name or key.lower() == name:
                return value
        return ""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """Return the body as parsed JSON; raises ValueError when it is something else."""
        return json.loads(self.body)

    def without_body(self) -> "Response":
        """Return the answer to HEAD: the same headers, with the length that the body has for GET."""
        length = {"Content-Length": str(len(self.body))} if self.body else {}
        return Response(self.status, {**self.headers, **length})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler has to say, before it is put into bytes: `payload` is None for an answer without a body."""

    payload: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """The service says no: an HTTP status and a text for people."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def invalid(field: str, message: str) -> Refusal:
    """Return the refusal of a field's value; the message begins with the field's name."""
    return Refusal(422, f"{field} {message}")
