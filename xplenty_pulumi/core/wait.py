"""Waiting until something is true, told while it happens, with an end in every case."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.errors import (
    Cancelled,
    NotSentError,
    RateLimitedError,
    ReadyFailed,
    ReadyTimeout,
    ServerError,
    UnsureError,
    WaitError,
)

_LONGEST_SILENCE = 300.0
_SLICE = 1.0
_POLL_TROUBLE = (NotSentError, ServerError, RateLimitedError, UnsureError)


class Record(Protocol):
    """What a look returns: anything with the status the service gives it."""

    @property
    def status(self) -> str: ...


RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True)
class Goal(Generic[RecordT]):
    """What is waited for.

    `reached` says whether a record is it; `hopeless` gives the reason why it can not become it any more, or an empty
    text; `looks` is how many looks in a row must agree (one is enough only where a status is final). `unfinished` and
    `unreachable` are the advice to the user when the wait ends before the goal, and when there is no way to it.
    """

    name: str
    reached: Callable[[RecordT], bool]
    hopeless: Callable[[RecordT], str] = lambda _record: ""
    missing_is_reached: bool = False
    looks: int = 2
    note: Callable[[RecordT], str] = lambda _record: ""
    unfinished: str = ""
    unreachable: str = ""


@dataclass(frozen=True)
class Pace:
    """Seconds between two looks: `first`, then `growth` times as many with each look, `longest` at most."""

    first: float = 2.0
    growth: float = 1.25
    longest: float = 15.0

    def seconds(self, looks: int) -> float:
        """Return the pause after look number `looks`, counted from 0."""
        return min(self.longest, self.first * self.growth ** min(looks, 60))


@dataclass(frozen=True)
class Patience:
    """How to wait: by which clock, how often to look, whom to tell, and whether the user still wants it.

    `tell` gets a headline that changes when something happened, and a detail that changes with every look; `warn` gets
    what the user should still read when all is over; `interrupted` returns a reason to stop waiting, or an empty text.
    """

    clock: Clock = field(default_factory=SystemClock)
    pace: Pace = Pace()
    tell: Callable[[str, str], None] = lambda _headline, _detail: None
    interrupted: Callable[[], str] = lambda: ""
    warn: Callable[[str], None] = lambda _text: None

    def go_on(self, intention: str) -> None:
        """Return if the user still wants what is about to be done.

        Raises:
            Cancelled: he does not, so the `intention`, such as `creating it`, was not carried out.
        """
        if reason := self.interrupted():
            raise Cancelled(
                f"{reason} before {intention}, so nothing was sent", advice="Run `pulumi up` again to go on"
            )


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


@dataclass
class Watch(Generic[RecordT]):
    """A look at one `resource` that remembers: `last` is the newest record seen, or None."""

    resource: str
    look: Callable[[], RecordT | None]
    last: RecordT | None = None

    def __call__(self) -> RecordT | None:
        self.last = self.look()
        return self.last


def wait_for(goal: Goal[RecordT], watch: Watch[RecordT], *, deadline: Deadline, patience: Patience) -> RecordT | None:
    """Look until `goal` is reached and return the record, or None where the goal is that it is missing.

    A single 404 may be a service that lags behind itself; the second in a row is believed. Trouble while looking (no
    answer, 429, 5xx) is borne for five minutes without one good answer, however many calls that is. There is always one
    look at or after the deadline, so what was reached in the last second counts.

    Raises:
        ReadyTimeout: the `deadline` is over.
        ReadyFailed: the goal can not be reached any more; `reason` is the service's own text.
        Cancelled: `patience.interrupted` gave a reason.
        WaitError: no good answer for too long.
        ApiError: the service refused the look for good, such as for a key that is no longer valid.
    """
    waiting = _Waiting(goal, watch, deadline=deadline, patience=patience)
    while not waiting.look():
        waiting.rest()
    return watch.last


class _Waiting(Generic[RecordT]):
    """One wait in progress."""

    def __init__(self, goal: Goal[RecordT], watch: Watch[RecordT], *, deadline: Deadline, patience: Patience) -> None:
        self._goal, self._watch, self._patience = goal, watch, patience
        self._deadline = deadline
        self._clock = patience.clock
        self._last_answer = self._clock.monotonic()
        self._agreeing = self._misses = self._looks = 0

    def look(self) -> bool:
        """Look once; return whether the goal is reached, and raise where it can not be any more."""
        try:
            record = self._watch()
        except _POLL_TROUBLE as trouble:
            self._bear(trouble)
            return False
        self._last_answer = self._clock.monotonic()
        self._misses = self._misses + 1 if record is None else 0
        if self._is_reached(record):
            self._agreeing += 1
            return self._agreeing >= (max(2, self._goal.looks) if record is None else self._goal.looks)
        self._agreeing = 0
        self._give_up_if_hopeless(record)
        self._tell(record)
        return False

    def rest(self) -> None:
        """Pause until the next look is due; raise when time is over or the user has had enough."""
        left = self._deadline.left()
        if left <= 0 and self._agreeing == 0:
            raise self._error(ReadyTimeout, f"not {self._goal.name} after {spelled(self._deadline.total)}")
        pause = self._patience.pace.seconds(0 if self._agreeing else self._looks)
        self._looks += 1
        self._sleep(min(pause, left) if left > 0 else pause)

    def _sleep(self, seconds: float) -> None:
        while seconds > 0:
            if reason := self._patience.interrupted():
                raise self._error(Cancelled, f"{reason} while waiting for it to be {self._goal.name}")
            self._clock.sleep(min(seconds, _SLICE))
            seconds -= _SLICE

    def _is_reached(self, record: RecordT | None) -> bool:
        return self._goal.missing_is_reached if record is None else self._goal.reached(record)

    def _give_up_if_hopeless(self, record: RecordT | None) -> None:
        if record is None:
            reason = "the service does not know it (404)" if self._misses > 1 else ""
        else:
            reason = self._goal.hopeless(record)
        if reason:
            message = f"can not become {self._goal.name}: {reason}"
            raise self._error(ReadyFailed, message, reason=reason, advice=self._goal.unreachable)

    def _bear(self, trouble: Exception) -> None:
        silence = self._clock.monotonic() - self._last_answer
        if silence >= _LONGEST_SILENCE:
            raise self._error(
                WaitError,
                f"no good answer for {spelled(silence)} while waiting to be {self._goal.name}: {trouble}",
            )

    def _tell(self, record: RecordT | None) -> None:
        if record is None:
            return
        elapsed = f"{spelled(self._deadline.elapsed())} of {spelled(self._deadline.total)}"
        note = self._goal.note(record)
        self._patience.tell(record.status, f"{note} · {elapsed}" if note else elapsed)

    def _error(self, kind: type[WaitError], message: str, *, reason: str = "", advice: str = "") -> WaitError:
        last = self._watch.last
        status = last.status if last else ""
        seen = f"; last seen {status}" if status else ""
        return kind(
            f"{message}{seen}",
            last_status=status,
            reason=reason,
            resource=self._watch.resource,
            advice=advice or self._goal.unfinished,
        )


def spelled(seconds: float) -> str:
    """Return a time as people say it: `45s`, `3m10s`, `2h05m`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"
