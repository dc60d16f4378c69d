"""Checks of calls against `schema/xplenty-openapi.yaml`, fast enough to run on every call of every test."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.support.openapi_contract import Contract, Json
from xplenty_pulumi.emulator.wire.messages import Request, Response

SCHEMA_FILE = Path(__file__).parents[2] / "schema" / "xplenty-openapi.yaml"


class SchemaMismatch(AssertionError):
    """A request or an answer is not what the description says; the text has one line per difference."""


@cache
def load_document() -> Json:
    """Return the description as it is written; treat it as read-only."""
    return yaml.load(SCHEMA_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)


def tighten(node: Json, *, complete: bool = True) -> Json:
    """Return a copy that allows only known values and described fields, and with `complete` demands expected ones."""
    if isinstance(node, list):
        return [tighten(item, complete=complete) for item in node]
    if not isinstance(node, dict):
        return node
    tight = {key: tighten(value, complete=complete) for key, value in node.items()}
    if "x-known-values" in node:
        tight["enum"] = [*node["x-known-values"], *([None] if "null" in node["type"] else [])]
    if complete and "x-expected" in node:
        tight["required"] = [*node.get("required", []), *node["x-expected"]]
    if node.get("type") == "object" and "properties" in node:
        tight.setdefault("additionalProperties", False)
    return tight


@cache
def contract() -> Contract:
    """Return the strict form: what this project's client may send and its emulator may answer."""
    return Contract(tighten(load_document()))


def validate_request(method: str, path: str, query: Mapping[str, Json] | None = None, body: Json = None) -> None:
    """Raise SchemaMismatch unless the description allows the request.

    `path` begins with the account, or is a global one. `query` has a value or a list of values by name. `body` is
    parsed JSON, or None where nothing is sent.
    """
    problems = contract().request_problems(method, path, query=query or {}, body=body)
    _raise_for(problems, what=f"request {method} {path}")


def validate_response(method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise SchemaMismatch unless the description allows the answer to this call; header names are in any case."""
    problems = contract().response_problems(method, path, status=status, headers=headers, body=body)
    _raise_for(problems, what=f"answer {status} to {method} {path}")


def _raise_for(problems: Sequence[str], *, what: str) -> None:
    if problems:
        raise SchemaMismatch("\n  ".join([f"{what} does not fit schema/{SCHEMA_FILE.name}:", *problems]))


class SchemaWatch:
    """Looks at every answer of an emulated account and keeps what does not fit, so that the test can fail at its end.

    Nothing is raised while a call is under way: a server thread would turn that into an answer of its own.
    """

    def __init__(self) -> None:
        self.calls = 0
        self.mismatches: list[str] = []
        self._looks = True

    def look_away(self) -> None:
        """Check nothing from here on: for a test that puts faults into answers on purpose."""
        self._looks = False

    def note(self, request: Request, response: Response) -> Response:
        """Check one answer, remember what does not fit, and return it unchanged; OPTIONS and HEAD are passed over."""
        if request.method in ("OPTIONS", "HEAD") or not self._looks:
            return response
        self.calls += 1
        try:
            validate_response(request.method, request.path, response.status, response.headers, response.body)
        except SchemaMismatch as mismatch:
            self.mismatches.append(str(mismatch))
        return response

    def install(self, owner: type, monkeypatch: pytest.MonkeyPatch) -> None:
        """Watch the method `handle` of all objects of a class until the monkeypatch ends."""
        handle = vars(owner)["handle"]

        def watched(account: object, request: Request) -> Response:
            return self.note(request, handle(account, request))

        monkeypatch.setattr(owner, "handle", watched)

    def raise_for_mismatches(self) -> None:
        """Raise SchemaMismatch with everything noted so far, if anything was."""
        if self.mismatches:
            raise SchemaMismatch("\n".join(dict.fromkeys(self.mismatches)))


@pytest.fixture
def schema_watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[SchemaWatch]:
    """Watch every emulated account during the test and fail it on an answer that does not fit the description."""
    from xplenty_pulumi.emulator.account import Account

    watch = SchemaWatch()
    watch.install(Account, monkeypatch)
    yield watch
    watch.raise_for_mismatches()
