"""When the service asks one caller to wait, all of them wait."""

import threading
from random import Random

from xplenty_pulumi.client.outcomes import NotSent, Outcome
from xplenty_pulumi.clock import Clock

_SPREAD = 0.5


class Throttle:
    """The moment before which a client sends nothing; safe to share between threads.

    A 429 sets it, and so does any answer that advises to wait, such as a 503 with Retry-After.
    """

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._lock = threading.Lock()
        self._opens = 0.0

    def note(self, outcome: Outcome, *, pause: float) -> None:
        """Take note of an outcome; `pause` is how long the caller who met it waits before it tries again."""
        if isinstance(outcome, NotSent):
            return
        if outcome.status == 429 or outcome.retry_after is not None:
            moment = self._clock.monotonic() + max(pause, outcome.retry_after or 0.0)
            with self._lock:
                self._opens = max(self._opens, moment)

    def closed_for(self) -> float:
        """Return the seconds until something may be sent again, zero if it may be now."""
        return max(0.0, self._opens - self._clock.monotonic())

    def pause(self) -> float:
        """Return how long to wait, spread a little so that not all who wait go on in the same instant."""
        closed = self.closed_for()
        return closed + self._random.uniform(0.0, _SPREAD) if closed else 0.0
