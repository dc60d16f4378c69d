"""From a complete HTTP answer to an outcome."""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from xplenty_pulumi.client.headers import retry_after
from xplenty_pulumi.client.outcomes import Answered, Outcome, Request, Unsure

_LONGEST_MESSAGE = 300
_LONGEST_REQUEST_ID = 100
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


class NotJson(ValueError):
    """A body that is not JSON."""


def read_answer(request: Request, *, status: int, headers: Mapping[str, str], content: bytes, now: datetime) -> Outcome:
    """Return what an answer with this status, these headers (names in lower case) and this whole body amounts to."""
    try:
        body, readable = _parse(content), True
    except NotJson:
        body, readable = None, False
    advice, message = retry_after(headers, now=now), _message_in(body)
    request_id = one_line(headers.get("x-request-id", ""), limit=_LONGEST_REQUEST_ID)
    reason = _why_unsure(request, status=status, body=body, readable=readable)
    if reason:
        return Unsure(reason, status=status, retry_after=advice, message=message, request_id=request_id)
    return Answered(status, headers, body, retry_after=advice, message=message, request_id=request_id)


def one_line(text: str, *, limit: int = _LONGEST_MESSAGE) -> str:
    """Return `text` on a single line without control characters, at most `limit` characters long."""
    printable = "".join(character if character.isprintable() else " " for character in text[: limit * 10])
    line = " ".join(printable.split())
    return line if len(line) <= limit else f"{line[: limit - 3]}..."


def _parse(content: bytes) -> object:
    if not content.strip():
        return None
    try:
        text = content.decode(json.detect_encoding(content))
        body: object = json.loads(text)
        if _HALF_PAIR.search(text):
            # Half of a surrogate pair is no text that anybody could write down or pass on.
            body = json.loads(json.dumps(body, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError) as error:
        raise NotJson("the body is not JSON") from error
    return body


def _message_in(body: object) -> str:
    """The service's own words: `message`, or `error_message` where a connection test failed (both documented)."""
    if not isinstance(body, Mapping):
        return ""
    words = body.get("message") or body.get("error_message")
    return words if isinstance(words, str) else ""


def _why_unsure(request: Request, *, status: int, body: object, readable: bool) -> str:
    if status >= 500:
        return f"the service answered {status}"
    if not 200 <= status < 300:
        return ""
    if not readable:
        return f"the service answered {status} with a body that is not JSON"
    makes_something = request.method == "POST" and request.body is not None  # to watch is a POST without a body
    if makes_something and not (isinstance(body, Mapping) and body.get("id")):
        return f"the service answered {status} without an id"
    return ""
