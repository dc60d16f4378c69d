"""When the service asks one caller to wait, all of them wait."""

import threading
from random import Random

from xplenty_pulumi.client.outcomes import NotSent, Outcome
from xplenty_pulumi.clock import Clock

_SPREAD = 0.5
_UNADVISED = 5.0
"""Seconds that all wait after a 429 without advice whose caller does not try again."""


def asked_pause(outcome: Outcome, *, pause: float | None) -> float | None:
    """Return how many seconds this outcome asks everybody to wait, None if it concerns one call only.

    `pause` is how long the caller who met it waits before it tries again, None if it does not.
    """
    if isinstance(outcome, NotSent) or outcome.status is None:
        return None
    advice = outcome.retry_after
    if outcome.status == 429:
        own = _UNADVISED if pause is None and advice is None else pause
        return max(own or 0.0, advice or 0.0)
    return max(pause or 0.0, advice) if outcome.status >= 500 and advice is not None else None


class Throttle:
    """The moment before which a client sends nothing; safe to share between threads.

    A 429 sets it, and so does a server fault that advises to wait, such as a 503 with Retry-After.
    """

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._lock = threading.Lock()
        self._opens = 0.0

    def note(self, outcome: Outcome, *, pause: float | None) -> None:
        """Take note of an outcome; `pause` is as in `asked_pause`."""
        asked = asked_pause(outcome, pause=pause)
        if asked is not None:
            moment = self._clock.monotonic() + asked
            with self._lock:
                self._opens = max(self._opens, moment)

    def closed_for(self) -> float:
        """Return the seconds until something may be sent again, zero if it may be now."""
        return max(0.0, self._opens - self._clock.monotonic())

    def spread(self, pause: float, *, within: float) -> float:
        """Return `pause` made a little longer, so that not all who wait go on in the same instant.

        Of the `within` seconds there are, half of what the pause leaves is never touched.
        """
        return pause + self._random.uniform(0.0, min(_SPREAD, max(0.0, within - pause) / 2))
