"""One request, the three things that can become of it, and what to do next: decided by the table `_POLICY`.

*Again* becomes *stop* after the last attempt, or when the wait does not fit in the time left. A refusal is *in doubt*
for a minute where such a call has worked before (`limits.py`), and is repeated all that time: it comes before the
service does anything. So does a 429, which is repeated as long as there is time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from random import Random


@dataclass(frozen=True)
class HttpRequest:
    """A call as the transport takes it.

    `path` starts with a slash and is already URL-quoted; `body` is sent as JSON. Both may hold secrets in their values,
    so `repr` shows neither the query nor the body. One that `makes` something is answered with its id.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    makes: bool = False


@dataclass(frozen=True)
class NotSent:
    """Nothing of the request left this machine."""

    reason: str
    timed_out: bool = False


@dataclass(frozen=True)
class Unsure:
    """The request may have taken effect: no complete answer, a server fault, or a success that makes no sense.

    `status` is the HTTP status if one arrived, `retry_after` the service's advice in seconds, `message` its own words.
    """

    reason: str
    status: int | None = None
    retry_after: float | None = None
    message: str = ""
    request_id: str = ""
    timed_out: bool = False


@dataclass(frozen=True)
class Answered:
    """A complete answer: a success, a redirect (never followed) or a refusal.

    Header names are lower case. `body` is the parsed JSON, None if there was none or, on a refusal, it is not JSON.
    `next_page` is the target of the Link header's `rel="next"`.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: object = field(default=None, repr=False)
    retry_after: float | None = None
    message: str = field(default="", repr=False)
    request_id: str = ""
    next_page: str | None = field(default=None, repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


Outcome = NotSent | Unsure | Answered


_NOT_SENT: dict[str, str] = {
    "ConnectError": "no connection",
    "ConnectTimeout": "no connection in time",
    "ConnectionNotAvailable": "no connection free",
    "InvalidURL": "the address is not a URL",
    "LocalProtocolError": "the request cannot be put into HTTP",
    "PoolTimeout": "no connection free in time",
    "ProxyError": "the proxy refused",  # to open the tunnel, through which the request would go
    "UnsupportedProtocol": "the address is neither http nor https",
}

_UNSURE: dict[str, str] = {
    "CloseError": "the connection did not close properly",
    "CookieConflict": "cookies contradict each other",
    "DecodingError": "the answer is not compressed as it says",
    "HTTPError": "the exchange failed",
    "HTTPStatusError": "the status is not a success",
    "NetworkError": "the network failed",
    "ProtocolError": "the answer is not HTTP",
    "ReadError": "the connection broke before the answer was complete",
    "ReadTimeout": "no answer in time",
    "RemoteProtocolError": "the connection was closed before the answer was complete",
    "RequestError": "the exchange failed",
    "RequestNotRead": "the request was not read",
    "ResponseNotRead": "the answer was not read",
    "StreamClosed": "the answer was closed too early",
    "StreamConsumed": "the answer was read twice",
    "StreamError": "the answer cannot be read",
    "TimeoutException": "not done in time",
    "TooManyRedirects": "too many redirects",
    "TransportError": "the exchange failed",
    "WriteError": "the connection broke while the request was sent",
    "WriteTimeout": "the request could not be sent in time",
}
"""By class name, because httpx and httpcore below it share their names."""

CLASSIFIED = frozenset(_NOT_SENT | _UNSURE)

_LIBRARIES = ("httpx", "httpcore")


def classify(error: Exception, *, words: str) -> NotSent | Unsure:
    """Return what `error` says about the request; `words` is its text, safe to show.

    The most specific class the tables hold decides; any other leaves it open.
    """
    names = [cls.__name__ for cls in type(error).__mro__ if cls.__module__.split(".")[0] in _LIBRARIES]
    name = next((name for name in names if name in CLASSIFIED), "")
    plain = _NOT_SENT.get(name) or _UNSURE.get(name) or type(error).__name__
    reason = f"{plain} ({words})" if words else plain
    timed_out = "TimeoutException" in names
    return NotSent(reason, timed_out=timed_out) if name in _NOT_SENT else Unsure(reason, timed_out=timed_out)


def is_refused_for_now(outcome: Outcome) -> bool:
    """Return whether the service has refused the call only because there are too many."""
    return isinstance(outcome, Answered) and outcome.status == 429


class CallKind(Enum):
    """How much harm a repeated call can do."""

    READ = "read"
    WRITE = "write"
    CREATE = "create"


class Action(Enum):
    """What to do after a call that did not succeed.

    READ_BACK and VERIFY both mean that it may have taken effect: the caller reads before anything is repeated.
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
    KEY_IN_DOUBT = "within a minute: 401, 403 to what was allowed before, a redirect of such a read, 404 to such a list"
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


_AFTER_FAILURE = (0.25, 20.0)
"""Full jitter: a random wait between nothing and the first number doubled with each attempt, at most the second."""
_BACKOFF = {Situation.THROTTLED: (5.0, 20.0), Situation.KEY_IN_DOUBT: (4.0, 20.0)}


def decide(
    kind: CallKind, outcome: Outcome, *, attempt: int, time_left: float, random: Random, in_doubt: bool = False
) -> Decision:
    """Return what to do after `outcome`, the result of the attempt of that number, counted from 1.

    429 and everything else are counted separately.
    `time_left` is in seconds, up to the deadline of the whole call. The service's advice to wait longer is followed.
    `in_doubt` says that the outcome refuses a key that has worked, and that there is time left to repeat it.
    """
    if in_doubt:
        situation = Situation.KEY_IN_DOUBT
    elif isinstance(outcome, Answered):
        situation = _SITUATION_OF_STATUS.get(outcome.status, Situation.REFUSED)
    else:
        situation = Situation.NOT_SENT if isinstance(outcome, NotSent) else Situation.UNCLEAR
    action = _POLICY[situation][kind]
    if action is not Action.AGAIN:
        return Decision(action)
    base, longest = _BACKOFF.get(situation, _AFTER_FAILURE)
    advice = None if isinstance(outcome, NotSent) else outcome.retry_after
    delay = max(random.uniform(0.0, min(longest, base * 2.0 ** (attempt - 1))), advice or 0.0)
    is_bounded = situation not in {Situation.KEY_IN_DOUBT, Situation.THROTTLED}
    if (is_bounded and attempt >= _ATTEMPTS[kind]) or delay >= time_left:
        return Decision(Action.STOP)
    return Decision(Action.AGAIN, delay)
