"""What the user sees while the engine is made."""

import threading
from pathlib import Path

import pytest

from tools.engine.progress import heartbeat, lines_in


def test_heartbeat_goes_on_until_done(capsys: pytest.CaptureFixture[str]) -> None:
    """The text is said at once and repeated with the details for as long as the work takes."""
    told: list[str] = []
    twice = threading.Event()

    def detail() -> str:
        told.append(", half of it")
        if len(told) == 2:
            twice.set()
        return told[-1]

    with heartbeat("building", detail=detail, interval=0.001):
        assert twice.wait(10)
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first == "engine: building"
    assert second == "engine: building: 0 s so far, half of it"


def test_silent_when_quick(capsys: pytest.CaptureFixture[str]) -> None:
    """Work that is done before the first repetition is one line, and nothing goes to standard output."""
    with heartbeat("asking"):
        pass
    assert capsys.readouterr() == ("", "engine: asking\n")


def test_lines_in_a_log(tmp_path: Path) -> None:
    """The number of lines in a log and the last of them are the details; a log not yet there has none."""
    detail = lines_in(tmp_path / "log")
    before = detail()
    (tmp_path / "log").write_text("one\ntwo\n", encoding="utf-8")
    assert [before, detail()] == ["", ", 2 steps, last: two"]
