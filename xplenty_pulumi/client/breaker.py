"""A wrong key costs one call, not one per resource."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from xplenty_pulumi.client.outcomes import Answered
from xplenty_pulumi.client.retry import CallKind
from xplenty_pulumi.errors import AuthError


class KeyBreaker:
    """Remembers that the service refused the key, so that later calls fail here and are not sent.

    A 401 trips it, whatever the call. A 403 to a read trips it too, unless an earlier call succeeded: then the key is
    good and only this one thing is forbidden. Until the first success calls take turns, so that many threads starting
    with a wrong key still cost one call.
    """

    def __init__(self) -> None:
        self._refusal: AuthError | None = None
        self._proven = False
        self._first = threading.Lock()

    @contextmanager
    def turn(self, *, patience: float) -> Iterator[None]:
        """Hold while one attempt is made; raise the remembered AuthError instead if the key was refused.

        `patience` is the longest wait for other threads' first calls, in seconds.
        """
        held = not self._proven and self._first.acquire(timeout=max(0.0, patience))
        try:
            self._check()
            yield
        finally:
            if held:
                self._first.release()

    def trips_on(self, kind: CallKind, answer: Answered) -> bool:
        """Return whether `answer` shows that the key itself is refused."""
        return answer.status == 401 or (answer.status == 403 and kind is CallKind.READ and not self._proven)

    def trip(self, refusal: AuthError) -> None:
        """Let every later call fail with the same text."""
        self._refusal = refusal

    def prove(self) -> None:
        """Note that the service accepted the key."""
        self._proven = True

    def _check(self) -> None:
        if (known := self._refusal) is not None:
            raise AuthError(known.message, status=known.status, request_id=known.request_id, advice=known.advice)
