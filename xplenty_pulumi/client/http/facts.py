"""What an event says of a call: neither its query nor its body, nor a word of the service."""

from xplenty_pulumi.client.http.answers import credits_left
from xplenty_pulumi.client.http.outcomes import Answered, CallKind, HttpRequest, NotSent, Outcome
from xplenty_pulumi.events import Facts


def facts_of_call(request: HttpRequest, kind: CallKind) -> Facts:
    """Return what is known of a call before it is sent."""
    return {"method": request.method, "path": request.path, "call": kind.value}


def facts_of_outcome(outcome: Outcome) -> Facts:
    """Return what has become of a call."""
    if isinstance(outcome, Answered):
        left = credits_left(outcome.headers)
        return {
            "result": "answered",
            "status": outcome.status,
            "request_id": outcome.request_id,
            "credits": left.remaining if left else None,
        }
    if isinstance(outcome, NotSent):
        return {"result": "not sent", "reason": outcome.reason}
    return {
        "result": "unsure",
        "reason": outcome.reason,
        "status": outcome.status,
        "request_id": outcome.request_id,
    }
