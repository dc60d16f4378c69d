"""Time as an argument: the real clock, ones that a test moves by hand or by steps, and one that runs faster."""

import math
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What every part that waits or stamps times is given instead of `time` and `datetime`."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware and in UTC; it may jump in either direction."""

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start, those included for which the machine slept; it never goes back."""

    def sleep(self, seconds: float) -> None:
        """Return after `seconds` have passed on this clock; zero and less return at once."""


_WITH_SLEEP = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", 0))
"""The clock that goes on while the machine sleeps: on Linux, and on macOS."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        if sys.platform == "win32":  # its only such clock goes on as well
            return time.monotonic()
        return time.clock_gettime(_WITH_SLEEP)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


class ManualClock:
    """A clock that a test moves; `sleep` moves it, so nothing ever waits.

    Safe to share between threads. Each move calls the listeners with the seconds moved, after the time has changed.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 0.0
        self._lock = threading.Lock()
        self._listeners: list[Callable[[float], None]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move both the wall clock and the monotonic clock forward by `seconds`."""
        if seconds < 0:
            raise ValueError(f"a clock only advances, got {seconds}; use jump() for the wall clock")
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._monotonic += seconds
        for listener in self._listeners:
            listener(seconds)

    def jump(self, seconds: float) -> None:
        """Move the wall clock alone, forward or back, as a time server or daylight saving would."""
        with self._lock:
            self._now += timedelta(seconds=seconds)

    def on_advance(self, listener: Callable[[float], None]) -> None:
        """Call `listener(seconds)` after every `advance` and `sleep`."""
        self._listeners.append(listener)


class SteppedClock(ManualClock):
    """A clock that stands still until `tick` moves it `step` seconds, so that what happens does not depend on speed.

    `step` can be changed at any time; with 0 a tick moves nothing. `advance` moves the clock by hand as well.
    Raises ValueError for a step that is negative or no finite number.
    """

    def __init__(self, step: float, *, start: datetime) -> None:
        super().__init__(start)
        self.step = step

    @property
    def step(self) -> float:
        """The seconds of a tick."""
        return self._step

    @step.setter
    def step(self, seconds: float) -> None:
        if not 0 <= seconds < math.inf:
            raise ValueError(f"a step is 0 or a positive number of seconds, got {seconds}")
        self._step = seconds

    def tick(self) -> None:
        """Move the clock one step."""
        self.advance(self.step)


class ScaledClock:
    """A clock on which time passes `scale` times as fast as on the clock it wraps.

    It starts at the wrapped clock's time. `sleep(60)` on a clock scaled by 60 takes one second of the wrapped clock.
    """

    def __init__(self, inner: Clock, scale: float) -> None:
        if not scale > 0:
            raise ValueError(f"a time scale is a positive number, got {scale}")
        self._inner = inner
        self._scale = scale
        self._start_now = inner.now()
        self._start_monotonic = inner.monotonic()

    def now(self) -> datetime:
        return self._start_now + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (self._inner.monotonic() - self._start_monotonic) * self._scale

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds / self._scale)
