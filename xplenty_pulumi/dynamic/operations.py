"""The operations under way: advice, once, where more could be waited for at once than the engine begins."""

import math
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.dynamic.bridge import stack_line
from xplenty_pulumi.settings import is_set

PATIENCE = 2.0
"""Seconds that a resource must have been checked and not begun before the advice is shown."""
_PER_CORE = 4
"""Operations that the engine begins at once for each core, unless PULUMI_PARALLEL or `--parallel` says otherwise."""
_CONTAINER_LIMIT = Path("/sys/fs/cgroup/cpu.max")


class OpenOperations:
    """The operations of one process, and the new resources that the engine has not begun; thread-safe.

    `limit` is how many operations the engine begins at once by default, `show` shows a text, and `later` calls
    something after so many seconds.
    """

    def __init__(
        self,
        limit: int,
        show: Callable[[str], None],
        *,
        clock: Clock,
        later: Callable[[float, Callable[[], None]], None],
    ) -> None:
        self._limit, self._show, self._clock, self._later = limit, show, clock, later
        self._lock = threading.Lock()
        self._waiting: dict[str, float] = {}
        self._running = 0
        self._is_scheduled = self._is_over = False

    def expect(self, owner: str) -> None:
        """Note that a new resource was checked, so that its creation is to be expected."""
        with self._lock:
            self._waiting[owner] = self._clock.monotonic()
        self._schedule()

    @contextmanager
    def operation(self, owner: str) -> Iterator[None]:
        """Count an operation on a resource as one that is under way."""
        with self._lock:
            self._waiting.pop(owner, None)
            self._running += 1
            # More than the default: the limit was raised in a way that does not show here.
            self._is_over = self._is_over or self._running > self._limit
        self._schedule()
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def _schedule(self) -> None:
        with self._lock:
            if self._is_over or self._is_scheduled or self._running < self._limit or not self._waiting:
                return
            self._is_scheduled = True
        self._later(PATIENCE, self._check)

    def _check(self) -> None:
        with self._lock:
            self._is_scheduled = False
            oldest = min(self._waiting.values(), default=self._clock.monotonic())
            if self._is_over or self._running < self._limit:
                return
            self._is_over = is_time = self._clock.monotonic() - oldest >= PATIENCE
        if is_time:
            self._show(advice(self._limit))
        else:
            self._schedule()


def advice(limit: int) -> str:
    """Return the text for when more resources wait for their turn."""
    return f"{limit} operations at once is what the engine allows here; PULUMI_PARALLEL=64 lets more wait together"


@lru_cache(maxsize=1)
def declared_owners() -> set[str]:
    """Return whose resources the program of this process declares; one of these that is deleted is replaced."""
    return set()


@lru_cache(maxsize=1)
def open_operations() -> OpenOperations:
    """Return those of this process; nothing is shown where PULUMI_PARALLEL is set."""

    def show(text: str) -> None:
        if not is_set(os.environ, "PULUMI_PARALLEL"):
            stack_line(text, "INFO")

    return OpenOperations(_PER_CORE * _cores(), show, clock=SystemClock(), later=_later)


def _cores() -> int:
    """How many cores the engine counts: those it may run on, and a lower limit of its container, though not below 2."""
    cores = os.cpu_count() or 1
    if sys.platform == "linux":  # a statement, which type checkers follow
        cores = len(os.sched_getaffinity(0))
    with suppress(OSError, ValueError):  # there is no limit
        share, period = _CONTAINER_LIMIT.read_text(encoding="utf-8").split()
        cores = min(cores, max(2, math.ceil(int(share) / int(period))))
    return cores


def _later(seconds: float, action: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    with suppress(RuntimeError):  # the machine gives no thread, and what is shown later is only advice
        timer.start()
