"""Reporting an event, and the operation that it belongs to."""

import logging
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.events.fields import VERSION, EventName
from xplenty_pulumi.events.log import EventFile
from xplenty_pulumi.events.spans import SpanSender, wanted
from xplenty_pulumi.redact import scrub
from xplenty_pulumi.text import one_line

Facts = dict[str, object]
FREE_TEXTS = ("error", "last_status", "reason", "request_id", "resource")
"""What may hold words of the service, in which secrets are looked for."""
_LONGEST = 2000
_DONE: Mapping[EventName, str] = MappingProxyType({"outcome": "succeeded", "wait": "reached"})
"""The result of what ends without an error and says no other."""
_TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_turn = threading.Lock()
_warn: Callable[[str], None] = logging.getLogger("xplenty_pulumi").warning


@dataclass(frozen=True)
class Place:
    """Where events belong: to which trace, below which event, and what all of them say of the operation."""

    trace: str
    span: str
    facts: Mapping[str, object] = field(default_factory=dict)
    scrub: Callable[[str], str] = lambda text: scrub(text, ())


_place: ContextVar[Place | None] = ContextVar("place", default=None)


def warn_by(tell: Callable[[str], None]) -> None:
    """Let `tell` get what a user should know where events are lost; without it, that is logged."""
    global _warn  # noqa: PLW0603 - one process has one user
    _warn = tell


def _complain(text: str) -> None:
    _warn(text)


@lru_cache(maxsize=8)
def _log(path: str) -> EventFile:
    return EventFile(path, _complain)


@lru_cache(maxsize=8)
def _sender(_place: str) -> SpanSender:
    return SpanSender(_complain)


def _sinks() -> list[Callable[[Mapping[str, object]], None]]:
    """What takes events now, by the environment; most often nothing."""
    path, collector = os.environ.get("XPLENTY_EVENTS", "").strip(), wanted(os.environ)
    if not path and not collector:
        return []
    with _turn:  # there must not be two of one
        return [*([_log(path).write] if path else []), *([_sender(collector).send] if collector else [])]


def flush() -> None:
    """Return once the spans that were reported have arrived, or soon after they have not."""
    if collector := wanted(os.environ):
        with _turn:
            sender = _sender(collector)
        sender.flush()


@contextmanager
def operation(
    name: str, clock: Clock, *, scrub: Callable[[str], str], facts: Mapping[str, object] | None = None
) -> Iterator[Facts]:
    """Report the outcome of an operation, of which all events within are a part.

    `scrub` keeps its secrets out of every text. What is put into the facts is reported of the outcome.
    """
    if not _sinks():
        yield {}
        return
    common = {"operation": name, **_known(facts or {})}
    with observed("outcome", clock, place=_below(common, scrub)) as found:
        yield found


@contextmanager
def observed(
    event: EventName, clock: Clock, *, facts: Mapping[str, object] | None = None, place: Place | None = None
) -> Iterator[Facts]:
    """Report what happens within as one event, with its duration, and with its error where it fails.

    What is put into its facts meanwhile is reported as well. Other events within are a part of it.
    """
    found: Facts = dict(facts or {})
    if not _sinks():
        yield found
        return
    outer = place or _place.get() or _root()
    inner = Place(outer.trace, secrets.token_hex(8), outer.facts, outer.scrub)
    token, begun, start = _place.set(inner), clock.now(), clock.monotonic()
    try:
        yield found
    except BaseException as problem:
        own = {"result": "failed", **failed_with(str(problem), type(problem).__name__)}
        found.update({name: text for name, text in own.items() if name not in found})
        raise
    finally:
        _place.reset(token)
        found.setdefault("result", _DONE.get(event))
        _report(event, found, outer=outer, span=inner.span, begun=begun, seconds=clock.monotonic() - start)


def failed_with(text: str, error_class: str) -> Facts:
    """Return what an event says of an error."""
    return {"error": text, "error_class": error_class}


def happened(event: EventName, clock: Clock, *, facts: Mapping[str, object]) -> None:
    """Report something that takes no time."""
    if _sinks():
        outer = _place.get() or _root()
        _report(event, facts, outer=outer, span=secrets.token_hex(8), begun=clock.now(), seconds=0.0)


def _below(facts: Mapping[str, object], scrub: Callable[[str], str]) -> Place:
    outer = _place.get() or _root()
    return Place(outer.trace, outer.span, {**outer.facts, **facts}, scrub)


def _root() -> Place:
    """A new trace, or the one that TRACEPARENT names."""
    given = _TRACE_PARENT.fullmatch(os.environ.get("TRACEPARENT", "").strip().lower())
    return Place(given[1], given[2]) if given else Place(secrets.token_hex(16), "")


def _report(
    event: EventName, facts: Mapping[str, object], *, outer: Place, span: str, begun: datetime, seconds: float
) -> None:
    whole = {
        "version": VERSION,
        "time": f"{begun.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "event": event,
        "seconds": round(seconds, 6),
        "process": os.getpid(),
        "trace": outer.trace,
        "span": span,
        "parent": outer.span,
        **outer.facts,
        **facts,
    }
    for name in FREE_TEXTS:
        if name in whole:
            whole[name] = one_line(outer.scrub(str(whole[name])), limit=_LONGEST)
    for sink in _sinks():
        sink(_known(whole))


def _known(facts: Mapping[str, object]) -> Facts:
    return {name: value for name, value in facts.items() if value not in (None, "")}
