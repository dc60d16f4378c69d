"""The pauses that the service asks a client for, and the pace at which its calls go on after them."""

import threading
from contextlib import suppress
from random import Random

from xplenty_pulumi.client.http.outcomes import NotSent, Outcome
from xplenty_pulumi.clock import Clock

_SPREAD = 0.5
_UNADVISED = 5.0
"""Seconds that all wait after a 429 without advice whose caller does not try again."""
_SHORTEST, _LONGEST = 0.5, 2.0
"""Seconds between two calls: after the first refusal, and at most."""
_EASE = 0.97
"""Of 100 calls at a limit of 40 a minute, some 13 are refused so; at 0.9 it would be 24, and no time would be saved."""
_UNPACED = 0.1
_SLICE = 0.5
"""Seconds after which one who stands in line asks again, since the line may go faster by now."""


def asked_pause(outcome: Outcome, *, pause: float | None) -> float | None:
    """Return how many seconds this outcome asks all calls to wait, None if it concerns one call only.

    `pause` is how long the caller who met it waits before it tries again, None if it does not.
    """
    if isinstance(outcome, NotSent) or outcome.status is None:
        return None
    advice = outcome.retry_after
    if outcome.status == 429:
        own = _UNADVISED if pause is None and advice is None else pause
        return max(own or 0.0, advice or 0.0)
    return max(pause or 0.0, advice) if outcome.status >= 500 and advice is not None else None


class CallLimit:
    """When a call must be over; later by `in_queue` seconds once the service has held it back."""

    def __init__(self, clock: Clock, seconds: float, *, in_queue: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + seconds
        self._in_queue = in_queue

    def extend(self) -> None:
        """Let the call take longer, once."""
        self._end, self._in_queue = self._end + self._in_queue, 0.0

    def left(self) -> float:
        """Return the seconds that are left."""
        return self._end - self._clock.monotonic()


class Throttle:
    """The moment before which a client sends nothing, and the line of its calls from then on; thread-safe.

    A 429 sets the moment, and so does a server fault that advises to wait, such as a 503 with Retry-After. Each time
    calls are twice as far apart afterwards, and with each success a little less: those who have waited together would
    be refused together again.
    """

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._lock = threading.Lock()
        self._line: list[object] = []
        self._interval = self._opens = 0.0
        self._last = float("-inf")

    def note(self, outcome: Outcome, *, pause: float | None) -> None:
        """Take note of an outcome; `pause` is as in `asked_pause`."""
        asked = asked_pause(outcome, pause=pause)
        if asked is None:
            return
        now = self._clock.monotonic()
        with self._lock:
            if self._opens <= now:  # else it was sent before the first refusal was known
                self._interval = min(_LONGEST, max(_SHORTEST, 2 * self._interval))
            self._opens = max(self._opens, now + asked)

    def ease(self) -> None:
        """Take note of a success."""
        if self._interval:
            with self._lock:
                self._interval = self._interval * _EASE if self._interval > _UNPACED else 0.0

    def closed_for(self) -> float:
        """Return the seconds until something may be sent again, zero if it may be now."""
        return max(0.0, self._opens - self._clock.monotonic())

    def wait_of(self, call: object) -> float:
        """Return the seconds until this call may be sent, as far as is known; zero if it is its turn, which it takes.

        A call stands in line from the first time that it asks. It stays there until its turn, or until it leaves.
        """
        with self._lock:
            if call not in self._line:
                self._line.append(call)
            before = self._line.index(call) * self._interval
            wait = max(self._opens, self._last + self._interval) + before - self._clock.monotonic()
            if wait <= 0:
                self._line.remove(call)
                self._last = self._clock.monotonic()
            return max(0.0, wait)

    def leave(self, call: object) -> None:
        """Take a call out of the line."""
        with self._lock, suppress(ValueError):
            self._line.remove(call)

    def pause(self, wait: float, *, within: float) -> float:
        """Return the seconds after which a call with so long a `wait` asks again.

        At the end of what the service has asked for it is a little longer, so that not all who wait go on in the same
        instant. Of the `within` seconds there are, half of what the pause leaves is never touched.
        """
        pause = max(self.closed_for(), min(wait, _SLICE))
        return pause + self._random.uniform(0.0, min(_SPREAD, max(0.0, within - pause) / 2))
