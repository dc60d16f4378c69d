"""Clocks: the machine's, one that a test moves, one that moves by steps, and one that runs faster."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from xplenty_pulumi.clock import Clock, ManualClock, ScaledClock, SteppedClock, SystemClock


def test_system_clock_is_the_machines() -> None:
    """Its time is aware, in UTC and the present one; its monotonic side never goes back."""
    clock = SystemClock()
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().utcoffset() == timedelta(0)
    first = clock.monotonic()
    assert clock.monotonic() >= first


def test_system_clock_sleeps() -> None:
    """A sleep lasts at least as long as asked for, by its own measure."""
    clock = SystemClock()
    start = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() - start >= 0.01


@pytest.mark.parametrize("seconds", [0, -5])
@pytest.mark.parametrize(
    "clock", [SystemClock(), ManualClock(), ScaledClock(ManualClock(), 60)], ids=lambda one: type(one).__name__
)
def test_no_time_is_no_sleep(clock: Clock, seconds: float) -> None:
    """Zero and less return at once and move nothing."""
    before = clock.monotonic()
    clock.sleep(seconds)
    assert clock.monotonic() - before < 1


def test_manual_clock_stands_still() -> None:
    """It begins on a known day and moves only when told."""
    clock = ManualClock()
    assert clock.now() == clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.monotonic() == 0


def test_manual_clock_begins_where_it_is_told() -> None:
    """A test may choose its day."""
    assert ManualClock(datetime(2030, 5, 5, tzinfo=UTC)).now().year == 2030


def test_sleeping_moves_both_times() -> None:
    """Nothing waits, and both the wall clock and the monotonic one go on."""
    clock = ManualClock()
    clock.sleep(90.5)
    assert clock.now() == datetime(2026, 1, 1, 0, 1, 30, 500_000, tzinfo=UTC)
    assert clock.monotonic() == 90.5


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_jump_moves_the_wall_clock_alone(seconds: float) -> None:
    """Deadlines do not feel what a time server does."""
    clock = ManualClock()
    clock.jump(seconds)
    assert clock.now() == datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert clock.monotonic() == 0


def test_a_clock_never_goes_back() -> None:
    """Going back is a jump of the wall clock, and the error says so."""
    clock = ManualClock()
    with pytest.raises(ValueError, match=r"only advances, got -1; use jump\(\)"):
        clock.advance(-1)
    assert clock.monotonic() == 0


def test_listeners_hear_of_every_move() -> None:
    """They are called with the seconds moved, after the time has changed; a jump is no move."""
    clock = ManualClock()
    heard: list[tuple[float, float]] = []
    clock.on_advance(lambda seconds: heard.append((seconds, clock.monotonic())))
    clock.advance(5)
    clock.advance(0)
    clock.sleep(2)
    clock.sleep(0)
    clock.jump(60)
    assert heard == [(5, 5), (0, 5), (2, 7)]


def test_threads_share_a_manual_clock() -> None:
    """No move is lost."""
    clock = ManualClock()

    def work() -> None:
        for _ in range(500):
            clock.sleep(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.monotonic() == 2000


def test_stepped_clock_moves_a_step_with_each_tick() -> None:
    """It stands still between ticks; its step can be changed, and with 0 a tick moves nothing."""
    clock = SteppedClock(30, start=datetime(2026, 1, 1, tzinfo=UTC))
    clock.tick()
    assert (clock.monotonic(), clock.now()) == (30, datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC))
    for step in (0, 0.5):
        clock.step = step
        clock.tick()
    assert clock.monotonic() == 30.5


@pytest.mark.parametrize("step", [-1, float("nan"), float("inf")])
def test_a_step_is_a_number_of_seconds(step: float) -> None:
    """Another one is refused, and the step stays what it was."""
    clock = SteppedClock(30, start=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="a step is 0 or a positive number of seconds"):
        clock.step = step
    assert clock.step == 30


def test_scaled_clock_runs_faster() -> None:
    """A second of the wrapped clock is a minute of this one, from the time at which it was made."""
    inner = ManualClock()
    inner.advance(100)
    clock = ScaledClock(inner, 60)
    assert clock.now() == inner.now()
    assert clock.monotonic() == 0
    inner.advance(1)
    assert clock.monotonic() == 60
    assert clock.now() == datetime(2026, 1, 1, 0, 2, 40, tzinfo=UTC)


def test_scaled_clock_may_run_slower() -> None:
    """A scale below one stretches time."""
    inner = ManualClock()
    clock = ScaledClock(inner, 0.5)
    inner.advance(60)
    assert clock.monotonic() == 30


def test_scaled_clock_sleeps_its_own_time() -> None:
    """A minute of sleep takes a second of the wrapped clock."""
    inner = ManualClock()
    ScaledClock(inner, 60).sleep(60)
    assert inner.monotonic() == 1


def test_scaled_clock_does_not_feel_jumps() -> None:
    """Its wall clock follows the monotonic time."""
    inner = ManualClock()
    clock = ScaledClock(inner, 2)
    inner.jump(3600)
    assert clock.now() == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("scale", [0, -1, float("nan")])
def test_a_scale_is_positive(scale: float) -> None:
    """Time that stands still or runs back is refused."""
    with pytest.raises(ValueError, match="a time scale is a positive number"):
        ScaledClock(ManualClock(), scale)


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="this system has no such clock")
def test_system_clock_counts_the_sleep_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read before a laptop was closed is hours old when it is opened."""
    monkeypatch.setattr(time, "clock_gettime", {time.CLOCK_BOOTTIME: 28_800.0, time.CLOCK_MONOTONIC: 5.0}.__getitem__)
    assert SystemClock().monotonic() == 28_800.0
