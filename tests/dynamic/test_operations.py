"""The advice, shown once, that more could be waited for together."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.threads import no_thread
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.dynamic import operations
from xplenty_pulumi.dynamic.operations import PATIENCE, OpenOperations, advice

LIMIT = 8


class OperationScene:
    """Operations on a clock that a test moves, and what they have shown."""

    def __init__(self) -> None:
        self.clock, self.shown, self._later = ManualClock(), list[str](), list[tuple[float, Callable[[], None]]]()
        self.operations = OpenOperations(LIMIT, self.shown.append, clock=self.clock, later=self._schedule)

    def _schedule(self, seconds: float, action: Callable[[], None]) -> None:
        self._later.append((self.clock.monotonic() + seconds, action))

    def advance(self, seconds: float) -> None:
        """Let time pass, and do what is due."""
        self.clock.advance(seconds)
        due = [action for moment, action in self._later if moment <= self.clock.monotonic()]
        self._later = [one for one in self._later if one[0] > self.clock.monotonic()]
        for action in due:
            action()


@pytest.fixture
def scene() -> OperationScene:
    """Operations of which none has begun."""
    return OperationScene()


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """The operations that are under way until the test ends."""
    with ExitStack() as stack:
        yield stack


def begin(scene: OperationScene, running: ExitStack, names: range) -> None:
    """Check and begin resources of these numbers."""
    for name in names:
        scene.operations.expect(str(name))
        running.enter_context(scene.operations.operation(str(name)))


def test_it_is_said_once(scene: OperationScene, running: ExitStack) -> None:
    """With all places taken and one more resource waiting for two seconds it is said, and never again."""
    begin(scene, running, range(LIMIT))
    scene.operations.expect("waiting")
    scene.advance(PATIENCE)
    assert scene.shown == [advice(LIMIT)]
    scene.operations.expect("another")
    scene.advance(10 * PATIENCE)
    assert len(scene.shown) == 1


def test_it_waits_for_the_two_seconds(scene: OperationScene, running: ExitStack) -> None:
    """A resource that came a moment ago may still be begun, so it is looked at again later."""
    scene.operations.expect("early")
    begin(scene, running, range(LIMIT - 1))
    running.enter_context(scene.operations.operation("early"))
    scene.operations.expect("first")
    scene.advance(PATIENCE / 2)
    with scene.operations.operation("first"):
        pass
    assert scene.shown == []


def test_a_late_one_is_looked_at_again(scene: OperationScene, running: ExitStack) -> None:
    """When the first look comes too early for the resource that waits, there is a second one."""
    begin(scene, running, range(LIMIT - 1))
    with scene.operations.operation("soon done"):
        scene.operations.expect("next")
        scene.advance(PATIENCE / 2)
    with scene.operations.operation("next"):
        scene.operations.expect("late")
        scene.advance(PATIENCE / 2)
        assert scene.shown == []
        scene.advance(PATIENCE)
        assert scene.shown == [advice(LIMIT)]


def test_room_left_needs_no_advice(scene: OperationScene, running: ExitStack) -> None:
    """While the engine could begin more, what is not begun waits for something else."""
    begin(scene, running, range(LIMIT - 1))
    scene.operations.expect("waiting")
    scene.advance(10 * PATIENCE)
    assert scene.shown == []


def test_nothing_waiting_needs_no_advice(scene: OperationScene, running: ExitStack) -> None:
    """All places taken and nothing left to begin is as it should be."""
    begin(scene, running, range(LIMIT))
    scene.advance(10 * PATIENCE)
    assert scene.shown == []


def test_more_than_the_default_is_somebodys_choice(scene: OperationScene) -> None:
    """Once more run than the default allows, the user has raised the limit himself, and is told nothing."""
    with ExitStack() as raised:
        begin(scene, raised, range(LIMIT + 1))
    with ExitStack() as running:
        begin(scene, running, range(LIMIT))
        scene.operations.expect("waiting")
        scene.advance(10 * PATIENCE)
    assert scene.shown == []


@pytest.mark.parametrize(("parallel", "lines"), [("64", 0), ("", 1)])
def test_a_process_tells_its_stack(
    parallel: str, lines: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A process allows four operations per core, and shows the advice only where PULUMI_PARALLEL is not set."""
    monkeypatch.setenv("PULUMI_PARALLEL", parallel)
    monkeypatch.setattr(operations, "_cores", lambda: 1)
    monkeypatch.setattr(operations, "_later", lambda _seconds, action: action())
    monkeypatch.setattr(operations, "PATIENCE", 0)
    operations.open_operations.cache_clear()
    with ExitStack() as running:
        for name in "abcd":
            running.enter_context(operations.open_operations().operation(name))
        operations.open_operations().expect("waiting")
    operations.open_operations.cache_clear()
    assert capsys.readouterr().out.splitlines() == [advice(4)] * lines


@pytest.mark.parametrize(
    ("limit", "cores"),
    [("max 100000", 8), ("800000 100000", 8), ("250000 100000", 3), ("50000 100000", 2), ("", 8), (None, 8)],
)
def test_cores_are_those_that_the_engine_counts(
    limit: str | None, cores: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of a machine it may use eight cores, and its container less: the part of a core counts, and two always."""
    file = tmp_path / "cpu.max"
    if limit is not None:
        file.write_text(limit)
    monkeypatch.setattr(operations, "_CONTAINER_LIMIT", file)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)))
    assert operations._cores() == cores


def test_without_a_thread_there_is_no_advice(
    scene: OperationScene, running: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that gives no thread to show it later stops no operation."""
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    monkeypatch.setattr(scene.operations, "_later", operations._later)
    begin(scene, running, range(LIMIT))
    scene.operations.expect("waiting")
    assert scene.shown == []
