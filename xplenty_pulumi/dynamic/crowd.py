"""Noticing that more could be waited for at once than the engine begins, and saying so once."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.dynamic.bridge import is_set, stack_line

PATIENCE = 2.0
"""Seconds that a resource must have been known and not begun before anything is said."""
_PER_CORE = 4
"""Operations that the engine begins at once for each core, unless PULUMI_PARALLEL or `--parallel` says otherwise."""


class OpenOperations:
    """The operations of one process, and the new resources that the engine has not begun.

    `limit` is how many operations the engine begins at once by default. Safe to share between threads.
    """

    def __init__(
        self,
        limit: int,
        tell: Callable[[str], None],
        *,
        clock: Clock,
        later: Callable[[float, Callable[[], None]], None],
    ) -> None:
        self._limit, self._tell, self._clock, self._later = limit, tell, clock, later
        self._lock = threading.Lock()
        self._waiting: dict[str, float] = {}
        self._running = 0
        self._is_looking = self._is_over = False

    def expect(self, owner: str) -> None:
        """Note that a new resource was checked, so that its creation is to be expected."""
        with self._lock:
            self._waiting[owner] = self._clock.monotonic()
        self._look_later()

    @contextmanager
    def operation(self, owner: str) -> Iterator[None]:
        """Count an operation on a resource as one that is under way."""
        with self._lock:
            self._waiting.pop(owner, None)
            self._running += 1
            # More than the default: somebody has raised the limit in a way that cannot be seen here.
            self._is_over = self._is_over or self._running > self._limit
        self._look_later()
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def _look_later(self) -> None:
        with self._lock:
            if self._is_over or self._is_looking or self._running < self._limit or not self._waiting:
                return
            self._is_looking = True
        self._later(PATIENCE, self._look)

    def _look(self) -> None:
        with self._lock:
            self._is_looking = False
            oldest = min(self._waiting.values(), default=self._clock.monotonic())
            if self._is_over or self._running < self._limit:
                return
            self._is_over = self._clock.monotonic() - oldest >= PATIENCE
            is_time = self._is_over
        if is_time:
            self._tell(advice(self._limit))
        else:
            self._look_later()


def advice(limit: int) -> str:
    """Return what to tell when more resources wait for their turn."""
    return f"{limit} operations at once is what the engine allows here; PULUMI_PARALLEL=64 lets more wait together"


@lru_cache(maxsize=1)
def crowd() -> OpenOperations:
    """Return the crowd of this process; it says nothing where PULUMI_PARALLEL is set."""
    told = (lambda _text: None) if is_set(os.environ, "PULUMI_PARALLEL") else (lambda text: stack_line(text, "INFO"))
    return OpenOperations(_PER_CORE * (os.cpu_count() or 1), told, clock=SystemClock(), later=_later)


def _later(seconds: float, action: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()
