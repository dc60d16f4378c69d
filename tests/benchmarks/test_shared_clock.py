"""The clock that threads share."""

from concurrent.futures import ThreadPoolExecutor

from benchmarks.shared_clock import SharedClock


def walk(clock: SharedClock, step: float, steps: int) -> list[float]:
    """Sleep so often, and return when it was after each sleep."""
    moments = []
    for _ in range(steps):
        clock.sleep(step)
        moments.append(clock.monotonic())
    clock.leave()
    return moments


def test_each_sleeps_as_if_it_were_alone() -> None:
    """Threads that sleep side by side each see their own moments, and none has waited for the other."""
    clock = SharedClock(2)
    with ThreadPoolExecutor(2) as pool:
        slow, fast = pool.submit(walk, clock, 3, 2), pool.submit(walk, clock, 1, 10)
    assert slow.result() == [3, 6]
    assert fast.result() == list(range(1, 11))


def test_wall_clock_moves_with_it() -> None:
    """An hour of sleep is an hour on the wall clock."""
    clock = SharedClock(1)
    before = clock.now()
    clock.sleep(3_600)
    assert (clock.now() - before).total_seconds() == 3_600


def test_no_sleep_at_all() -> None:
    """Zero seconds return at once and let nobody else wait."""
    clock = SharedClock(2)
    clock.sleep(0)
    assert clock.monotonic() == 0
