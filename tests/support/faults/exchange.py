"""One request under way, which meets a fault or something of a test's own before, after or instead of the account."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

import httpx

from tests.support.faults.transport import received, sent
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Account, Effect, Fault, Response


class Postponed:
    """Calls that arrive later than they were sent, as the clock moves."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self._late: list[tuple[float, Callable[[], object]]] = []
        clock.on_advance(lambda _seconds: self._deliver())

    def add(self, seconds: float, call: Callable[[], object]) -> None:
        """Let a call arrive so many seconds from now."""
        self._late.append((self.clock.monotonic() + seconds, call))
        self._deliver()

    def _deliver(self) -> None:
        now = self.clock.monotonic()
        due = [call for moment, call in self._late if moment <= now]
        self._late = [(moment, call) for moment, call in self._late if moment > now]
        for call in due:
            with suppress(httpx.TransportError):  # nobody waits for the answer any more
                call()


@dataclass(frozen=True)
class Exchange:
    """One request to an account."""

    request: httpx.Request
    account: Account
    postponed: Postponed

    @property
    def path(self) -> str:
        """The path below the account; that of a global call begins with a slash."""
        return self.request.url.path.partition("/api/")[2] or self.request.url.path

    @property
    def clock(self) -> ManualClock:
        """The clock of the account and of the process."""
        return self.postponed.clock

    def forward(self) -> httpx.Response:
        """Hand the request to the account."""
        return self._received(self.account.handle(sent(self.request)))

    def postpone(self, seconds: float) -> None:
        """Let the request arrive so many seconds from now."""
        self.postponed.add(seconds, self.forward)

    def meet(self, fault: Fault) -> httpx.Response:
        """Let the request meet a fault of the emulator."""
        takes_effect = fault.effect in (Effect.DONE, Effect.TWICE)
        true = self.account.handle(sent(self.request)) if takes_effect else Response(200)
        if fault.effect in (Effect.LATE, Effect.TWICE):
            self.postpone(fault.lateness[0])
        return self._received(fault.answer(true))

    def _received(self, response: Response) -> httpx.Response:
        return received(response, self.request, clock=self.clock)


Behaviour: TypeAlias = Callable[[Exchange], httpx.Response]
"""What becomes of a request."""
