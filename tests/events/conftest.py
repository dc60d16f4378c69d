"""A file of events, and what is in it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.accounts.bench import bench

__all__ = ["bench"]

Event = dict[str, object]
Events = Callable[[], list[Event]]


@pytest.fixture
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Events:
    """The events that are reported in this process from now on, in the order of their ends."""
    path = tmp_path / "events.jsonl"
    monkeypatch.setenv("XPLENTY_EVENTS", str(path))

    def read() -> list[Event]:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    return read
