"""Answers that are whole and hold the wrong record: of another id, another kind or another account."""

import json
import re
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from xplenty_pulumi.emulator.faults.fault import Effect, Fault, Followed
from xplenty_pulumi.emulator.wire.messages import Response

STRANGER = 999_999
"""An id that no record has."""

_ADDRESS = re.compile(r"(https?://[^/]+)/([^/]+)/api/([a-z_]+)/([0-9]+)")
_BASE = "https://api.example.test/emulated-account/api"


def rewriting(change: Callable[[Any], Any]) -> Fault:
    """Return the fault that does the call and puts another document in place of its own."""
    return Fault(Effect.DONE, lambda true: _changed(true, change))


def of_another_id(number: int = STRANGER) -> Fault:
    """Return the fault that answers with records of this id, addresses included; a list shows it for each item."""
    return rewriting(_each(lambda record: _readdressed({**record, "id": number}, rf"\1/\2/api/\3/{number}")))


def of_another_kind() -> Fault:
    """Return the fault that answers with records whose addresses are those of invoices."""
    return rewriting(_each(lambda record: _readdressed(_addressed(record), r"\1/\2/api/invoices/\4")))


def of_another_account() -> Fault:
    """Return the fault that answers with records whose addresses are in another account."""
    return rewriting(_each(lambda record: _readdressed(_addressed(record), r"\1/rival/api/\3/\4")))


def answered_with(document: Any) -> Fault:
    """Return the fault that does the call and answers with this document, such as a record that was there before."""
    return rewriting(lambda _true: document)


def leaving_out(numbers: Collection[int]) -> Fault:
    """Return the fault of a list that does not show the records with these ids."""
    return rewriting(lambda items: [item for item in items if item["id"] not in numbers])


def followed(document: Any) -> Fault:
    """Return the fault that sends a second answer, with this document, behind the true one on the same connection."""
    behind = Response(200, {"Content-Type": "application/json"}, json.dumps(document).encode())
    return Fault(Effect.DONE, lambda true: Followed(true.status, true.headers, true.body, behind))


def _changed(true: Response, change: Callable[[Any], Any]) -> Response:
    """A refusal, and an answer without a body, stay as they are."""
    if true.status >= 300 or not true.body:
        return true
    return replace(true, body=json.dumps(change(true.json())).encode())


def _each(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], Any]:
    """Change each record of a document; what holds no record is left alone."""

    def changed(document: Any) -> Any:
        if isinstance(document, list):
            return [changed(item) for item in document]
        return change(document) if {"id", "cluster_url", "job_url"} & document.keys() else document

    return changed


def _addressed(record: dict[str, Any]) -> dict[str, Any]:
    """The record with an address, which those of hooks and watchers do not show."""
    return (
        record
        if record.keys() & {"url", "cluster_url", "job_url"}
        else {**record, "url": f"{_BASE}/hooks/{record['id']}"}
    )


def _readdressed(record: dict[str, Any], address: str) -> dict[str, Any]:
    names = [name for name in ("url", "cluster_url", "job_url") if isinstance(record.get(name), str)]
    return {**record, **{name: _ADDRESS.sub(address, record[name]) for name in names}}
