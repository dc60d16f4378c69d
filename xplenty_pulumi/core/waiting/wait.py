"""Waiting until something is true, with reports on the way and an end in every case."""

from typing import Generic

from xplenty_pulumi.core.kinds.obstacles import NOT_KNOWN
from xplenty_pulumi.core.reading.lookup import APPEARS_WITHIN, GONE_AFTER
from xplenty_pulumi.core.waiting.goal import Goal, RecordT
from xplenty_pulumi.core.waiting.patience import LONGEST_SILENCE, PASSING_TROUBLE, Deadline, Patience
from xplenty_pulumi.core.waiting.watch import PollSource, Watch
from xplenty_pulumi.errors import (
    Cancelled,
    NotSentError,
    RateLimitedError,
    ReadyFailed,
    ReadyTimeout,
    WaitError,
    XplentyError,
)
from xplenty_pulumi.events import observed
from xplenty_pulumi.text import duration

_SLICE = 0.5
_WHAT = {NotSentError: "not reached", RateLimitedError: "rate limited"}
"""What a row says of trouble with a poll."""


def wait_for(
    goal: Goal[RecordT], watch: Watch[RecordT], *, deadline: Deadline, patience: Patience, known: RecordT | None = None
) -> RecordT | None:
    """Poll until `goal` is reached and return the record, or None where the goal is that it is missing.

    What is `known`, such as from the answer that made it, counts as the first poll.

    A thing is missing once a second poll ten seconds later misses it too, and so does a complete list that was begun
    after the first. What is new, and was not shown by a poll yet, is missing only ten minutes later: the reads of a
    service may lag behind its own creates. Trouble with polls (no answer, 429, 5xx) is borne for five minutes without
    one good answer, however many calls that is, counted from the first poll that fails: a machine may have slept
    before. The row says so meanwhile, and also where a poll has no answer for ten seconds. There is always one poll
    that begins at or after the deadline, so what was reached in the last second counts. The first poll is always made;
    further ones wait while the calls that are left are kept for changes.

    Raises:
        ReadyTimeout: the `deadline` is over.
        ReadyFailed: the goal cannot be reached any more; `reason` is the service's own text.
        Cancelled: `patience.interrupted` gave a reason.
        WaitError: no good answer for too long.
        ApiError: the service refused the poll for good, such as for a key that is no longer valid.
    """
    about = {"resource": watch.resource, "goal": goal.name}
    with observed("wait", patience.clock, facts=about) as facts, watch.following() as source:
        waiting = _Waiting(goal, watch, source, deadline=deadline, patience=patience)
        try:
            done = waiting.poll() if known is None else waiting.judge(known)
            while not done:
                waiting.rest()
                done = waiting.poll()
        finally:
            facts.update(polls=waiting.polls, last_status=watch.last.status if watch.last else None)
    return watch.last


