"""Spans: the events of an operation arrive at a collector, and one that is away changes nothing."""

import builtins
import logging
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.collector import Collector, collecting, nobody
from tests.support.accounts.desired import desired
from tests.support.threads import no_thread
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.events import flush, happened, observed, operation, warn_by
from xplenty_pulumi.events.spans import wanted
from xplenty_pulumi.redact import keep_out

VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that the standard variable names."""
    with collecting() as found:
        monkeypatch.setenv(VARIABLE, found.address)
        yield found


@pytest.fixture
def warned() -> Iterator[list[str]]:
    """What the user is warned of."""
    found: list[str] = []
    warn_by(found.append)
    yield found
    warn_by(logging.getLogger("xplenty_pulumi").warning)


def test_spans_of_a_create_arrive(collector: Collector, bench: Bench) -> None:
    """Calls and the wait are spans below the operation, with the times of the clock and the fields as attributes."""
    with operation("create", bench.clock, scrub=str, facts={"kind": "cluster", "urn": "urn:x"}):
        bench.clusters.create(desired())
    flush()
    whole, wait, post = (
        collector.named(name) for name in ("create cluster", "wait until available with 2 nodes", "POST /clusters")
    )
    assert {span.trace_id for span in collector.spans} == {whole.trace_id}
    assert (wait.parent_span_id, post.parent_span_id) == (whole.span_id, whole.span_id)
    assert wait.end_time_unix_nano - wait.start_time_unix_nano > 60e9
    given = {one.key: one.value for one in post.attributes}
    assert given["http.response.status_code"].int_value == 201
    assert given["xplenty.urn"].string_value == "urn:x"
    assert collector.services == {"xplenty-pulumi"}


def test_failure_is_an_error(collector: Collector) -> None:
    """A span of what failed has the status of an error, with its text."""
    with pytest.raises(ValueError, match="no"), observed("wait", ManualClock(), facts={"goal": "ready"}):
        raise ValueError("no")
    flush()
    span = collector.named("wait until ready")
    assert (span.status.code, span.status.message) == (2, "no")


def test_keys_are_masked_outside_of_operations(collector: Collector) -> None:
    """A key that the process has settings for is in no span, also where no operation is under way."""
    keep_out(["KEYEUsecret222"])
    happened("call", ManualClock(), facts={"method": "GET", "path": "/clusters", "request_id": "r KEYEUsecret222"})
    flush()
    given = {one.key: one.value.string_value for one in collector.named("GET /clusters").attributes}
    assert given["xplenty.request_id"] == "r ***"


def test_parent_of_the_caller(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    """The span that TRACEPARENT names is the parent."""
    monkeypatch.setenv("TRACEPARENT", f"00-{'ab' * 16}-{'cd' * 8}-01")
    with operation("status", ManualClock(), scrub=str):
        pass
    flush()
    span = collector.named("status")
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == ("ab" * 16, "cd" * 8)


def test_collector_that_is_away(monkeypatch: pytest.MonkeyPatch, warned: list[str]) -> None:
    """Nobody listens: the operation is done, and there is one warning."""
    monkeypatch.setenv(VARIABLE, nobody())
    for _ in range(3):
        with operation("status", ManualClock(), scrub=str):
            pass
        flush()
    assert len(warned) == 1
    assert "spans do not get to the collector" in warned[0]


def test_collector_that_does_not_answer(collector: Collector, warned: list[str]) -> None:
    """A collector that takes a call and is silent costs no operation more than the bound of a flush."""
    collector.answers.clear()
    with operation("status", ManualClock(), scrub=str):
        pass
    flush()
    assert [text.rpartition(": ")[2] for text in warned] == ["it does not answer"]


@pytest.mark.parametrize("starter", ["threading.Thread.start", "xplenty_pulumi.events.spans._exporter"])
def test_without_a_thread_nothing_is_sent(starter: str, monkeypatch: pytest.MonkeyPatch, warned: list[str]) -> None:
    """A machine that gives no thread, to us or to what the extra loads, costs the spans and one warning."""
    import_module("opentelemetry.exporter.otlp.proto.grpc.trace_exporter")  # starts a thread where it is loaded first
    monkeypatch.setenv(VARIABLE, nobody())
    monkeypatch.setattr(starter, no_thread)
    for _ in range(2):
        with operation("status", ManualClock(), scrub=str):
            pass
    assert [text.rpartition(": ")[2] for text in warned] == ["the machine gives no thread for it"]


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, warned: list[str]) -> None:
    """Without the extra the pip line is said once, and nothing fails."""
    plain = builtins.__import__

    def without_otel(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("opentelemetry.exporter"):
            raise ModuleNotFoundError(name=name)
        return plain(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_otel)
    monkeypatch.setenv(VARIABLE, nobody())
    for _ in range(2):
        with operation("status", ManualClock(), scrub=str):
            pass
    assert len(warned) == 1
    assert warned[0].endswith('pip install "xplenty-pulumi[otel]"')


@pytest.mark.parametrize(
    ("environment", "is_wanted"),
    [
        ({}, False),
        ({VARIABLE: "http://127.0.0.1:1"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1"}, True),
        ({VARIABLE: "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}, False),
        ({VARIABLE: "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({VARIABLE: "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "otlp"}, True),
    ],
)
def test_standard_variables_decide(environment: dict[str, str], is_wanted: bool) -> None:
    """Spans are sent where an endpoint is named, and the standard switches are not off."""
    assert bool(wanted(environment)) is is_wanted
