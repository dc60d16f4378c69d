"""Spending calls where they matter most when few are left."""

import threading
from enum import Enum

from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.outcomes import CallKind
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.waiting.patience import Allowance
from xplenty_pulumi.errors import RateLimitedError, XplentyError
from xplenty_pulumi.text import plural

HOURLY = 5_000
"""Calls per hour and user (documented), until an answer says otherwise."""
_SCARCE = 0.20
_RESERVED = 0.05
_STRETCH = 4.0
_ASK_AGAIN = 60.0
_FRESH = 5.0
"""Seconds for which the answer of the free call counts before a change is refused."""
_PURPOSES = {CallKind.CREATE: "create", CallKind.WRITE: "change", CallKind.READ: "read"}


class Level(Enum):
    """How much is left of an hour's calls."""

    PLENTY = "plenty"
    SCARCE = "scarce"
    """Polls are further apart."""
    RESERVED = "reserved"
    """Only changes, and reads of whether they took effect."""
    NONE = "none"


def level_of(left: float) -> Level:
    """Return what it means that this part of the calls, 0 to 1, is left."""
    if left <= 0:
        return Level.NONE
    if left < _RESERVED:
        return Level.RESERVED
    return Level.SCARCE if left < _SCARCE else Level.PLENTY


class Budget(Allowance):
    """What one process may spend: `share` (0 to 1) of the account's hourly calls, and what others leave of these.

    Thread-safe. As the service says what is left with every answer, a new hour shows with the first one; where nothing
    is sent any more, the call that costs nothing is made once a minute, and before a change is refused.
    """

    def __init__(self, client: Client, clock: Clock, *, share: float = 0.5) -> None:
        self._client = client
        self._clock = clock
        self._share = share
        self._asking = threading.Lock()
        self._asked_at = -_ASK_AGAIN
        self._answered = False

    def level(self) -> Level:
        """Return how much is left of the hour, for this process and for the key's user, whichever is less."""
        return level_of(self._left())

    def stretched(self, pause: float) -> float:
        """Return how long a pause of that many seconds between two polls is to last."""
        return pause * _STRETCH if self.level() is Level.SCARCE else pause

    def holds_polls(self) -> bool:
        """Return whether what is left is kept for changes; whether that is still so is asked once a minute."""
        if self._is_kept():
            self._ask(every=_ASK_AGAIN, wait=False)
        return self._is_kept()

    def require_read(self) -> None:
        """Return if a read may be made that is neither a poll nor shows whether a change took effect.

        Raises:
            RateLimitedError: what is left is kept for changes.
        """
        if self._is_kept():
            self._ask(every=_ASK_AGAIN, wait=True)
        if self._is_kept():
            raise self._refusal("what is left is kept for changes")

    def require_write(self) -> None:
        """Return if a change may be made; where the free call does not answer, the service decides.

        Raises:
            RateLimitedError: this process has spent its share, or the free call says that nothing is left.
        """
        if self.level() is not Level.NONE:
            return
        if self._own_part() > 0 and not self._ask(every=_FRESH, wait=True):
            return
        if self.level() is Level.NONE:
            raise self._refusal("nothing was sent")

    def shortage_text(self) -> str:
        """Return what a row should say, such as `3% of the hour's calls left`; empty where there is no shortage."""
        left = self._left()
        return "" if level_of(left) is Level.PLENTY else f"{_percent(left)} of the hour's calls left"

    def spent_text(self) -> str:
        """Return what was spent and what is left, such as `57 calls (9 to create, 12 to change, 36 to read); ...`."""
        spent = self._client.meter.spent()
        count = sum(spent.values())
        parts = ", ".join(f"{spent[kind]:,} to {purpose}" for kind, purpose in _PURPOSES.items())
        told = self._client.meter.told
        left = f"; {told.remaining:,} of {told.limit:,} left this hour" if told else ""
        return f"{plural(count, 'call')} ({parts}){left}"

    def _is_kept(self) -> bool:
        return self.level() in {Level.RESERVED, Level.NONE}

    def _left(self) -> float:
        limit = self._client.meter.told
        return min(self._own_part(), limit.remaining / self._limit()) if limit else self._own_part()

    def _own_part(self) -> float:
        return 1.0 - self._client.meter.spent_in_hour() / max(1.0, self._share * self._limit())

    def _limit(self) -> int:
        told = self._client.meter.told
        return told.limit if told and told.limit > 0 else HOURLY

    def _ask(self, *, every: float, wait: bool) -> bool:
        """Learn from the free call whether a new hour has begun, unless that was done less than `every` seconds ago.

        Return whether it answered; trouble with it is no reason to fail. Who does not `wait` while another asks goes on
        with what was known before.
        """
        if not self._asking.acquire(blocking=wait):
            return False
        try:
            if self._clock.monotonic() - self._asked_at >= every:
                self._answered = self._read_limit()
                self._asked_at = self._clock.monotonic()
            return self._answered
        finally:
            self._asking.release()

    def _read_limit(self) -> bool:
        meter = self._client.meter
        known = meter.told
        try:
            answer = self._client.rate_limit()
        except XplentyError:
            return False
        if meter.told is known:  # otherwise another call was answered meanwhile, and that is newer
            meter.told = answer
        return True

    def _refusal(self, consequence: str) -> RateLimitedError:
        return RateLimitedError(
            f"{_percent(self._left())} of the hour's calls left, and {consequence}",
            advice="Run again in the next hour, or let this process spend more with "
            f"{self._client.names.variable('creditShare')} (now {self._share:g} of the hour's calls)",
        )


def _percent(part: float) -> str:
    return "less than 1%" if 0 < part < 0.01 else f"{max(0.0, part):.0%}"
