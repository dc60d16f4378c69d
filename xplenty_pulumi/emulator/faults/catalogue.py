"""Faults by name: what networks, proxies and the service itself are known to do to calls."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from xplenty_pulumi.emulator.faults.fault import (
    Breakage,
    Effect,
    Fault,
    breaking,
    of_another_account,
    of_another_id,
    of_another_kind,
    rewriting,
)
from xplenty_pulumi.emulator.wire.messages import Response

EARLIEST, LATEST = 8.0, 12.0
"""Seconds by which the late commit is late."""

_NOON, _LATER = "Thu, 01 Jan 2026 12:00:00 GMT", "Thu, 01 Jan 2026 12:00:09 GMT"


def refusing(status: int, message: str, headers: Mapping[str, str] | None = None) -> Fault:
    """Return the fault that answers so, before the call has any effect."""
    answer = _page(status, json.dumps({"message": message}), headers=headers)
    return Fault(Effect.NONE, lambda _true: answer)


def lost(how: Breakage, effect: Effect = Effect.DONE) -> Fault:
    """Return the fault that breaks the connection; with `Effect.NONE` the call is lost too, not only its answer."""
    return Fault(effect, breaking(how))


def late_commit(earliest: float = EARLIEST, latest: float = LATEST) -> Fault:
    """Return the fault that resets the connection at once and lets the call take effect that many seconds later."""
    return Fault(Effect.LATE, breaking(Breakage.RESET), (earliest, latest))


def doubled(earliest: float = 0.0, latest: float | None = None) -> Fault:
    """Return the fault of something on the way that sends the call on twice: at once, or that many seconds later."""
    return Fault(Effect.TWICE, lambda true: true, (earliest, earliest if latest is None else latest))


def _page(
    status: int, body: str, *, kind: str = "application/json", headers: Mapping[str, str] | None = None
) -> Response:
    return Response(status, {"Content-Type": kind, **(headers or {})}, body.encode())


def _unsent(how: Breakage) -> Fault:
    return lost(how, Effect.UNSENT)


def _without_id(document: Any) -> Any:
    if isinstance(document, list):
        return [_without_id(item) for item in document]
    return {name: value for name, value in document.items() if name != "id"} if "id" in document else {}


def _gateway(status: int, effect: Effect) -> Fault:
    page = _page(status, "<html><body>The upstream server did not answer.</body></html>", kind="text/html")
    return Fault(effect, lambda _true: page)


_BUSY = "Rate Limit Exceeded"

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        # Nothing leaves the client.
        "no such host": _unsent(Breakage.NO_SUCH_HOST),
        "connection refused": _unsent(Breakage.REFUSED),
        "connect time-out": _unsent(Breakage.NO_CONNECTION),
        "bad certificate": _unsent(Breakage.BAD_CERTIFICATE),
        "pool exhausted": _unsent(Breakage.NO_FREE_CONNECTION),
        # The call is lost with its answer.
        "reset before": lost(Breakage.RESET, Effect.NONE),
        "silence before": lost(Breakage.SILENCE, Effect.NONE),
        "502 before": _gateway(502, Effect.NONE),
        # The call takes effect, and its answer is lost.
        "close after": lost(Breakage.CLOSED),
        "reset after": lost(Breakage.RESET),
        "silence after": lost(Breakage.SILENCE),
        "504 after": _gateway(504, Effect.DONE),
        "cut body": lost(Breakage.CUT_BODY),
        "broken gzip": Fault(
            Effect.DONE,
            lambda true: replace(
                true,
                headers={**true.headers, "Content-Encoding": "gzip"},
                body=gzip.compress(true.body)[:-9] + b"x" * 9,
            ),
        ),
        # The status is a success, the answer is none; the page comes from something between, such as a hotel's login.
        "broken JSON": Fault(Effect.DONE, lambda true: replace(true, body=true.body[: len(true.body) // 2])),
        "HTML page": Fault(Effect.NONE, lambda _true: _page(200, "<html>Welcome</html>", kind="text/html")),
        "no id": rewriting(_without_id),
        "wrong type": rewriting(lambda document: {"items": document} if isinstance(document, list) else [document]),
        "another kind": of_another_kind(),
        "another account": of_another_account(),
        "late commit": late_commit(),
        # The service is busy.
        "429 in seconds": refusing(429, _BUSY, {"Retry-After": "7"}),
        "429 by date": refusing(429, _BUSY, {"Date": _NOON, "Retry-After": _LATER}),
        "429 bare": refusing(429, _BUSY),
        "503 with advice": refusing(503, "Down for maintenance", {"Retry-After": "4"}),
        "429 absurd": refusing(429, _BUSY, {"Retry-After": "99999999"}),
        # The service says no.
        "401": refusing(401, "Unauthorized"),
        "403": refusing(403, "Forbidden"),
        "402": refusing(402, "Please confirm your billing details"),
        "404": refusing(404, "Item not found."),
        "422": refusing(422, "The request is not valid"),
        # Odd ones.
        "redirect": refusing(302, "Moved", {"Location": "https://elsewhere.example/"}),
        "slow drip": lost(Breakage.DRIP),
    }
)
"""A fault is the same for all calls; a rule says which calls meet it, and when."""

MIXED_UP: Mapping[str, Fault] = MappingProxyType(
    {
        "another id": of_another_id(),
        "doubled": doubled(),
        "doubled in 5 s": doubled(5),
        "doubled in 40 s": doubled(40),
        "doubled in 300 s": doubled(300),
        "commit after a minute": late_commit(60, 60),
    }
)
"""Faults that one answer does not show: they are found by comparison with what was there before, or asked for."""
