"""Whether a figure is judged, by how busy the machine was."""

import sys
import time
from dataclasses import replace

import pytest

from benchmarks import run
from benchmarks.figure import Figure, in_turn
from benchmarks.load import Load, LoadWatch
from benchmarks.table import table

CALM = Load(start=0.1, end=2.0, busy=0.5, processors=2)
BUSY = Load(start=3.0, end=2.5, busy=0.6, processors=2)
linux = pytest.mark.skipif(sys.platform != "linux", reason="what the machine does is read from /proc")


@pytest.mark.parametrize(
    ("figure", "load", "verdict", "reached"),
    [
        (Figure("x", 1, "x", most=1), CALM, "reached", True),
        (Figure("x", 2, "x", most=1), CALM, "MISSED", False),
        (Figure("x", 1, "x", most=1), BUSY, "not judged: load 0.6", None),
        (Figure("x", 2, "ms", most=1), BUSY, "not judged: load 0.6", None),
        (Figure("x", 2, "MiB", most=1), BUSY, "MISSED", False),
        (Figure("x", 2, "x"), BUSY, "", None),
    ],
)
def test_verdict(figure: Figure, load: Load, verdict: str, reached: bool | None) -> None:
    """A time is judged only where other programs leave the machine alone; a count or a size in any case."""
    figure = replace(figure, load=load)
    assert figure.verdict == verdict
    assert figure.document()["reached"] is reached


def test_table_tells_load_and_spread() -> None:
    """The name of a benchmark is followed by the load, and a figure by the least and the most of its rounds."""
    shown = table({"one": [replace(Figure.of("boots", [1, 3, 2.5], "x"), load=CALM)]})
    assert "one (load 0.1 at the start, 2.0 at the end; other programs used 0.5 of 2 processors)" in shown
    assert "2.50 x  1 to 3" in shown


def test_rounds_take_turns() -> None:
    """Of two that are compared, each round measures both before the next one begins."""
    told: list[str] = []

    def told_as(name: str) -> float:
        told.append(name)
        return len(told)

    assert in_turn(2, lambda: told_as("A"), lambda: told_as("B")) == [[1, 2], [3, 4]]
    assert told == ["A", "B", "A", "B"]


def test_own_work_is_no_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the benchmark's own processes have used is not counted among what other programs use."""
    monkeypatch.setattr("benchmarks.load._busy_seconds", lambda: 108.0)
    monkeypatch.setattr("benchmarks.load._own_seconds", lambda: 6.0)
    watch = LoadWatch(moment=time.monotonic() - 1_000, average=0.0, busy=100.0, own=1.0)
    assert watch.ended().busy == pytest.approx(0.003, rel=0.1)


@linux
def test_each_figure_has_its_load() -> None:
    """The figures of a benchmark carry the load that there was while it ran."""
    figure = run.measured(lambda: [Figure("boots", 1, "x")])[0]
    assert figure.load is not None
    assert figure.load.processors >= 1