class _Waiting(Generic[RecordT]):
    """One wait in progress."""

    def __init__(
        self,
        goal: Goal[RecordT],
        watch: Watch[RecordT],
        source: PollSource[RecordT],
        *,
        deadline: Deadline,
        patience: Patience,
    ) -> None:
        self._goal, self._watch, self._source, self._patience = goal, watch, source, patience
        self._deadline = deadline
        self._clock = patience.clock
        self._last_answer = self._clock.monotonic()
        self._agreeing = 0
        self._is_unseen = watch.is_new
        self._missed_at: float | None = None
        self._trouble: XplentyError | None = None
        self._failing_since = self._last_answer
        self._is_last = False
        self.polls = 0

    def poll(self) -> bool:
        """Poll once; return whether the goal is reached, and raise where it cannot be any more."""
        self.polls += 1
        self._is_last = self._deadline.left() <= 0
        try:
            with self._patience.asking(lambda _, why: self._tell_since_last_seen(why or "no answer yet")):
                record = self._source.poll()
                if record is None and self._missed_at is None:
                    record = self._watch.listed()
        except PASSING_TROUBLE as trouble:
            self._bear(trouble)
            return False
        self._is_unseen = self._is_unseen and record is None
        return self.judge(record)

    def judge(self, record: RecordT | None) -> bool:
        """Note the record of a poll; return whether the goal is reached, and raise where it cannot be any more."""
        self._last_answer, self._trouble = self._clock.monotonic(), None
        if record is None:
            return self._is_gone()
        self._watch.last, self._missed_at = record, None
        if self._goal.reached(record):
            self._agreeing += 1
            return self._agreeing >= self._goal.looks
        self._agreeing = 0
        self._give_up(self._goal.hopeless(record))
        whose = " of the account's time" if self._patience.has_own_time() else ""
        usual = f"usually {duration(seconds)}{whose}" if (seconds := self._goal.usual()) else ""
        shortage = self._patience.allowance.shortage_text()
        self._patience.tell(self._goal.headline(record), " · ".join(filter(None, [self._elapsed(), usual, shortage])))
        return False

    def _bear(self, trouble: XplentyError) -> None:
        """Say in the row that a poll has failed, and go on; raise where there was no good answer for too long."""
        now = self._clock.monotonic()
        # One poll may fail late because the machine slept in the middle of it.
        self._failing_since = self._failing_since if self._trouble else now
        self._trouble = trouble
        if now - self._failing_since >= LONGEST_SILENCE:
            raise self._error(WaitError, f"not seen {self._goal.name}") from trouble
        self._tell_since_last_seen(f"{_WHAT.get(type(trouble), 'no good answer')}, trying again")

    def _tell_since_last_seen(self, what: str) -> None:
        silence, last = self._clock.monotonic() - self._last_answer, self._watch.last
        headline = " · ".join([*([self._goal.headline(last)] if last else []), what])
        seen = [f"last seen {duration(silence)} ago"] if last else []
        self._patience.tell(headline, " · ".join([*seen, self._elapsed()]))

    def _elapsed(self) -> str:
        return f"{duration(self._deadline.elapsed())} of {duration(self._deadline.total)}"

    def _is_gone(self) -> bool:
        """Note a miss; return whether that is what is waited for, and raise where it is not and is certain."""
        self._agreeing = 0
        now = self._clock.monotonic()
        self._missed_at = now if self._missed_at is None else self._missed_at
        if now - self._missed_at < (APPEARS_WITHIN if self._is_unseen else GONE_AFTER):
            if self._is_unseen:
                known = [self._goal.headline(self._watch.last)] if self._watch.last else []
                self._patience.tell(" · ".join([*known, "not shown by the service yet"]), self._elapsed())
            return False
        self._watch.last = None
        if not self._goal.missing_is_reached:
            self._give_up(NOT_KNOWN)
        return True

    def rest(self) -> None:
        """Pause until the next poll is due or somebody else has made one; raise when time is over or on a cancel."""
        left = self._deadline.left()
        if left <= 0 and not self._is_confirming:
            if self._is_last:
                raise self._overdue()
            return
        pause = self._pause()
        self._sleep(min(pause, left) if left > 0 else pause)
        while self._deadline.left() > 0 and not self._source.has_news() and self._patience.allowance.holds_polls():
            # Calls are too scarce to poll again; that counts as no silence of the service.
            self._last_answer, self._trouble = self._clock.monotonic(), None
            self._patience.tell("waiting", self._patience.allowance.shortage_text())
            self._sleep(_SLICE)

    @property
    def _is_confirming(self) -> bool:
        """Whether the next poll is to confirm what the last one showed: the goal, or that the thing is missing."""
        return self._agreeing > 0 or (self._missed_at is not None and not self._is_unseen)

    def _pause(self) -> float:
        pace = self._patience.pace
        if self._missed_at is not None and not self._is_unseen:
            return max(pace.confirmation(), self._missed_at + GONE_AFTER - self._clock.monotonic())
        if self._agreeing:
            return pace.confirmation()
        return self._patience.allowance.stretched(pace.pause(self._deadline.elapsed(), usual=self._goal.usual()))

    def _sleep(self, seconds: float) -> None:
        while seconds > 0:
            if reason := self._patience.interrupted():
                raise self._error(Cancelled, f"{reason} while waiting for it to be {self._goal.name}")
            self._clock.sleep(min(seconds, _SLICE))
            seconds -= _SLICE
            if not self._is_confirming and self._source.has_news():
                return

    def _overdue(self) -> WaitError:
        goal = self._goal
        is_too_short = goal.limit and not self._trouble
        advice = f"{goal.unfinished}, perhaps with a longer {goal.limit}" if is_too_short else ""
        return self._error(ReadyTimeout, f"not {goal.name} after {duration(self._deadline.total)}", advice=advice)

    def _give_up(self, reason: str) -> None:
        if reason:
            message = f"cannot become {self._goal.name}: {reason}"
            raise self._error(ReadyFailed, message, reason=reason, advice=self._goal.unreachable)

    def _error(self, kind: type[WaitError], message: str, *, reason: str = "", advice: str = "") -> WaitError:
        status = self._watch.last.status if self._watch.last else ""
        is_said = bool(status) and status in reason
        return kind(
            f"{message}{'' if is_said else self._seen(status)}",
            last_status=status,
            reason=reason,
            resource=self._watch.resource,
            advice=advice or self._goal.unfinished,
        )

    def _seen(self, status: str) -> str:
        """The end of a text that says what was seen last, and how long ago where polls have failed since."""
        if self._trouble is None:
            return f"; last seen {status}" if status else ""
        silence = duration(self._clock.monotonic() - self._last_answer)
        seen = (
            f"last seen {status} {silence} ago, and no good answer since" if status else f"no good answer for {silence}"
        )
        return f"; {seen}: {self._trouble.message}"
