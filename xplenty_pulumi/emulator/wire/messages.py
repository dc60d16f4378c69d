"""A request and its answer as plain values, the refusal that a handler raises, and what all answers share."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from xplenty_pulumi.emulator.life.clock import Moment

VENDOR_TYPE = "application/vnd.xplenty+json"
NOT_FOUND = "Item not found."
Json: TypeAlias = dict[str, Any]
ACCOUNT_NUMBER = 5
USER_ID = 27
USER_NAME = "Emulated User"
USER_EMAIL = "user@example.com"


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
    """The answer of a handler, before it is put into bytes: `payload` is None for an answer without a body."""

    payload: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """A refusal of the service: an HTTP status and a text for people."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def invalid(field: str, message: str) -> Refusal:
    """Return the refusal of a field's value; the message begins with the field's name."""
    return Refusal(422, f"{field} {message}")


@dataclass(frozen=True, slots=True)
class Links:
    """Where this account is to be found; `base` has no slash at its end."""

    base: str
    account_id: str

    def api(self, tail: str) -> str:
        """Return the absolute URL of an account-scoped resource."""
        return f"{self.base}/{self.account_id}/api/{tail}"

    def page(self, tail: str) -> str:
        """Return the absolute URL of a resource's page for people."""
        return f"{self.base}/{self.account_id}/{tail}"


@lru_cache(maxsize=4096)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time_text(moment: Moment) -> str:
    """Return a moment as the API writes it: UTC, whole seconds."""
    return _second(int(moment))


def time_or_none(moment: Moment | None) -> str | None:
    """Return a moment as the API writes it, and null for one that has not come."""
    return None if moment is None else _second(int(moment))
