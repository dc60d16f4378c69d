"""Events as spans of OpenTelemetry, sent to the collector that the standard variables name; by the extra `otel`.

What the extra brings takes time to load, so that happens where spans are wanted.
"""

import logging
import os
import queue
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter

Event = Mapping[str, object]
LONGEST_FLUSH = 0.7
"""Seconds that the end of an operation waits for spans; the engine gives it about one."""
_GATHERING = 0.5
_MOST_AT_ONCE, _MOST_WAITING = 500, 20_000
_THREAD = "xplenty spans"
_NUMBER = re.compile(r"/\d+(?=/|$)")
_BASE = re.compile(r"^/[^/]+/api(?=/)")
_OWN = frozenset({"version", "time", "event", "seconds", "trace", "span", "parent"})
_LIBRARY = ("opentelemetry.exporter.otlp.proto.grpc.exporter", "opentelemetry.exporter.otlp.proto.grpc")


def wanted(environment: Mapping[str, str]) -> str:
    """Return where spans are to go by the standard variables; empty where none are wanted."""
    is_off = environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    exporter = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    if is_off or exporter not in ("", "otlp"):
        return ""
    return _of("ENDPOINT", environment)


def _of(name: str, environment: Mapping[str, str]) -> str:
    """What is set for traces, else for all signals."""
    found = environment.get(f"OTEL_EXPORTER_OTLP_TRACES_{name}", "").strip()
    return found or environment.get(f"OTEL_EXPORTER_OTLP_{name}", "").strip()


class SpanSender:
    """Sends spans in a thread of its own; whatever becomes of them, nobody waits for it and `warn` is told once."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._has_warned = False
        self._waiting: queue.Queue[Event | threading.Event] = queue.Queue(_MOST_WAITING)
        self._exporter: SpanExporter | None = None
        try:
            exporter = _exporter()
            threading.Thread(target=self._work, args=(exporter,), name=_THREAD, daemon=True).start()
            self._exporter = exporter
        except ModuleNotFoundError:
            self._complain('the extra is missing: pip install "xplenty-pulumi[otel]"')
        except RuntimeError:  # what the extra loads starts threads too
            self._complain("the machine gives no thread for it")
        except Exception as problem:  # noqa: BLE001 - whatever a library says of settings that it does not take
            self._complain(f"its settings are refused ({type(problem).__name__})")

    def send(self, event: Event) -> None:
        """Have the event sent soon; never waits, and never raises."""
        if self._exporter:
            self._put(event)

    def flush(self) -> None:
        """Return once all that was to be sent has been tried, after `LONGEST_FLUSH` seconds at most."""
        done = threading.Event()
        if self._exporter and self._waiting.unfinished_tasks and self._put(done) and not done.wait(LONGEST_FLUSH):
            self._complain("it does not answer")

    def _put(self, one: Event | threading.Event) -> bool:
        try:
            self._waiting.put_nowait(one)
        except queue.Full:
            self._complain("it takes them too slowly")
            return False
        return True

    def _work(self, exporter: "SpanExporter") -> None:
        from opentelemetry import context  # noqa: PLC0415 - see above

        context.attach(context.set_value("suppress_instrumentation", True))
        while True:
            batch, flushes = self._batch()
            self._export(exporter, batch)
            for _ in (*batch, *flushes):
                self._waiting.task_done()
            for flush in flushes:
                flush.set()

    def _batch(self) -> tuple[list[Event], list[threading.Event]]:
        """The events of half a second, or until somebody waits for them to be sent."""
        events: list[Event] = []
        one = self._waiting.get()
        while not isinstance(one, threading.Event):
            events.append(one)
            if len(events) >= _MOST_AT_ONCE:
                return events, []
            try:
                one = self._waiting.get(timeout=_GATHERING)
            except queue.Empty:
                return events, []
        return events, [one]

    def _export(self, exporter: "SpanExporter", events: list[Event]) -> None:
        from opentelemetry.sdk.trace.export import SpanExportResult  # noqa: PLC0415 - see above

        try:
            if events and exporter.export(_spans(events)) is not SpanExportResult.SUCCESS:
                self._complain("it cannot be reached, or refuses them")
        except Exception as problem:  # noqa: BLE001 - the thread is to live on
            self._complain(type(problem).__name__)

    def _complain(self, why: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            self._warn(f"spans do not get to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names: {why}")


def _exporter() -> "SpanExporter":
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - see above

    if (protocol := _of("PROTOCOL", os.environ)) not in ("", "grpc"):
        raise ValueError(protocol)
    for name in _LIBRARY:  # its complaints would be lines of the engine's display; ours is one
        logging.getLogger(name).addFilter(lambda record: record.threadName != _THREAD)
    return OTLPSpanExporter()


def _spans(events: Iterable[Event]) -> "list[ReadableSpan]":
    """Each event as a span, with its fields as attributes."""
    resource = _resource()  # costs more than a span
    return [_span(event, resource) for event in events]


def _span(event: Event, resource: Any) -> "ReadableSpan":
    from opentelemetry.sdk.trace import ReadableSpan  # noqa: PLC0415 - see above
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope  # noqa: PLC0415 - see above
    from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415 - see above

    begun = round(datetime.fromisoformat(str(event["time"])).timestamp() * 1e9)
    trace, parent = str(event["trace"]), event.get("parent")
    problem = _problem(event)
    return ReadableSpan(
        _name(event),
        context=_place(trace, str(event["span"])),
        parent=_place(trace, str(parent)) if parent else None,
        resource=resource,
        attributes=_attributes(event),
        kind=SpanKind.CLIENT if event["event"] == "call" else SpanKind.INTERNAL,
        instrumentation_scope=InstrumentationScope("xplenty_pulumi"),
        status=Status(StatusCode.ERROR, problem) if problem else Status(StatusCode.UNSET),
        start_time=begun,
        end_time=begun + round(float(str(event["seconds"])) * 1e9),
    )


def _place(trace: str, span: str) -> Any:
    from opentelemetry.trace import SpanContext, TraceFlags  # noqa: PLC0415 - see above

    return SpanContext(int(trace, 16), int(span, 16), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _resource() -> Any:
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - see above

    is_named = "OTEL_SERVICE_NAME" in os.environ or "service.name" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    return Resource.create({} if is_named else {"service.name": "xplenty-pulumi"})


def _name(event: Event) -> str:
    """A name that is the same for all that are alike: no id is a part of it."""
    match event["event"]:
        case "call":
            return f"{event.get('method')} {_NUMBER.sub('/{id}', _BASE.sub('', str(event.get('path'))))}"
        case "wait":
            return f"wait until {event.get('goal')}"
        case "outcome":
            return " ".join(str(event[name]) for name in ("operation", "kind") if name in event)
        case other:
            return str(other)


def _problem(event: Event) -> str:
    status = event.get("status")
    refused = f"status {status}" if isinstance(status, int) and status >= 400 else ""
    is_well = event.get("result") in (None, "answered", "reached", "succeeded")
    return refused if is_well else str(event.get("error") or event.get("reason") or event.get("result"))


def _attributes(event: Event) -> dict[str, Any]:
    own = {f"xplenty.{name}": value for name, value in event.items() if name not in _OWN}
    if event["event"] != "call":
        return own
    standard = {"http.request.method": "method", "http.response.status_code": "status", "url.path": "path"}
    return {**own, **{name: event[field] for name, field in standard.items() if field in event}}
