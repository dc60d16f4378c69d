"""Which exceptions of the HTTP libraries prove that nothing was sent."""

from xplenty_pulumi.client.outcomes import NotSent, Unsure

_NOT_SENT: dict[str, str] = {
    "ConnectError": "no connection",
    "ConnectTimeout": "no connection in time",
    "ConnectionNotAvailable": "no connection free",
    "InvalidURL": "the address is not a URL",
    "LocalProtocolError": "the request can not be put into HTTP",
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
    "StreamError": "the answer can not be read",
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
