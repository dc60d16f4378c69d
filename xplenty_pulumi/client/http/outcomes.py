"""One request and the three things that can become of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class HttpRequest:
    """A call as the transport takes it.

    `path` starts with a slash and is already URL-quoted; `body` is sent as JSON. Both may hold secrets in their values,
    so `repr` shows neither the query nor the body.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] | None = field(default=None, repr=False)


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
    "ProxyError": "the proxy refused",
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

    The most specific class the tables know decides; whatever they do not know leaves it open.
    """
    names = [cls.__name__ for cls in type(error).__mro__ if cls.__module__.split(".")[0] in _LIBRARIES]
    name = next((name for name in names if name in CLASSIFIED), "")
    plain = _NOT_SENT.get(name) or _UNSURE.get(name) or type(error).__name__
    reason = f"{plain} ({words})" if words else plain
    timed_out = "TimeoutException" in names
    return NotSent(reason, timed_out=timed_out) if name in _NOT_SENT else Unsure(reason, timed_out=timed_out)
