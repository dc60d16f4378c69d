"""One look for all who ask while it is under way."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, NoReturn, TypeVar

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.errors import XplentyError

GATHERING = 0.5
"""Seconds between two looks: of a crowd that does not ask at the same moment, more share the next one."""

T = TypeVar("T")


@dataclass(frozen=True)
class NumberedResult(Generic[T]):
    """A look that is over; later ones have a higher `number`.

    `shown` returns what it has shown, or raises the trouble that it has met.
    """

    number: int
    shown: Callable[[], T]


class SharedCall(Generic[T]):
    """Calls `take` for whoever asks first, and gives what it returned to all who may have it; thread-safe.

    A failed look is shared as well, so that an outage does not cost a call for each who asks. With a `clock`, two looks
    begin half a second apart at least.
    """

    def __init__(self, take: Callable[[], T], *, clock: Clock | None = None) -> None:
        self._take = take
        self._clock = clock
        self._turn = threading.Lock()
        self._begun = 0
        self._begun_at = float("-inf")
        self._latest: NumberedResult[T] | None = None

    @property
    def begun(self) -> int:
        """The number of the look that began last."""
        return self._begun

    def is_newer(self, number: int) -> bool:
        """Return whether a look with a higher number is there already, so that asking for it costs nothing."""
        latest = self._latest
        return latest is not None and latest.number > number

    def after(self, number: int) -> NumberedResult[T]:
        """Return a look that began after look `number` did, be it one that has failed."""
        if self._clock and not self.is_newer(number):
            self._clock.sleep(self._begun_at + GATHERING - self._clock.monotonic())
        with self._turn:
            latest = self._latest
            if latest is None or latest.number <= number:
                latest = self._latest = self._taken()
        return latest

    def now(self) -> T:
        """Return what a look shows that begins after this call; raises the trouble that it meets."""
        return self.after(self._begun).shown()

    def _taken(self) -> NumberedResult[T]:
        self._begun += 1
        self._begun_at = self._clock.monotonic() if self._clock else self._begun_at
        try:
            value = self._take()
        except XplentyError as trouble:
            return NumberedResult(self._begun, partial(_raise, trouble))
        return NumberedResult(self._begun, lambda: value)


def _raise(trouble: XplentyError) -> NoReturn:
    # Without the traceback, which would grow with each who raises it.
    raise trouble.with_traceback(None)
