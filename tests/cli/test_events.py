"""Events of commands."""

from pathlib import Path

import pytest

from tests.support.accounts.command_line import Scene
from tests.support.accounts.event_lines import events_in


def test_command_is_an_operation(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls and waits of a command are a part of it, and its outcome has the exit code."""
    path = tmp_path / "events.jsonl"
    monkeypatch.setenv("XPLENTY_EVENTS", str(path))
    number = scene.emulator.add_cluster().id

    assert scene.run("wait", "cluster", number).code == 0
    assert scene.run("wait", "cluster", 999_999).code == 1

    events = events_in(path)
    assert {one["operation"] for one in events} == {"wait cluster"}
    done, failed = (one for one in events if one["event"] == "outcome")
    assert (done["result"], done["exit_code"]) == ("succeeded", 0)
    assert (failed["result"], failed["exit_code"], failed["error_class"]) == ("failed", 1, "NotFoundError")
    assert {one["event"] for one in events if one["trace"] == done["trace"]} == {"call", "wait", "outcome"}


def test_command_goes_on_without_its_events(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be written costs one warning on stderr, and no exit code."""
    monkeypatch.setenv("XPLENTY_EVENTS", str(tmp_path / "missing" / "events"))
    ended = scene.run("wait", "cluster", scene.emulator.add_cluster().id)
    assert ended.code == 0
    assert ended.err.count("the events cannot be written") == 1
