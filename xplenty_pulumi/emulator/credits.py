"""The hourly budget of calls."""

from dataclasses import dataclass

from xplenty_pulumi.emulator.records import Moment

WINDOW_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Credits:
    """How many calls of the present hour are used; an hour begins with the first look after the last one ended."""

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

    def seconds_left(self, now: Moment) -> int:
        """Return the whole seconds until the budget is full again."""
        return max(int(self.window_start + WINDOW_SECONDS - now + 0.999), 1)
