"""Saying once that more could be waited for together."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.dynamic import crowd as crowd_module
from xplenty_pulumi.dynamic.crowd import PATIENCE, OpenOperations, advice

LIMIT = 8


class Scene:
    """A crowd on a clock that a test moves, and what it has said."""

    def __init__(self) -> None:
        self.clock, self.told, self._later = ManualClock(), list[str](), list[tuple[float, Callable[[], None]]]()
        self.crowd = OpenOperations(LIMIT, self.told.append, clock=self.clock, later=self._schedule)

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
def scene() -> Scene:
    """A crowd in which nothing has happened."""
    return Scene()


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """The operations that are under way until the test ends."""
    with ExitStack() as stack:
        yield stack


def begin(scene: Scene, running: ExitStack, names: range) -> None:
    """Check and begin resources of these numbers."""
    for name in names:
        scene.crowd.expect(str(name))
        running.enter_context(scene.crowd.operation(str(name)))


def test_it_is_said_once(scene: Scene, running: ExitStack) -> None:
    """With all places taken and one more resource waiting for two seconds it is said, and never again."""
    begin(scene, running, range(LIMIT))
    scene.crowd.expect("waiting")
    scene.advance(PATIENCE)
    assert scene.told == [advice(LIMIT)]
    scene.crowd.expect("another")
    scene.advance(10 * PATIENCE)
    assert len(scene.told) == 1


def test_it_waits_for_the_two_seconds(scene: Scene, running: ExitStack) -> None:
    """A resource that came a moment ago may still be begun, so it is looked at again later."""
    scene.crowd.expect("early")
    begin(scene, running, range(LIMIT - 1))
    running.enter_context(scene.crowd.operation("early"))
    scene.crowd.expect("first")
    scene.advance(PATIENCE / 2)
    with scene.crowd.operation("first"):
        pass
    assert scene.told == []


def test_a_late_one_is_looked_at_again(scene: Scene, running: ExitStack) -> None:
    """When the first look comes too early for the resource that waits, there is a second one."""
    begin(scene, running, range(LIMIT - 1))
    with scene.crowd.operation("soon done"):
        scene.crowd.expect("next")
        scene.advance(PATIENCE / 2)
    with scene.crowd.operation("next"):
        scene.crowd.expect("late")
        scene.advance(PATIENCE / 2)
        assert scene.told == []
        scene.advance(PATIENCE)
        assert scene.told == [advice(LIMIT)]


def test_room_left_is_no_crowd(scene: Scene, running: ExitStack) -> None:
    """While the engine could begin more, what is not begun waits for something else."""
    begin(scene, running, range(LIMIT - 1))
    scene.crowd.expect("waiting")
    scene.advance(10 * PATIENCE)
    assert scene.told == []


def test_nobody_waiting_is_no_crowd(scene: Scene, running: ExitStack) -> None:
    """All places taken and nothing left to begin is as it should be."""
    begin(scene, running, range(LIMIT))
    scene.advance(10 * PATIENCE)
    assert scene.told == []


def test_more_than_the_default_is_somebodys_choice(scene: Scene) -> None:
    """Once more run than the default allows, the user has raised the limit himself, and is told nothing."""
    with ExitStack() as raised:
        begin(scene, raised, range(LIMIT + 1))
    with ExitStack() as running:
        begin(scene, running, range(LIMIT))
        scene.crowd.expect("waiting")
        scene.advance(10 * PATIENCE)
    assert scene.told == []


@pytest.mark.parametrize(("parallel", "lines"), [("64", 0), ("", 1)])
def test_a_process_tells_its_stack(
    parallel: str, lines: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The crowd of a process speaks of four operations per core, and only where PULUMI_PARALLEL is not set."""
    monkeypatch.setenv("PULUMI_PARALLEL", parallel)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(crowd_module, "_later", lambda _seconds, action: action())
    monkeypatch.setattr(crowd_module, "PATIENCE", 0)
    crowd_module.crowd.cache_clear()
    with ExitStack() as running:
        for name in "abcd":
            running.enter_context(crowd_module.crowd().operation(name))
        crowd_module.crowd().expect("waiting")
    crowd_module.crowd.cache_clear()
    assert capsys.readouterr().out.splitlines() == [advice(4)] * lines
