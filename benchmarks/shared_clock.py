"""A clock for threads that work side by side: time passes only while all of them sleep."""

import heapq
import itertools
import threading
from datetime import UTC, datetime, timedelta

_STUCK = 60.0


class SharedClock:
    """Time for `size` threads that work side by side: once all of them sleep, it moves on to the next alarm.

    So an hour of fifty waiting threads takes seconds and comes out as if each had a processor of its own. A thread must
    not hold a lock while it sleeps, and must `leave` when it is through.
    """

    def __init__(self, size: int) -> None:
        self._awake = size
        self._seconds = 0.0
        self._lock = threading.Lock()
        self._alarms: list[tuple[float, int, threading.Event]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return self._seconds

    def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed on this clock; RuntimeError where no thread moves it for a minute."""
        if seconds <= 0:
            return
        alarm = threading.Event()
        with self._lock:
            heapq.heappush(self._alarms, (self._seconds + seconds, next(self._order), alarm))
            self._rest()
        if not alarm.wait(_STUCK):
            raise RuntimeError("the shared clock stands still: a thread neither sleeps nor works")

    def leave(self) -> None:
        """Count one thread fewer."""
        with self._lock:
            self._rest()

    def _rest(self) -> None:
        """Note that one more is not awake; wake all whose moment is the next one when nobody is."""
        self._awake -= 1
        if self._awake or not self._alarms:
            return
        self._seconds = self._alarms[0][0]
        while self._alarms and self._alarms[0][0] <= self._seconds:
            heapq.heappop(self._alarms)[2].set()
            self._awake += 1
