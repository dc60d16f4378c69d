"""From the last outcome of a call to the error that the caller gets: one paragraph, with advice, without secrets."""

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
from xplenty_pulumi.setting_names import OWN, SettingNames
from xplenty_pulumi.text import duration, one_line

_ADVICE_TO_MEND = "Nothing was changed; correct the input that the message speaks of and run again."
_REFUSALS: dict[int, tuple[type[ApiError], str, str]] = {
    401: (
        AuthError,
        "the service does not accept the API key",
        "Check {apiKey}, and that it belongs to a member of account {account}, from {accountId}; no "
        "further call is made with this key.",
    ),
    402: (
        BillingError,
        "the service asks to confirm the billing details first",
        "Confirm the billing details of account {account} on the service's pages, then run again.",
    ),
    403: (
        AuthError,
        "the service forbids this to the owner of the API key",
        "Let an administrator of account {account} give that user the permission, or set {apiKey} to the key "
        "of one who has it, and check {accountId}.",
    ),
    404: (
        NotFoundError,
        "there is no such thing in account {account}",
        "Check the id, and that it belongs to the account in {accountId}.",
    ),
    408: (InvalidError, "the service did not get the request in time", "Run again later."),
    409: (InvalidError, "the service reports a conflict with what exists", _ADVICE_TO_MEND),
    425: (InvalidError, "the service is not ready for the request yet", "Run again later."),
}
"""For a status: the error, what happened, and the advice; a setting stands for its names, `account` for its id."""
_STATUS_OF_A_WRONG_PATH = frozenset({401, 403, 404})
_ADVICE_ON_PATH = "Check {apiUrl} too: the address has a path, and the service's own has none."
_ADVICE_ON_REDIRECT = "Redirects are not followed, because the key would go with them; check {apiUrl}."
_ADVICE_TO_REACH = "Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and {apiUrl}, then run again."
_ADVICE_ON_NONSENSE = (
    "Reading changes nothing. Check {apiUrl} and the proxy, since something else may have answered in the service's "
    "place, such as a login page; then run again."
)
_ADVICE_ON_CERTIFICATE = (
    "Check {apiUrl}; if a proxy or a private authority signs the certificate, let SSL_CERT_FILE name the file "
    "with that authority's certificate. Certificates are always verified."
)
_ADVICE_TO_LOOK: dict[CallKind, str] = {
    CallKind.READ: "Reading changes nothing; run again.",
    CallKind.WRITE: "It may have taken effect or not: read it again before repeating the change.",
    CallKind.CREATE: "It may exist or not: look for it before creating it again.",
}


@dataclass(frozen=True)
class Explainer:
    """Writes the errors of one client; `secrets` are masked in all texts of the service and the network.

    `has_path` says that the address which the settings give has a path, which may be wrong; `names` are what these
    settings are called.
    """

    host: str
    account: str
    secrets: Sequence[Secret] = field(default=(), repr=False)
    has_path: bool = False
    names: SettingNames = OWN

    def explain(
        self, resource: str, kind: CallKind, outcome: Outcome, decision: Decision, *, attempts: int
    ) -> XplentyError:
        """Return the error for a call whose last outcome was this one.

        A read that got no usable answer is a ServerError, because it changed nothing; its status is 0 if there was no
        answer at all.
        """
        match outcome:
            case NotSent():
                text = f"{self.host} cannot be reached: {outcome.reason}; nothing was sent ({_times(attempts)})"
                advice = _ADVICE_ON_CERTIFICATE if "CERTIFICATE" in outcome.reason else _ADVICE_TO_REACH
                return NotSentError(text, resource=resource, advice=self._named(advice))
            case Unsure() if kind is CallKind.READ:
                return self._no_use(resource, outcome, attempts)
            case Unsure():
                return self._unsure(resource, kind, outcome.reason, outcome.message)
            case Answered() if decision.action in {Action.READ_BACK, Action.VERIFY}:
                return self._unsure(resource, kind, f"the service answered {outcome.status}", outcome.message)
            case Answered(status=429):
                return self._throttled(resource, outcome)
            case _:
                return self.refused(resource, outcome)

    def _no_use(self, resource: str, outcome: Unsure, attempts: int) -> ServerError:
        message = f"{self.host} gave no usable answer ({_times(attempts)}): {outcome.reason}"
        wait = f" in {duration(outcome.retry_after)}, as the service asks" if outcome.retry_after else ""
        again = f"Reading changes nothing; run again{wait or ' later'}."
        is_nonsense = outcome.status is not None and outcome.status < 300 and not outcome.timed_out
        return ServerError(
            message + self._said(outcome.message),
            status=outcome.status or 0,
            request_id=self._clean(outcome.request_id),
            resource=resource,
            advice=self._named(_ADVICE_ON_NONSENSE) if is_nonsense else again,
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

    def refused(self, resource: str, answer: Answered) -> ApiError:
        """Return the error for a refusal; one of the key itself names no resource."""
        status = answer.status
        if status < 400:
            default: tuple[type[ApiError], str, str] = (ApiError, "the service points elsewhere", _ADVICE_ON_REDIRECT)
        else:
            default = (InvalidError, "the service refused the request", _ADVICE_TO_MEND)
        error, what, advice = _REFUSALS.get(status, default)
        if self.has_path and status in _STATUS_OF_A_WRONG_PATH:
            advice = f"{advice} {_ADVICE_ON_PATH}"
        return error(
            self._named(f"{what} ({status})") + self._said(answer.message),
            status=status,
            request_id=self._clean(answer.request_id),
            resource="" if status == 401 else resource,  # the key is refused, whatever the call is about
            advice=self._named(advice),
            said=self._clean(answer.message),
        )

    def _named(self, words: str) -> str:
        for key in ("apiKey", "accountId", "apiUrl"):
            words = words.replace(f"{{{key}}}", self.names.both(key))
        return words.replace("{account}", self.account)

    def _said(self, words: str) -> str:
        return f": {self._clean(words)}" if words.strip() else ""

    def _clean(self, words: str) -> str:
        return one_line(scrub(words, self.secrets), limit=LONGEST_MESSAGE)


def _times(attempts: int) -> str:
    return "tried once" if attempts == 1 else f"tried {attempts} times"
