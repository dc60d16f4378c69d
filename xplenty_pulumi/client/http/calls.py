"""The one place where calls are repeated."""

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

from xplenty_pulumi.client.http.answers import credits_left, seconds_ahead
from xplenty_pulumi.client.http.explain import Explainer
from xplenty_pulumi.client.http.limits import KeyBreaker, Meter, RetryQuota, Throttle
from xplenty_pulumi.client.http.outcomes import Answered, HttpRequest, NotSent, Outcome, Unsure
from xplenty_pulumi.client.http.retry import Action, CallKind, Decision, decide
from xplenty_pulumi.client.http.transport import Transport
from xplenty_pulumi.client.parsing import Unreadable
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.errors import NotSentError
from xplenty_pulumi.redact import ScrubbingFilter, Secret

T = TypeVar("T")


@dataclass(frozen=True)
class ApiCall(Generic[T]):
    """A request, how harmful it is to repeat, what to call its object in texts, and how to read its success.

    `read` raises Unreadable. What is `free` costs no credit and does not wait while others are asked to.
    """

    kind: CallKind
    request: HttpRequest
    resource: str
    read: Callable[[Answered], T]
    free: bool = False


@dataclass(frozen=True)
class _Success(Generic[T]):
    value: T


@dataclass(frozen=True)
class _Failure:
    outcome: Outcome
    decision: Decision


class Caller:
    """Makes calls for all resources of a client: under one deadline each, repeated as the retry policy says.

    `cut` names the lists that ended although there may be more.
    """

    def __init__(
        self,
        transport: Transport,
        explainer: Explainer,
        *,
        clock: Clock,
        random: Random,
        deadline: float,
        before_write: Callable[[], None] = lambda: None,
    ) -> None:
        self._transport = transport
        self._explainer = explainer
        self._clock = clock
        self._random = random
        self._deadline = deadline
        self._before_write = before_write
        self._quota = RetryQuota()
        self._breaker = KeyBreaker(clock)
        self._throttle = Throttle(clock, random)
        self.meter = Meter(clock)
        self.cut: set[str] = set()
        self.ahead: float | None = None

    def within(self, deadline: float) -> "Caller":
        """Return this caller with another deadline for each call; all else is shared."""
        other = copy.copy(self)
        other._deadline = deadline  # noqa: SLF001 - of the same class
        return other

    def run(self, call: ApiCall[T]) -> T:
        """Return the call's value, or raise the XplentyError that says why there is none."""
        moment, attempts = self._clock.monotonic() + self._deadline, 1
        while isinstance(last := self._attempt(call, number=attempts, moment=moment), _Failure):
            if last.decision.action is not Action.AGAIN:
                outcome, decision = last.outcome, last.decision
                raise self._explainer.explain(call.resource, call.kind, outcome, decision, attempts=attempts)
            self._clock.sleep(last.decision.delay)
            attempts += 1
        return last.value

    def _attempt(self, call: ApiCall[T], *, number: int, moment: float) -> _Success[T] | _Failure:
        outcome = self._send(call, moment=moment)
        if isinstance(outcome, Answered) and outcome.is_success:
            try:
                value = call.read(outcome)
            except Unreadable as error:
                outcome = _unreadable(outcome, error)
            else:
                self._quota.give_back()
                return _Success(value)
        if isinstance(outcome, Unsure):
            self._transport.distrust()
        decision = self._decide(call, outcome, number=number, moment=moment)
        self._throttle.note(outcome, pause=decision.delay if decision.action is Action.AGAIN else None)
        return _Failure(outcome, decision)

    def _send(self, call: ApiCall[T], *, moment: float) -> Outcome:
        if self._transport.closed:
            raise NotSentError("the client is closed", resource=call.resource, advice="Make a new one.")
        while True:
            self._wait_for_throttle(call, moment=moment)
            with self._breaker.turn(patience=self._left(moment)):
                # Whoever had the turn before may have been asked to wait.
                if not self._closed_for(call):
                    return self._exchange(call, moment=moment)

    def _exchange(self, call: ApiCall[T], *, moment: float) -> Outcome:
        if call.request.method != "GET":
            self._before_write()
        outcome = self._transport.send(call.request, timeout=self._left(moment))
        if not call.free and not isinstance(outcome, NotSent):
            self.meter.count(call.kind)
        self._note(call, outcome)
        return outcome

    def _wait_for_throttle(self, call: ApiCall[T], *, moment: float) -> None:
        while closed := self._closed_for(call):
            left = self._left(moment)
            if closed >= left:
                raise self._explainer.asked_to_wait(call.resource, closed)
            self._clock.sleep(self._throttle.spread(closed, within=left))

    def _closed_for(self, call: ApiCall[T]) -> float:
        return 0.0 if call.free else self._throttle.closed_for()

    def _note(self, call: ApiCall[T], outcome: Outcome) -> None:
        if not isinstance(outcome, Answered):
            return
        ahead = seconds_ahead(outcome.headers, now=self._clock.now())
        self.ahead = self.ahead if ahead is None else ahead
        self.meter.told = credits_left(outcome.headers) or self.meter.told
        if outcome.is_success:
            self._breaker.prove(call.request)
        elif self._breaker.trips_on(call.kind, call.request, outcome):
            self._breaker.trip(self._explainer.refused_key(outcome))

    def _decide(self, call: ApiCall[T], outcome: Outcome, *, number: int, moment: float) -> Decision:
        in_doubt = isinstance(outcome, Answered) and self._breaker.doubts(call.request, outcome)
        left = self._left(moment)
        decision = decide(call.kind, outcome, attempt=number, time_left=left, random=self._random, in_doubt=in_doubt)
        if in_doubt:
            return decision
        if decision.action is Action.AGAIN and not self._quota.take(timed_out=_timed_out(outcome)):
            return Decision(Action.STOP)
        return decision

    def _left(self, moment: float) -> float:
        return moment - self._clock.monotonic()


def _unreadable(answer: Answered, error: Unreadable) -> Unsure:
    reason = f"the service answered {answer.status}, but {error}"
    return Unsure(reason, status=answer.status, request_id=answer.request_id)


def _timed_out(outcome: Outcome) -> bool:
    return isinstance(outcome, NotSent | Unsure) and outcome.timed_out


LOGGERS = (
    "httpx",
    "httpcore",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
"""By name, because a filter on a logger does not see what its children log."""


def scrub_http_logs(secret: Secret) -> Callable[[], None]:
    """Mask `secret` in all that httpx and httpcore log, until the returned function is called."""
    scrubbing = ScrubbingFilter([secret])
    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        logger.addFilter(scrubbing)

    def stop() -> None:
        for logger in loggers:
            logger.removeFilter(scrubbing)

    return stop
