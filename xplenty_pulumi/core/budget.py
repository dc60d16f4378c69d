"""Spending calls where they matter most when few are left."""

import threading
from enum import Enum

from xplenty_pulumi.client import Client
from xplenty_pulumi.client.retry import CallKind
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.errors import RateLimitedError, XplentyError

HOURLY = 5_000
"""Calls per hour and user (documented), until an answer says otherwise."""
_SCARCE = 0.20
_RESERVED = 0.05
_STRETCH = 4.0
_ASK_AGAIN = 60.0
_PURPOSES = {CallKind.CREATE: "create", CallKind.WRITE: "change", CallKind.READ: "look"}


class Level(Enum):
    """How much is left of an hour's calls."""

    PLENTY = "plenty"
    SCARCE = "scarce"
    """Looks are further apart."""
    RESERVED = "reserved"
    """Only changes, and looks at whether they took effect."""
    NONE = "none"


def level_of(left: float) -> Level:
    """Return what it means that this part of the calls, 0 to 1, is left."""
    if left <= 0:
        return Level.NONE
    if left < _RESERVED:
        return Level.RESERVED
    return Level.SCARCE if left < _SCARCE else Level.PLENTY


class Budget:
    """What one process may spend: `share` (0 to 1) of the account's hourly calls, and what others leave of these.

    Thread-safe. As the service says what is left with every answer, a new hour shows with the first one; where nothing
    is sent any more, the call that costs nothing is made once a minute.
    """

    def __init__(self, client: Client, clock: Clock, *, share: float = 0.5) -> None:
        self._client = client
        self._clock = clock
        self._share = share
        self._asking = threading.Lock()
        self._asked_at = -_ASK_AGAIN

    def level(self) -> Level:
        """Return how much is left of the hour, for this process and for the key's user, whichever is less."""
        return level_of(self._left())

    def stretched(self, pause: float) -> float:
        """Return how long a pause of that many seconds between two looks is to last."""
        return pause * _STRETCH if self.level() is Level.SCARCE else pause

    def holds_polls(self) -> bool:
        """Return whether what is left is kept for changes; whether that is still so is asked once a minute."""
        if self.level() not in {Level.RESERVED, Level.NONE}:
            return False
        self._ask()
        return self.level() in {Level.RESERVED, Level.NONE}

    def require_read(self) -> None:
        """Return if a read may be made that is neither a poll nor tells whether a change took effect.

        Raises:
            RateLimitedError: what is left is kept for changes.
        """
        if self.holds_polls():
            raise self._refusal("what is left is kept for changes")

    def require_write(self) -> None:
        """Return if a change may be made.

        Raises:
            RateLimitedError: nothing is left at all.
        """
        if self.holds_polls() and self.level() is Level.NONE:
            raise self._refusal("nothing was sent")

    def shortage_text(self) -> str:
        """Return what a row should say, such as `3% of the hour's calls left`; empty where there is no shortage."""
        return "" if self.level() is Level.PLENTY else f"{max(0.0, self._left()):.0%} of the hour's calls left"

    def spent_text(self) -> str:
        """Return what was spent and what is left, such as `57 calls (9 to create, 12 to change, 36 to look); ...`."""
        spent = self._client.meter.spent()
        count = sum(spent.values())
        parts = ", ".join(f"{spent[kind]:,} to {purpose}" for kind, purpose in _PURPOSES.items())
        told = self._client.meter.told
        left = f"; {told.remaining:,} of {told.limit:,} left this hour" if told else ""
        return f"{count:,} call{'' if count == 1 else 's'} ({parts}){left}"

    def _left(self) -> float:
        meter = self._client.meter
        told = meter.told
        limit = told.limit if told and told.limit > 0 else HOURLY
        own = 1.0 - meter.spent_in_hour() / max(1.0, self._share * limit)
        return min(own, told.remaining / limit) if told else own

    def _ask(self) -> None:
        """Learn from the free call whether a new hour has begun; trouble with it is no reason to fail."""
        now = self._clock.monotonic()
        with self._asking:
            if now - self._asked_at < _ASK_AGAIN:
                return
            self._asked_at = now
        try:
            self._client.meter.told = self._client.rate_limit()
        except XplentyError:
            return

    def _refusal(self, consequence: str) -> RateLimitedError:
        return RateLimitedError(
            f"{self.shortage_text()}, and {consequence}",
            advice="Run again in the next hour, or let this process spend more with XPLENTY_CREDIT_SHARE "
            f"(now {self._share:g} of the hour's calls)",
        )
