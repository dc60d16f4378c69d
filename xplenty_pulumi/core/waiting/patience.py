"""How to wait: by which clock, how often to poll, until when, where to report, and at what cost."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median

from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.errors import Cancelled, NotSentError, RateLimitedError, ServerError, UnsureError
from xplenty_pulumi.events import happened

PASSING_TROUBLE = (NotSentError, ServerError, RateLimitedError, UnsureError)
"""The trouble of a poll that says nothing of the thing itself."""
LONGEST_SILENCE = 300.0
"""Seconds for which a wait goes on in spite of such trouble, without one good answer."""
_CONFIRMING = 0.5
_NEAR = (0.8, 1.5)
"""Between these parts of the usual time most things happen."""
LATER = 0.25
"""Seconds after the usual time at which a poll is made, for many that were not begun at the very same time."""
_PRECISION = 40.0
"""Polls in that time are this part of it apart: 9 seconds where it takes 6 minutes."""
_SPANS = 20
_LONGEST_SPAN = 86_400.0


def usual(spans: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    """Return the median length in seconds of the first twenty spans that have a start and an end, None without any.

    A span that ends before it starts, or is longer than a day, says nothing: the service sets some of its times anew.
    """
    lengths = [(end - start).total_seconds() for start, end in spans if start and end]
    sensible = [one for one in lengths if 0 < one <= _LONGEST_SPAN][:_SPANS]
    return median(sensible) if sensible else None


@dataclass(frozen=True)
class Pace:
    """Seconds between two polls: `first` for what is new, longer with its age by `growth`, `longest` at most.

    A growth of nothing is a fixed pace, which usual times do not change.
    """

    first: float = 1.0
    growth: float = 0.05
    longest: float = 15.0

    @classmethod
    def fixed(cls, seconds: float) -> "Pace":
        """Return the pace of a poll every so many seconds."""
        return cls(first=seconds, growth=0.0, longest=seconds)

    def pause(self, age: float, *, usual: float | None = None) -> float:
        """Return the pause before the next poll of what has been under way for `age` seconds and takes `usual` ones.

        Where the usual time is known there is a poll right after it, and there are more polls around it.
        """
        regular = min(self.longest, self.first + self.growth * age)
        if usual is None or not self.growth:
            return regular
        earliest, latest = (part * usual for part in _NEAR)
        if age < earliest:
            return max(self.first, min(regular, earliest - age))
        if age > latest:
            return regular
        near = min(regular, max(self.first, usual / _PRECISION))
        until = usual + LATER - age
        return until if 0 < until <= near * 1.25 else near

    def confirmation(self) -> float:
        """Return the pause before the poll that confirms the last one."""
        return min(self.first, _CONFIRMING)


class Allowance:
    """How many calls may still be spent on polls: any number here; `Budget` counts them."""

    def stretched(self, pause: float) -> float:
        """Return how long a pause of that many seconds is to last."""
        return pause

    def holds_polls(self) -> bool:
        """Return whether what is left is kept for more important calls."""
        return False

    def shortage_text(self) -> str:
        """Return what a user should know of a shortage, or an empty text."""
        return ""

    def require_read(self) -> None:
        """Return if something may be read on which no change depends; raises RateLimitedError if not."""

    def require_write(self) -> None:
        """Return if something may be changed; raises RateLimitedError if not."""


@dataclass(frozen=True)
class Patience:
    """All that one who waits is given, and whether the user still wants it.

    `tell` gets a headline that changes when something happened, and a detail that changes with every poll; `warn` and
    `note` get what the user should still read when all is over; `interrupted` returns a reason to stop waiting, or an
    empty text; `has_own_time` says whether the account's time is not that of the clock; `asking` has what it is given
    called while there is no answer, as `SilenceWatch.asking` does.
    """

    clock: Clock = field(default_factory=SystemClock)
    pace: Pace = Pace()
    tell: Callable[[str, str], None] = lambda _headline, _detail: None
    interrupted: Callable[[], str] = lambda: ""
    warn: Callable[[str], None] = lambda _text: None
    note: Callable[[str], None] = lambda _text: None
    has_own_time: Callable[[], bool] = lambda: False
    asking: Callable[[Callable[[float, str], None]], AbstractContextManager[None]] = lambda _tell: nullcontext()
    allowance: Allowance = field(default_factory=Allowance)

    def about(self, label: str) -> "Patience":
        """Return the same patience whose headlines begin with `label`."""
        return replace(self, tell=lambda headline, detail: self.tell(f"{label} {headline}", detail))

    def adopted(self, resource: str, text: str) -> None:
        """Say in a warning, and report as an event, that `resource` is taken instead of making a new one."""
        happened("adoption", self.clock, facts={"resource": resource, "reason": text})
        self.warn(text)

    def go_on(self, intention: str) -> None:
        """Return if the user still wants what is about to be done, and there is a call left for it.

        Raises:
            Cancelled: the user does not, so the `intention`, such as `creating it`, was not carried out.
            RateLimitedError: there is no call left.
        """
        if reason := self.interrupted():
            raise Cancelled(
                f"{reason} before {intention}, so nothing was sent", advice="Run `pulumi up` again to go on"
            )
        self.allowance.require_write()


@dataclass(frozen=True)
class Deadline:
    """The end of an operation, however many waits it takes: `total` seconds from `start` on a monotonic clock."""

    clock: Clock
    total: float
    start: float

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> "Deadline":
        """Return the deadline `seconds` from now."""
        return cls(clock, seconds, clock.monotonic())

    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return self.clock.monotonic() - self.start

    def left(self) -> float:
        """Return the seconds left, below zero once it is over."""
        return self.total - self.elapsed()
