"""One request and the three things that can become of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
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
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: object = field(default=None, repr=False)
    retry_after: float | None = None
    message: str = field(default="", repr=False)
    request_id: str = ""

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


Outcome = NotSent | Unsure | Answered
