"""The one place where calls are repeated."""

import copy
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Generic, TypeVar

from xplenty_pulumi.client.http.answers import account_ahead, credits_left, seconds_ahead
from xplenty_pulumi.client.http.explain import Explainer
from xplenty_pulumi.client.http.facts import facts_of_call, facts_of_outcome
from xplenty_pulumi.client.http.limits import KeyBreaker, Meter, RetryQuota
from xplenty_pulumi.client.http.outcomes import (
    Action,
    Answered,
    CallKind,
    Decision,
    HttpRequest,
    NotSent,
    Outcome,
    Unsure,
    decide,
    is_refused_for_now,
)
from xplenty_pulumi.client.http.throttle import CallLimit, Throttle
from xplenty_pulumi.client.http.transport import Transport
from xplenty_pulumi.client.parsing import Unreadable
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.errors import Cancelled, NotSentError
from xplenty_pulumi.events import observed
from xplenty_pulumi.redact import ScrubbingFilter, Secret

T = TypeVar("T")
_APART = 5.0
"""Seconds between two clocks that are not the same, however long an answer takes."""
_SLICE = 0.5
"""Seconds within which a pause ends once the user has cancelled."""


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


class Caller:
    """Makes calls for all resources of a client: under one deadline each, repeated as the retry policy says.

    `cut` names the lists that ended although there may be more. A call that the service holds back, because there are
    too many, may take `in_queue` seconds longer; `held_back` is given the seconds of each such pause, and zero after.
    Once `given_up` is true a pause ends with Cancelled: nothing is under way then, so nothing is lost by that.
    """

    def __init__(
        self,
        transport: Transport,
        explainer: Explainer,
        *,
        clock: Clock,
        random: Random,
        deadline: float,
        in_queue: float,
        given_up: Callable[[], bool],
        before_write: Callable[[], None],
        asking: Callable[[], AbstractContextManager[None]],
        held_back: Callable[[float], None],
    ) -> None:
        self._transport = transport
        self._explainer = explainer
        self._clock = clock
        self._random = random
        self._deadline = deadline
        self._in_queue = in_queue
        self._given_up = given_up
        self._before_write = before_write
        self._asking = asking
        self._held_back = held_back
        self._quota = RetryQuota()
        self._breaker = KeyBreaker(clock)
        self._throttle = Throttle(clock, random)
        self.meter = Meter(clock)
        self.cut: set[str] = set()
        self.ahead: float | None = None
        self.account_ahead = 0.0

    def within(self, deadline: float) -> "Caller":
        """Return this caller with another deadline for each call; all else is shared."""
        other = copy.copy(self)
        other._deadline, other._in_queue = deadline, 0.0  # noqa: SLF001 - of the same class
        return other

    def account_time(self) -> datetime:
        """Return the time of the account, as far as an answer has told it."""
        return self._clock.now() - timedelta(seconds=self.account_ahead)

    def has_own_time(self) -> bool:
        """Return whether the time of the account is another one than that of the service."""
        return abs(self.account_ahead - (self.ahead or 0.0)) > _APART

    def run(self, call: ApiCall[T]) -> T:
        """Return the call's value, or raise the XplentyError that says why there is none."""
        with self._asking():
            return self._run(call)

    def _run(self, call: ApiCall[T]) -> T:
        limit, tries = CallLimit(self._clock, self._deadline, in_queue=self._in_queue), Counter[bool]()
        while True:
            outcome = self._send(call, limit=limit, number=tries.total() + 1)
            if isinstance(outcome, Answered) and outcome.is_success:
                try:
                    return self._read(call, outcome)
                except Unreadable as error:
                    reason = f"the service answered {outcome.status}, but {error}"
                    outcome = Unsure(reason, status=outcome.status, request_id=outcome.request_id)
            tries[is_refused := is_refused_for_now(outcome)] += 1
            decision = self._decide(call, outcome, attempt=tries[is_refused], limit=limit)
            if decision.action is not Action.AGAIN:
                raise self._explainer.explain(call.resource, call.kind, outcome, decision, attempts=tries.total())
            if not is_refused or call.free:  # otherwise the pause is that of all calls
                self._pause(decision.delay)

    def _read(self, call: ApiCall[T], answer: Answered) -> T:
        value = call.read(answer)
        self._quota.give_back()
        self._throttle.ease()
        return value

    def _send(self, call: ApiCall[T], *, limit: CallLimit, number: int) -> Outcome:
        if self._transport.closed:
            raise NotSentError("the client is closed", resource=call.resource, advice="Make a new one.")
        while True:
            if not call.free:
                self._await_turn(call, limit)
            with self._breaker.turn(patience=limit.left()):
                # Whoever had the turn before may have been asked to wait.
                if call.free or not self._throttle.closed_for():
                    return self._exchange(call, limit=limit, number=number)

    def _await_turn(self, call: ApiCall[T], limit: CallLimit) -> None:
        """Wait as long as the service asks for, and then for those who have waited longer."""
        place = object()
        try:
            while wait := self._throttle.wait_of(place):
                limit.extend()
                if self._throttle.closed_for() >= (left := limit.left()):
                    raise self._explainer.asked_to_wait(call.resource, wait)
                self._held_back(wait)
                self._pause(self._throttle.pause(wait, within=left))
        finally:
            self._throttle.leave(place)
            self._held_back(0.0)

    def _pause(self, seconds: float) -> None:
        """Return after so many seconds; raise Cancelled soon after the user has cancelled."""
        end = self._clock.monotonic() + seconds
        while (left := end - self._clock.monotonic()) > 0:
            if self._given_up():
                raise Cancelled(
                    "cancelled while waiting for the service to take a call",
                    advice="What exists was left as it is; run the same command again to go on",
                )
            self._clock.sleep(min(left, _SLICE))

    def _exchange(self, call: ApiCall[T], *, limit: CallLimit, number: int) -> Outcome:
        if call.request.method != "GET":
            self._before_write()
        about = {**facts_of_call(call.request, call.kind), "resource": call.resource, "attempt": number}
        with observed("call", self._clock, facts=about) as facts:
            outcome = self._transport.send(call.request, timeout=limit.left())
            facts.update(facts_of_outcome(outcome))
        if not call.free and not isinstance(outcome, NotSent):
            self.meter.count(call.kind)
        if isinstance(outcome, Answered):
            self._note(call, outcome)
        return outcome

    def _note(self, call: ApiCall[T], answer: Answered) -> None:
        now = self._clock.now()
        ahead, of_account = seconds_ahead(answer.headers, now=now), account_ahead(answer.headers, now=now)
        self.ahead = self.ahead if ahead is None else ahead
        self.account_ahead = self.account_ahead if of_account is None else of_account
        self.meter.told = credits_left(answer.headers) or self.meter.told
        if answer.is_success:
            self._breaker.prove(call.request)
        elif self._breaker.trips_on(call.kind, call.request, answer):
            self._breaker.trip(self._explainer.refused("", answer))

    def _decide(self, call: ApiCall[T], outcome: Outcome, *, attempt: int, limit: CallLimit) -> Decision:
        """Return what to do next, and have the other callers wait where the service asks for that."""
        in_doubt = isinstance(outcome, Answered) and self._breaker.doubts(call.request, outcome)
        if is_refused := is_refused_for_now(outcome):
            limit.extend()
        left = limit.left()
        decision = decide(call.kind, outcome, attempt=attempt, time_left=left, random=self._random, in_doubt=in_doubt)
        if decision.action is Action.AGAIN and not (in_doubt or is_refused):
            timed_out = not isinstance(outcome, Answered) and outcome.timed_out
            decision = decision if self._quota.take(timed_out=timed_out) else Decision(Action.STOP)
        if isinstance(outcome, Unsure):
            self._transport.distrust()
        self._throttle.note(outcome, pause=decision.delay if decision.action is Action.AGAIN else None)
        return decision


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
