"""A file of events, and what is in it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export import SpanExporter

from tests.support.accounts.bench import bench
from xplenty_pulumi.events import spans

__all__ = ["bench"]

Event = dict[str, object]
Events = Callable[[], list[Event]]


@pytest.fixture(autouse=True)
def _exporters_are_shut_down(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """End what sends spans with its test: it draws from the common random numbers, which Hypothesis watches."""
    made: list[SpanExporter] = []
    real = spans._exporter

    def exporter() -> SpanExporter:
        made.append(real())
        return made[-1]

    monkeypatch.setattr(spans, "_exporter", exporter)
    yield
    for one in made:
        one.shutdown()


@pytest.fixture
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Events:
    """The events that are reported in this process from now on, in the order of their ends."""
    path = tmp_path / "events.jsonl"
    monkeypatch.setenv("XPLENTY_EVENTS", str(path))

    def read() -> list[Event]:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    return read
