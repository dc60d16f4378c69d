"""From the last outcome of a call to the error the caller sees: one paragraph, with advice, without secrets."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from xplenty_pulumi.client.http.answers import LONGEST_MESSAGE
from xplenty_pulumi.client.http.outcomes import Action, Answered, CallKind, Decision, NotSent, Outcome, Unsure
from xplenty_pulumi.errors import (
    ApiError,
    AuthError,
    BillingError,
    InvalidError,
    NotFoundError,
    NotSentError,
    RateLimitedError,
    ServerError,
    UnsureError,
    XplentyError,
)
from xplenty_pulumi.redact import Secret, scrub
from xplenty_pulumi.text import duration, one_line

_KEY_SETTING = "XPLENTY_API_KEY (or the stack setting xplenty:apiKey)"
_ACCOUNT_SETTING = "XPLENTY_ACCOUNT_ID (or xplenty:accountId)"
_URL_SETTING = "XPLENTY_API_URL (or xplenty:apiUrl)"

_ERROR_OF_STATUS: dict[int, type[ApiError]] = {
    400: InvalidError,
    401: AuthError,
    402: BillingError,
    403: AuthError,
    404: NotFoundError,
    406: InvalidError,
    409: InvalidError,
    415: InvalidError,
    422: InvalidError,
}

_REFUSED = "the service refused the request"
_REDIRECTED = "the service points elsewhere"
_SAYS: dict[int, str] = {
    401: "the service does not accept the API key",
    402: "the service asks to confirm the billing details first",
    403: "the service forbids this to the owner of the API key",
    404: "there is no such thing in account {account}",
    408: "the service did not get the request in time",
    409: "the service sees a conflict with what exists",
    425: "the service is not ready for the request yet",
}

_ADVICE: dict[int, str] = {
    401: f"Check {_KEY_SETTING}, and that it belongs to a member of account {{account}}, from {_ACCOUNT_SETTING}; no "
    "further call is made with this key.",
    402: "Confirm the billing details of account {account} on the service's pages, then run again.",
    403: f"Let an administrator of account {{account}} give that user the permission, or set {_KEY_SETTING} to the key "
    f"of one who has it, and check {_ACCOUNT_SETTING}.",
    404: f"Check the id, and that it belongs to the account in {_ACCOUNT_SETTING}.",
    408: "Run again later.",
    425: "Run again later.",
}
_STATUS_OF_A_WRONG_PATH = frozenset({401, 403, 404})
_ADVICE_ON_PATH = f"Check {_URL_SETTING} too: the address has a path, and the service's own has none."
_ADVICE_TO_MEND = "Nothing was changed; correct the input that the message speaks of and run again."
_ADVICE_ON_REDIRECT = f"Redirects are not followed, because the key would go with them; check {_URL_SETTING}."
_ADVICE_TO_REACH = f"Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and {_URL_SETTING}, then run again."
_ADVICE_ON_CERTIFICATE = (
    f"Check {_URL_SETTING}; if a proxy or a private authority signs the certificate, let SSL_CERT_FILE name the file "
    "with that authority's certificate. Certificates are always verified."
)
_ADVICE_TO_LOOK: dict[CallKind, str] = {
    CallKind.READ: "Nothing was changed; run again.",
    CallKind.WRITE: "It may have taken effect or not: read it again before repeating the change.",
    CallKind.CREATE: "It may exist or not: look for it before creating it again.",
}


@dataclass(frozen=True)
class Explainer:
    """Writes the errors of one client; `secrets` are masked in everything the service or the network says.

    `has_path` says that the address which the settings give has a path, which may be wrong.
    """

    host: str
    account: str
    secrets: Sequence[Secret] = field(default=(), repr=False)
    has_path: bool = False

    def explain(
        self, resource: str, kind: CallKind, outcome: Outcome, decision: Decision, *, attempts: int
    ) -> XplentyError:
        """Return the error for a call whose last outcome was this one.

        A read that got no usable answer is a ServerError, because it changed nothing; its status is 0 if there was no
        answer at all.
        """
        match outcome:
            case NotSent():
                return self._not_sent(resource, outcome, attempts)
            case Unsure() if kind is CallKind.READ:
                return self._no_use(resource, outcome, attempts)
            case Unsure():
                return self._unsure(resource, kind, outcome.reason, outcome.message)
            case Answered() if decision.action in {Action.READ_BACK, Action.VERIFY}:
                return self._unsure(resource, kind, f"the service answered {outcome.status}", outcome.message)
            case Answered(status=429):
                return self._throttled(resource, outcome)
            case _:
                return self._refused(resource, outcome)

    def refused_key(self, answer: Answered) -> AuthError:
        """Return the error that every call gets from now on."""
        message, advice = self._words_for(answer)
        return AuthError(message, status=answer.status, request_id=self._clean(answer.request_id), advice=advice)

    def _not_sent(self, resource: str, outcome: NotSent, attempts: int) -> NotSentError:
        return NotSentError(
            f"{self.host} cannot be reached: {outcome.reason}; nothing was sent ({_times(attempts)})",
            resource=resource,
            advice=_ADVICE_ON_CERTIFICATE if "CERTIFICATE" in outcome.reason else _ADVICE_TO_REACH,
        )

    def _no_use(self, resource: str, outcome: Unsure, attempts: int) -> ServerError:
        message = f"{self.host} gave no usable answer ({_times(attempts)}): {outcome.reason}"
        wait = f" in {duration(outcome.retry_after)}, as the service asks" if outcome.retry_after else ""
        return ServerError(
            message + self._said(outcome.message),
            status=outcome.status or 0,
            request_id=self._clean(outcome.request_id),
            resource=resource,
            advice=f"Nothing was changed; run again{wait or ' later'}.",
        )

    def _unsure(self, resource: str, kind: CallKind, reason: str, said: str) -> UnsureError:
        message = f"the answer of {self.host} does not tell whether it was done: {reason}{self._said(said)}"
        return UnsureError(message, resource=resource, advice=_ADVICE_TO_LOOK[kind])

    def _throttled(self, resource: str, answer: Answered) -> RateLimitedError:
        advice = answer.retry_after
        wait = f"Wait {duration(advice)}" if advice is not None else "Wait some minutes (the budget is per hour)"
        return RateLimitedError(
            "the call budget of the key's user is used up" + self._said(answer.message),
            retry_after=advice,
            request_id=self._clean(answer.request_id),
            resource=resource,
            advice=f"{wait}, then run again; nothing was changed by this call.",
        )

    def asked_to_wait(self, resource: str, seconds: float) -> RateLimitedError:
        """Return the error for a call that is not sent, because the service has asked an earlier one to wait."""
        return RateLimitedError(
            f"{self.host} has asked to be left alone for {duration(seconds)} more, so nothing was sent",
            retry_after=seconds,
            resource=resource,
            advice=f"Wait {duration(seconds)}, then run again.",
        )

    def _refused(self, resource: str, answer: Answered) -> ApiError:
        error = _ERROR_OF_STATUS.get(answer.status, InvalidError if 400 <= answer.status < 500 else ApiError)
        message, advice = self._words_for(answer)
        return error(
            message,
            status=answer.status,
            request_id=self._clean(answer.request_id),
            resource="" if answer.status == 401 else resource,  # the key is refused, whatever the call is about
            advice=advice,
        )

    def _words_for(self, answer: Answered) -> tuple[str, str]:
        status = answer.status
        says, general = (_REDIRECTED, _ADVICE_ON_REDIRECT) if status < 400 else (_REFUSED, _ADVICE_TO_MEND)
        message = f"{_SAYS.get(status, says)} ({status})".replace("{account}", self.account)
        advice = _ADVICE.get(status, general).replace("{account}", self.account)
        if self.has_path and status in _STATUS_OF_A_WRONG_PATH:
            advice = f"{advice} {_ADVICE_ON_PATH}"
        return message + self._said(answer.message), advice

    def _said(self, words: str) -> str:
        return f": {self._clean(words)}" if words.strip() else ""

    def _clean(self, words: str) -> str:
        return one_line(scrub(words, self.secrets), limit=LONGEST_MESSAGE)


def _times(attempts: int) -> str:
    return "tried once" if attempts == 1 else f"tried {attempts} times"
