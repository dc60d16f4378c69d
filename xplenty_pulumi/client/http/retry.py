"""The retry policy: what to do next, as a pure function of what has happened.

=================== ========= ================ =================
outcome             READ      WRITE            CREATE
=================== ========= ================ =================
not sent            again     again            again
no answer           again     read back        verify
5xx, 2xx unreadable again     read back        verify
408, 425            again     again            verify
429                 again     again            again
401, 403 in doubt   again     again            again
409                 stop      read back        verify
303                 stop      stop             verify
any other           stop      stop             stop
=================== ========= ================ =================

*Again* becomes *stop* after the last attempt, or when the wait does not fit in the time left. A refusal is *in doubt*
for a minute where the key has worked before (`breaker.py`), and is repeated all that time: it comes before the service
does anything.
"""

from dataclasses import dataclass
from enum import Enum
from random import Random

from xplenty_pulumi.client.http.outcomes import NotSent, Outcome, Unsure


class CallKind(Enum):
    """How much harm a repeated call can do."""

    READ = "read"
    WRITE = "write"
    CREATE = "create"


class Action(Enum):
    """What to do after a call that did not succeed.

    READ_BACK and VERIFY both mean that it may have taken effect: the caller looks before anything is repeated.
    """

    AGAIN = "again"
    STOP = "stop"
    READ_BACK = "read back"
    VERIFY = "verify"


@dataclass(frozen=True)
class Decision:
    """An action, and for AGAIN the seconds to wait first."""

    action: Action
    delay: float = 0.0


class Situation(Enum):
    """The rows of the policy."""

    NOT_SENT = "not sent"
    UNCLEAR = "no answer, a server fault, or a success that cannot be read"
    PREMATURE = "408, 425"
    THROTTLED = "429"
    KEY_IN_DOUBT = "401, or 403 to what was allowed before, within a minute"
    CONFLICT = "409"
    SEE_OTHER = "303"
    REFUSED = "any other answer"


_AGAIN, _STOP, _READ_BACK, _VERIFY = Action.AGAIN, Action.STOP, Action.READ_BACK, Action.VERIFY

_POLICY: dict[Situation, dict[CallKind, Action]] = {
    situation: dict(zip(CallKind, actions, strict=True))
    for situation, actions in {
        Situation.NOT_SENT: (_AGAIN, _AGAIN, _AGAIN),
        Situation.UNCLEAR: (_AGAIN, _READ_BACK, _VERIFY),
        Situation.PREMATURE: (_AGAIN, _AGAIN, _VERIFY),
        Situation.THROTTLED: (_AGAIN, _AGAIN, _AGAIN),
        Situation.KEY_IN_DOUBT: (_AGAIN, _AGAIN, _AGAIN),
        Situation.CONFLICT: (_STOP, _READ_BACK, _VERIFY),
        Situation.SEE_OTHER: (_STOP, _STOP, _VERIFY),
        Situation.REFUSED: (_STOP, _STOP, _STOP),
    }.items()
}

_SITUATION_OF_STATUS = {
    303: Situation.SEE_OTHER,
    408: Situation.PREMATURE,
    409: Situation.CONFLICT,
    425: Situation.PREMATURE,
    429: Situation.THROTTLED,
}

_ATTEMPTS = {CallKind.READ: 5, CallKind.WRITE: 4, CallKind.CREATE: 4}


@dataclass(frozen=True)
class Backoff:
    """Full jitter: a random wait between nothing and `base` doubled with each attempt, at most `cap` seconds."""

    base: float
    cap: float

    def delay(self, attempt: int, random: Random) -> float:
        """Return the seconds to wait after the attempt of that number, counted from 1."""
        return random.uniform(0.0, min(self.cap, self.base * 2.0 ** (attempt - 1)))


_AFTER_FAILURE = Backoff(base=0.25, cap=20.0)
_AFTER_THROTTLE = Backoff(base=5.0, cap=120.0)
_AFTER_DOUBT = Backoff(base=4.0, cap=20.0)
_BACKOFF = {Situation.THROTTLED: _AFTER_THROTTLE, Situation.KEY_IN_DOUBT: _AFTER_DOUBT}


def decide(
    kind: CallKind, outcome: Outcome, *, attempt: int, time_left: float, random: Random, in_doubt: bool = False
) -> Decision:
    """Return what to do after `outcome`, the result of the attempt of that number, counted from 1.

    `time_left` is in seconds, up to the deadline of the whole call. The service's advice to wait longer is followed.
    `in_doubt` says that the outcome refuses a key that has worked, and that there is time left to bear it.
    """
    situation = Situation.KEY_IN_DOUBT if in_doubt else situation_of(outcome)
    action = _POLICY[situation][kind]
    if action is not Action.AGAIN:
        return Decision(action)
    delay = _delay(situation, outcome, attempt=attempt, random=random)
    if (attempt >= _ATTEMPTS[kind] and not in_doubt) or delay >= time_left:
        return Decision(Action.STOP)
    return Decision(Action.AGAIN, delay)


def situation_of(outcome: Outcome) -> Situation:
    """Return the row of the policy that `outcome` falls into."""
    if isinstance(outcome, NotSent):
        return Situation.NOT_SENT
    if isinstance(outcome, Unsure):
        return Situation.UNCLEAR
    return _SITUATION_OF_STATUS.get(outcome.status, Situation.REFUSED)


def _delay(situation: Situation, outcome: Outcome, *, attempt: int, random: Random) -> float:
    backoff = _BACKOFF.get(situation, _AFTER_FAILURE)
    own = backoff.delay(attempt, random)
    advice = None if isinstance(outcome, NotSent) else outcome.retry_after
    return own if advice is None else max(own, advice)
