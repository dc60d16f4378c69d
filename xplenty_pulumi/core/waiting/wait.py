"""Waiting until something is true, told while it happens, with an end in every case."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from xplenty_pulumi.core.reading.absence import GONE_AFTER
from xplenty_pulumi.core.waiting.goal import Goal, HasStatus, RecordT
from xplenty_pulumi.core.waiting.patience import LONGEST_SILENCE, PASSING_TROUBLE, Deadline, Patience
from xplenty_pulumi.errors import Cancelled, ReadyFailed, ReadyTimeout, WaitError
from xplenty_pulumi.text import duration

_SLICE = 0.5


Seen_co = TypeVar("Seen_co", bound=HasStatus, covariant=True)


class PollSource(Protocol[Seen_co]):
    """The place of one who waits for a thing."""

    def look(self) -> Seen_co | None:
        """Return the thing as it is, None where the service does not know it."""

    def has_news(self) -> bool:
        """Return whether the next look costs no call."""


@dataclass
class Watch(Generic[RecordT]):
    """A look at one `resource` that remembers: `last` is the newest record seen, or None.

    `single` looks once, and `find` does not miss what is there; `listed` shows it in a complete list. `following` gives
    a place from which the looks of a wait are made together with those of others.
    """

    resource: str
    single: Callable[[], RecordT | None]
    last: RecordT | None = None
    following: Callable[[], AbstractContextManager[PollSource[RecordT]]] | None = None
    find: Callable[[], RecordT | None] | None = None
    listed: Callable[[], RecordT | None] = lambda: None

    def __call__(self) -> RecordT | None:
        """Look once."""
        self.last = self.single()
        return self.last

    def certain(self) -> RecordT | None:
        """Return the thing as it is now, None only where it is certain that it is gone."""
        self.last = (self.find or self.single)()
        return self.last

    def lookout(self) -> AbstractContextManager[PollSource[RecordT]]:
        """Return the place from which to wait."""
        return self.following() if self.following else nullcontext(_OwnPolls(self.single))


@dataclass(frozen=True)
class _OwnPolls(Generic[RecordT]):
    """The place of one who shares no looks."""

    look: Callable[[], RecordT | None]

    def has_news(self) -> bool:
        return False


def wait_for(
    goal: Goal[RecordT],
    watch: Watch[RecordT],
    *,
    deadline: Deadline,
    patience: Patience,
    known: RecordT | None = None,
) -> RecordT | None:
    """Look until `goal` is reached and return the record, or None where the goal is that it is missing.

    What is `known` since a moment ago, such as from the answer that made it, counts as the first look.

    A 404 is believed once a second look ten seconds later misses the thing too, and so does a complete list that was
    begun after the first. Trouble while looking (no answer, 429, 5xx) is borne for five minutes without one good
    answer, however many calls that is. There is always one look at or after the deadline, so what was reached in the
    last second counts. The first look is always made; further ones wait while the calls that are left are kept for
    changes.

    Raises:
        ReadyTimeout: the `deadline` is over.
        ReadyFailed: the goal cannot be reached any more; `reason` is the service's own text.
        Cancelled: `patience.interrupted` gave a reason.
        WaitError: no good answer for too long.
        ApiError: the service refused the look for good, such as for a key that is no longer valid.
    """
    with watch.lookout() as lookout:
        waiting = _Waiting(goal, watch, lookout, deadline=deadline, patience=patience)
        done = waiting.look() if known is None else waiting.judge(known)
        while not done:
            waiting.rest()
            done = waiting.look()
    return watch.last


class _Waiting(Generic[RecordT]):
    """One wait in progress."""

    def __init__(
        self,
        goal: Goal[RecordT],
        watch: Watch[RecordT],
        lookout: PollSource[RecordT],
        *,
        deadline: Deadline,
        patience: Patience,
    ) -> None:
        self._goal, self._watch, self._lookout, self._patience = goal, watch, lookout, patience
        self._deadline = deadline
        self._clock = patience.clock
        self._last_answer = self._clock.monotonic()
        self._agreeing = 0
        self._missed_at: float | None = None

    def look(self) -> bool:
        """Look once; return whether the goal is reached, and raise where it cannot be any more."""
        try:
            record = self._lookout.look() or self._listed()
        except PASSING_TROUBLE as trouble:
            self._bear(trouble)
            return False
        return self.judge(record)

    def judge(self, record: RecordT | None) -> bool:
        """Take note of what was seen; return whether the goal is reached, and raise where it cannot be any more."""
        self._last_answer = self._clock.monotonic()
        if record is None:
            return self._is_gone()
        self._watch.last, self._missed_at = record, None
        if self._goal.reached(record):
            self._agreeing += 1
            return self._agreeing >= self._goal.looks
        self._agreeing = 0
        self._give_up(self._goal.hopeless(record))
        self._tell(record)
        return False

    def _listed(self) -> RecordT | None:
        """The thing in a complete list, where it has been missed for the first time."""
        return self._watch.listed() if self._missed_at is None else None

    def _is_gone(self) -> bool:
        """Take note of a miss; return whether that is what is waited for, and raise where it is not and is certain."""
        self._agreeing = 0
        now = self._clock.monotonic()
        self._missed_at = now if self._missed_at is None else self._missed_at
        if now - self._missed_at < GONE_AFTER:
            return False
        self._watch.last = None
        if not self._goal.missing_is_reached:
            self._give_up("the service does not know it (404)")
        return True

    def rest(self) -> None:
        """Pause until the next look is due or somebody else has made one; raise when time is over or nobody cares."""
        left = self._deadline.left()
        if left <= 0 and self._agreeing == 0 and self._missed_at is None:
            raise self._error(ReadyTimeout, f"not {self._goal.name} after {duration(self._deadline.total)}")
        pause = self._pause()
        self._sleep(min(pause, left) if left > 0 else pause)
        while self._deadline.left() > 0 and self._is_held():
            self._sleep(_SLICE)

    def _pause(self) -> float:
        pace = self._patience.pace
        if self._missed_at is not None:
            return max(pace.confirmation(), self._missed_at + GONE_AFTER - self._clock.monotonic())
        if self._agreeing:
            return pace.confirmation()
        return self._patience.allowance.stretched(pace.pause(self._deadline.elapsed(), usual=self._goal.usual))

    def _sleep(self, seconds: float) -> None:
        while seconds > 0:
            if reason := self._patience.interrupted():
                raise self._error(Cancelled, f"{reason} while waiting for it to be {self._goal.name}")
            self._clock.sleep(min(seconds, _SLICE))
            seconds -= _SLICE
            if not self._is_settling() and self._lookout.has_news():
                return

    def _is_settling(self) -> bool:
        """Whether the next look is to confirm the last one, which it only does after a while."""
        return self._agreeing > 0 or self._missed_at is not None

    def _is_held(self) -> bool:
        """Whether calls are too scarce to look again; silence meanwhile is nobody's fault."""
        if self._lookout.has_news() or not self._patience.allowance.holds_polls():
            return False
        self._last_answer = self._clock.monotonic()
        self._patience.tell("waiting", self._patience.allowance.shortage_text())
        return True

    def _give_up(self, reason: str) -> None:
        if reason:
            message = f"cannot become {self._goal.name}: {reason}"
            raise self._error(ReadyFailed, message, reason=reason, advice=self._goal.unreachable)

    def _bear(self, trouble: Exception) -> None:
        silence = self._clock.monotonic() - self._last_answer
        if silence >= LONGEST_SILENCE:
            raise self._error(
                WaitError,
                f"no good answer for {duration(silence)} while waiting to be {self._goal.name}: {trouble}",
            )

    def _tell(self, record: RecordT) -> None:
        elapsed = f"{duration(self._deadline.elapsed())} of {duration(self._deadline.total)}"
        usual = f"usually {duration(self._goal.usual)}" if self._goal.usual else ""
        shortage = self._patience.allowance.shortage_text()
        self._patience.tell(self._goal.headline(record), " · ".join(filter(None, [elapsed, usual, shortage])))

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
