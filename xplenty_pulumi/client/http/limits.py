"""What a client may still send: the calls it has counted, its retries, and its key."""

import re
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from xplenty_pulumi.client.http.outcomes import Answered, CallKind, HttpRequest
from xplenty_pulumi.client.models import RateLimit
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.errors import ApiError, AuthError

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

    `told` is the hourly budget of the key's user by the latest answer, None before the first.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._grains: deque[_Grain] = deque()
        self._in_grains = 0
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
            self._in_grains += 1
            self._forget_before(now - HOUR)

    def spent_in_hour(self) -> int:
        """Return how many calls were sent within the last hour; never fewer, and a few seconds' more at most."""
        with self._lock:
            self._forget_before(self._clock.monotonic() - HOUR)
            return self._in_grains

    def spent(self) -> dict[CallKind, int]:
        """Return how many calls of each kind were sent in all."""
        with self._lock:
            return {kind: self._sent[kind] for kind in CallKind}

    def _forget_before(self, moment: float) -> None:
        while self._grains and self._grains[0].last <= moment:
            self._in_grains -= self._grains.popleft().calls


_FULL = 100
_RETRY = 5
_RETRY_AFTER_TIMEOUT = 10
_SUCCESS = 1


class RetryQuota:
    """The retries one client may still make; it keeps an outage from being multiplied by retries.

    A retry costs 5 of 100 `tokens`, or 10 after a time-out; each success gives 1 back. Safe to share between threads.
    """

    def __init__(self) -> None:
        self.tokens = _FULL
        self._lock = threading.Lock()

    def take(self, *, timed_out: bool) -> bool:
        """Pay for one retry; return False, and take nothing, if there are too few tokens left."""
        cost = _RETRY_AFTER_TIMEOUT if timed_out else _RETRY
        with self._lock:
            if cost > self.tokens:
                return False
            self.tokens -= cost
            return True

    def give_back(self) -> None:
        """Count one success."""
        with self._lock:
            self.tokens = min(_FULL, self.tokens + _SUCCESS)


MINUTE = 60.0
"""Seconds for which the refusal of a key that has worked is taken for a fault of the service."""

_ANY_CALL = ""


class KeyBreaker:
    """Remembers that the service refused the key, so that later calls fail here and are not sent.

    A 401 trips it, whatever the call, and a 403 to a read as well, until the first success. From then on the key is
    known to be good: a 401 trips it only a minute after the first one without a success in between. A 403 never trips
    it then; it concerns one thing, unless such a call was allowed before, and is in doubt for a minute too. So is a
    read that is sent elsewhere, and a list that is not there, where there was an answer before.
    Until the first success calls take turns, so that many threads starting with a wrong key still cost one call.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refusal: ApiError | None = None
        self._allowed: set[str] = set()
        self._doubted_since: dict[str, float] = {}
        self._first = threading.Lock()

    @contextmanager
    def turn(self, *, patience: float) -> Iterator[None]:
        """Hold while one attempt is made; raise the remembered AuthError instead if the key was refused.

        `patience` is the longest wait for other threads' first calls, in seconds.
        """
        held = not self._allowed and self._first.acquire(timeout=max(0.0, patience))
        try:
            if (known := self._refusal) is not None:
                raise AuthError(known.message, status=known.status, request_id=known.request_id, advice=known.advice)
            yield
        finally:
            if held:
                self._first.release()

    def doubts(self, request: HttpRequest, answer: Answered) -> bool:
        """Return whether `answer` may be a fault of the service, because the key has worked, for a minute at most."""
        # A 401 is about all calls, anything else about those of one shape.
        shape = _ANY_CALL if answer.status == 401 else _shape(request)
        is_unlikely = answer.status in {401, 403} or _misses_what_stays(request, answer)
        if not is_unlikely or not self._allowed or (shape and shape not in self._allowed):
            return False
        now = self._clock.monotonic()
        return now - self._doubted_since.setdefault(shape, now) < MINUTE

    def trips_on(self, kind: CallKind, request: HttpRequest, answer: Answered) -> bool:
        """Return whether `answer` shows that the key itself is refused."""
        if answer.status == 401:
            return not self.doubts(request, answer)
        return answer.status == 403 and kind is CallKind.READ and not self._allowed

    def trip(self, refusal: ApiError) -> None:
        """Let every later call fail with the same text."""
        self._refusal = refusal

    def prove(self, request: HttpRequest) -> None:
        """Note that the service accepted the key for such a request."""
        shape = _shape(request)
        self._allowed.add(shape)
        self._doubted_since.pop(shape, None)
        self._doubted_since.pop(_ANY_CALL, None)


def _misses_what_stays(request: HttpRequest, answer: Answered) -> bool:
    """Whether a read is sent elsewhere, as during maintenance, or a list is not there, as where a gateway fails."""
    if request.method != "GET":
        return False
    return answer.status in {301, 302, 307, 308} or (answer.status == 404 and "{id}" not in _shape(request))


def _shape(request: HttpRequest) -> str:
    """What calls of one sort have in common, whichever thing they are about."""
    return f"{request.method} {re.sub(r'/[0-9]+', '/{id}', request.path)}"
