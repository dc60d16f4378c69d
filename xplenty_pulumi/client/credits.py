"""What calls cost: each is one of the credits that a user has per hour (documented)."""

import threading
from collections import Counter, deque
from dataclasses import dataclass

from xplenty_pulumi.client.models import RateLimit
from xplenty_pulumi.client.retry import CallKind
from xplenty_pulumi.clock import Clock

HOUR = 3600.0
_GRAIN = 10.0
"""Calls within so many seconds are forgotten together, an hour after the last of them."""


@dataclass
class _Grain:
    start: float
    last: float
    calls: int = 0


class Meter:
    """Counts what one client has sent, and remembers what the service says is left; safe to share between threads.

    `told` is the hourly budget of the key's user as the latest answer gave it, None before the first.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._grains: deque[_Grain] = deque()
        self._sent: Counter[CallKind] = Counter()
        self.told: RateLimit | None = None

    def count(self, kind: CallKind) -> None:
        """Count a call that was sent."""
        now = self._clock.monotonic()
        with self._lock:
            self._sent[kind] += 1
            if not self._grains or now - self._grains[-1].start >= _GRAIN:
                self._grains.append(_Grain(start=now, last=now))
            self._grains[-1].last = now
            self._grains[-1].calls += 1
            self._forget_before(now - HOUR)

    def spent_in_hour(self) -> int:
        """Return how many calls were sent within the last hour; never fewer, and a few seconds' more at most."""
        with self._lock:
            self._forget_before(self._clock.monotonic() - HOUR)
            return sum(grain.calls for grain in self._grains)

    def spent(self) -> dict[CallKind, int]:
        """Return how many calls of each kind were sent in all."""
        with self._lock:
            return {kind: self._sent[kind] for kind in CallKind}

    def _forget_before(self, moment: float) -> None:
        while self._grains and self._grains[0].last <= moment:
            self._grains.popleft()
