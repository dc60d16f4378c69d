"""The service's own time: it begins at the wall clock and then only runs, whatever the wall clock does."""

from dataclasses import dataclass
from typing import TypeAlias

from xplenty_pulumi.clock import Clock

Moment: TypeAlias = float
"""Seconds since 1970 in UTC, on the service's own clock."""


class ServiceTime:
    """Moments that never go back: a jump of the machine's clock is no event on the service's side of the wire.

    `not_before` is the last moment of an earlier run, which a clock set back must not undercut.
    """

    def __init__(self, clock: Clock, *, not_before: Moment = 0.0) -> None:
        self._clock = clock
        self._start = max(clock.now().timestamp(), not_before)
        self._start_monotonic = clock.monotonic()

    def now(self) -> Moment:
        """Return the present moment."""
        return self._start + self._clock.monotonic() - self._start_monotonic


WINDOW_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Credits:
    """How many calls of the present hour are used; an hour begins with the first call after the last one ended."""

    limit: int
    used: int = 0
    window_start: Moment = 0.0

    def at(self, now: Moment) -> "Credits":
        """Return the budget at `now`: full again once the hour is over."""
        if now - self.window_start < WINDOW_SECONDS:
            return self
        return Credits(self.limit, 0, now)

    @property
    def remaining(self) -> int:
        """How many calls are left."""
        return max(self.limit - self.used, 0)

    def spent(self) -> "Credits":
        """Return the budget with one call less."""
        return Credits(self.limit, self.used + 1, self.window_start)
