"""What can go wrong with one call: whether it takes effect, and what the client gets in place of its answer.

Some answers are whole and hold the wrong record: of another id, another kind or another account.
"""

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeAlias

from xplenty_pulumi.emulator.wire.messages import Response


class Effect(Enum):
    """What a call that meets a fault does to the account."""

    UNSENT = "it never leaves the client"
    NONE = "it arrives, and nothing comes of it"
    DONE = "it takes effect, whatever answer the client gets"
    LATE = "it takes effect some time after the client has given it up"
    TWICE = "it takes effect, and some time later it does so again"


class Breakage(Enum):
    """The ways in which a connection fails to bring a whole answer."""

    NO_SUCH_HOST = "the name of the host does not exist"
    REFUSED = "the connection is refused"
    NO_CONNECTION = "there is no connection in time"
    BAD_CERTIFICATE = "the certificate is not trusted"
    NO_FREE_CONNECTION = "all connections of the client are in use"
    CLOSED = "the connection is closed without an answer"
    RESET = "the connection is reset without an answer"
    SILENCE = "the connection stays open and nothing comes"
    HALF_HEADER = "the connection is closed within the first line of the answer"
    NOT_HTTP = "something answers that does not speak HTTP"
    CUT_BODY = "the connection is closed in the middle of the body"
    DRIP = "the answer comes byte by byte, for longer than a call may take"


@dataclass(frozen=True, slots=True)
class Broken(Response):
    """An answer that a connection does not bring whole: `how` it breaks, and `whole`, what it should have brought.

    A front that can break connections does so. For any other it is what a gateway answers then, a 502.
    """

    how: Breakage = Breakage.RESET
    whole: Response | None = None


@dataclass(frozen=True, slots=True)
class Followed(Response):
    """An answer with another one `behind` it that nobody asked for; a front that keeps connections sends both."""

    behind: Response | None = None


Answering: TypeAlias = Callable[[Response], Response]
"""From the true answer (an empty 200 where the call had no effect) to what the client gets."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The effect and the answer of a call.

    With `Effect.LATE`, `lateness` holds the fewest and the most seconds it is late by; with `Effect.TWICE` it holds
    those until the call takes effect again.
    """

    effect: Effect
    answer: Answering
    lateness: tuple[float, float] = (0.0, 0.0)


def breaking(how: Breakage) -> Answering:
    """Return the answering that breaks the connection."""
    headers, body = {"Content-Type": "application/json"}, b'{"message": "Bad Gateway"}'
    return lambda true: Broken(502, headers, body, how, true)


STRANGER = 999_999
"""An id that no record has."""

_ADDRESS = re.compile(r"(https?://[^/]+)/([^/]+)/api/([a-z_]+(?:/[a-z][a-z0-9]*)?)/([0-9]+)")
_URLS = ("url", "cluster_url", "job_url")
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
    return record if record.keys() & set(_URLS) else {**record, "url": f"{_BASE}/hooks/{record['id']}"}


def _readdressed(record: dict[str, Any], address: str) -> dict[str, Any]:
    return {
        **record,
        **{name: _ADDRESS.sub(address, record[name]) for name in _URLS if isinstance(record.get(name), str)},
    }
