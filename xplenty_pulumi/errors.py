"""Every error that leaves this package, as one tree.

::

    XplentyError
      ConfigError          missing or unsafe settings
      SpecError            an invalid desired state
      ApiError             the service answered, and the answer is no
        AuthError            401, 403
        BillingError         402
        NotFoundError        404
        InvalidError         400, 406, 409, 415, 422
        RateLimitedError     429
        ServerError          5xx
      NotSentError         nothing left this machine
      UnsureError          the call may have taken effect
      RefusedError         a safety gate said no
      WaitError            the awaited state did not come
        ReadyTimeout         not in time
        ReadyFailed          it cannot come any more
        JobFailed            a job run ended as failed or stopped
        Cancelled            the user asked to stop waiting

A text says what happened, to which resource, what exists now and what to do next, in one paragraph. It never holds a
response body, a header or a secret.
"""

from collections.abc import Sequence
from typing import Self

from xplenty_pulumi.text import CUT


def _without_stop(text: str) -> str:
    """Return `text` without the dot of its end; three dots stay, at which `redact` knows a text that was cut."""
    return text if text.endswith(CUT) else text.rstrip(". ")


class XplentyError(Exception):
    """The root of the tree; `str()` gives the whole paragraph.

    `resource` names what it happened to, such as ``cluster 77``; `advice` says what to do next. Both may be empty.
    """

    def __init__(self, message: str, *, resource: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.resource = resource
        self.advice = advice
        self.added = ""
        """What `also` has added to the message."""

    def also(self, text: str) -> Self:
        """Return a copy of this error whose message ends with `text` too."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.message = f"{_without_stop(self.message)}; {text}"
        other.added = f"{self.added}; {text}"
        return other

    def __str__(self) -> str:
        head = f"{self.resource}: {self.message}" if self.resource else self.message
        stop = "" if head.endswith(CUT) else "."
        return f"{_without_stop(head)}{stop} {self.advice}" if self.advice else head


class ConfigError(XplentyError):
    """A setting is missing, malformed or unsafe; `setting` names it."""

    def __init__(self, message: str, *, setting: str = "", advice: str = "") -> None:
        super().__init__(message, advice=advice)
        self.setting = setting


class SpecError(XplentyError):
    """The desired state is invalid; `field` names the offending input."""

    def __init__(self, message: str, *, field: str, advice: str = "") -> None:
        super().__init__(message, advice=advice)
        self.field = field


class ApiError(XplentyError):
    """The service answered with a refusal; `status` is the HTTP status, `request_id` its name for the call.

    `said` are the service's own words, as far as it gave any.
    """

    def __init__(
        self, message: str, *, status: int, request_id: str = "", resource: str = "", advice: str = "", said: str = ""
    ) -> None:
        super().__init__(message, resource=resource, advice=advice)
        self.status = status
        self.request_id = request_id
        self.said = said

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text} (request {self.request_id})" if self.request_id else text


class AuthError(ApiError):
    """401 or 403: the key is wrong or may not do this."""


class BillingError(ApiError):
    """402: the account's billing details must be confirmed first."""


class NotFoundError(ApiError):
    """404: no such thing, or not in this account."""


class InvalidError(ApiError):
    """400, 406, 409, 415 or 422: the service does not accept the request as it stands."""


class RateLimitedError(ApiError):
    """429 for longer than the call may wait; `retry_after` is the service's advice in seconds, if any."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 429,
        retry_after: float | None = None,
        request_id: str = "",
        resource: str = "",
        advice: str = "",
    ) -> None:
        super().__init__(message, status=status, request_id=request_id, resource=resource, advice=advice)
        self.retry_after = retry_after


class ServerError(ApiError):
    """5xx, or a success whose body makes no sense, on a call that changes nothing."""


class NotSentError(XplentyError):
    """Nothing left this machine, so repeating is safe: no such host, refused, no connection in time."""


class UnsureError(XplentyError):
    """The call may have taken effect and its answer is lost.

    `marker` is the ownership marker to look for, `candidates` the ids that might be it; both may be empty.
    """

    def __init__(
        self, message: str, *, marker: str = "", candidates: Sequence[str] = (), resource: str = "", advice: str = ""
    ) -> None:
        super().__init__(message, resource=resource, advice=advice)
        self.marker = marker
        self.candidates = tuple(candidates)


class RefusedError(XplentyError):
    """A safety gate refused; the advice says how to go on all the same."""


class WaitError(XplentyError):
    """The awaited state did not come.

    `last_status` is the last status (empty if there was none), `reason` the service's own words, if it gave any.
    """

    def __init__(
        self, message: str, *, last_status: str = "", reason: str = "", resource: str = "", advice: str = ""
    ) -> None:
        super().__init__(message, resource=resource, advice=advice)
        self.last_status = last_status
        self.reason = reason


class ReadyTimeout(WaitError):
    """Time ran out; what was waited for may still come."""


class ReadyFailed(WaitError):
    """A state was reached from which the awaited one cannot come any more."""


class JobFailed(WaitError):
    """A job run ended as `failed` or `stopped`."""


class Cancelled(WaitError):
    """The wait was ended on the user's request; nothing was undone."""
