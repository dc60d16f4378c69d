"""A wrong key costs one call, not one per resource; a good key that is refused for a moment costs a minute."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from xplenty_pulumi.client.outcomes import Answered, Request
from xplenty_pulumi.client.retry import CallKind
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.errors import AuthError

MINUTE = 60.0
"""Seconds for which the refusal of a key that has worked is taken for a fault of the service."""

_ANY_CALL = ""


class KeyBreaker:
    """Remembers that the service refused the key, so that later calls fail here and are not sent.

    A 401 trips it, whatever the call, and a 403 to a read as well, until the first success. From then on the key is
    known to be good: a 401 trips it only a minute after the first one without a success in between. A 403 never trips
    it then; it concerns one thing, unless such a call was allowed before, and is in doubt for a minute too.
    Until the first success calls take turns, so that many threads starting with a wrong key still cost one call.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refusal: AuthError | None = None
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
            self._check()
            yield
        finally:
            if held:
                self._first.release()

    def doubts(self, request: Request, answer: Answered) -> bool:
        """Return whether `answer` may be a fault of the service, because the key has worked, for a minute at most."""
        shape = _shape_of_refused(request, answer)
        if shape is None or not self._allowed or (shape and shape not in self._allowed):
            return False
        now = self._clock.monotonic()
        return now - self._doubted_since.setdefault(shape, now) < MINUTE

    def trips_on(self, kind: CallKind, request: Request, answer: Answered) -> bool:
        """Return whether `answer` shows that the key itself is refused."""
        if answer.status == 401:
            return not self.doubts(request, answer)
        return answer.status == 403 and kind is CallKind.READ and not self._allowed

    def trip(self, refusal: AuthError) -> None:
        """Let every later call fail with the same text."""
        self._refusal = refusal

    def prove(self, request: Request) -> None:
        """Note that the service accepted the key for such a request."""
        shape = _shape(request)
        self._allowed.add(shape)
        self._doubted_since.pop(shape, None)
        self._doubted_since.pop(_ANY_CALL, None)

    def _check(self) -> None:
        if (known := self._refusal) is not None:
            raise AuthError(known.message, status=known.status, request_id=known.request_id, advice=known.advice)


def _shape_of_refused(request: Request, answer: Answered) -> str | None:
    """Which calls a refusal is about: a 401 is about all, a 403 about those of one shape, anything else about none."""
    return {401: _ANY_CALL, 403: _shape(request)}.get(answer.status)


def _shape(request: Request) -> str:
    """What calls of one sort have in common, whichever thing they are about."""
    return f"{request.method} {re.sub(r'/[0-9]+', '/{id}', request.path)}"
