"""The way to an account, on which a chosen call is asked to wait, or is under way until it is let through."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from tests.engine_crash.moments import Moment, fits
from tests.support.faults.sockets import RawServer, serving
from xplenty_pulumi.emulator import Emulator, Request, Response

Trouble = Literal["throttled", "slow"]
RETRY_AFTER = 40
_LONGEST = 120


class Way:
    """What happens to calls on their way to an account; without trouble all of them pass."""

    def __init__(self, account: Emulator) -> None:
        self._account = account
        self._moment: Moment | None = None
        self._trouble: Trouble = "slow"
        self._met, self._let_through, self._arrived = threading.Event(), threading.Event(), threading.Event()
        self.writes: list[str] = []
        self.url = ""

    def meet(self, trouble: Trouble, moment: Moment) -> None:
        """Let the next call that fits `moment` meet the trouble."""
        self._trouble, self._moment = trouble, moment

    def wait(self) -> None:
        """Return once a call has met the trouble."""
        assert self._met.wait(_LONGEST), f"no call came to {self._moment}"

    def let_through(self) -> None:
        """Let the slow call arrive, whether or not somebody still waits for its answer, and return once it has."""
        self._let_through.set()
        if self._met.is_set() and self._trouble == "slow":
            assert self._arrived.wait(_LONGEST), "the slow call did not arrive"

    def handle(self, request: Request) -> Response:
        """Return the answer to a call."""
        if request.method != "GET":
            self.writes.append(request.method)
        if self._moment is None or self._met.is_set() or not fits(self._moment, request):
            return self._account.account.handle(request)
        self._met.set()
        if self._trouble == "throttled":
            return Response(429, {"Retry-After": str(RETRY_AFTER), "Content-Type": "application/json"}, b"{}")
        assert self._let_through.wait(_LONGEST), "the test never let it through"
        answer = self._account.account.handle(request)
        self._arrived.set()
        return answer


@contextmanager
def way_to(account: Emulator) -> Iterator[Way]:
    """Serve the way to an account, and let everything through in the end."""
    way = Way(account)
    with RawServer(serving(way)) as server:
        way.url = server.url
        try:
            yield way
        finally:
            way.let_through()
