"""From a complete HTTP answer to an outcome."""

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

from xplenty_pulumi.client.http.outcomes import Answered, HttpRequest, Outcome, Unsure
from xplenty_pulumi.client.models import RateLimit
from xplenty_pulumi.text import one_line

PIECE = 64 * 1024
_GZIP = zlib.MAX_WBITS | 16


class Undecodable(ValueError):
    """A body that is packed in another way than its header names, or than was asked for; the text says how."""


def unpacked(chunks: Iterable[bytes], *, encoding: str) -> Iterator[bytes]:
    """Yield what the chunks hold, packed as the header Content-Encoding says: not at all, or once by gzip.

    A piece has at most 64 KiB however well it is packed, so a caller who stops has not more than that in memory. Raises
    Undecodable for any other encoding, such as gzip within gzip, for a body that is not whole, and for bytes behind it.
    """
    match encoding.strip().lower():
        case "" | "identity":
            yield from chunks
        case "gzip":
            yield from _unzipped(chunks)
        case _:
            raise Undecodable("the answer is packed in a way that was not asked for")


def _unzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unzip, is_empty = zlib.decompressobj(_GZIP), True
    try:
        for chunk in chunks:
            is_empty = is_empty and not chunk
            while chunk and not unzip.eof:
                yield unzip.decompress(chunk, PIECE)
                chunk = unzip.unconsumed_tail  # noqa: PLW2901 - what did not fit into the piece
            if chunk or unzip.unused_data:
                raise Undecodable("there are bytes behind the packed answer")
        yield unzip.flush()
    except zlib.error:
        raise Undecodable("the answer is not packed as it says") from None
    if not (unzip.eof or is_empty):
        raise Undecodable("the packed answer is not whole")


_LONGEST_ADVICE = 3600.0
_RESOLUTION = 2.0
"""Seconds within which the clock of a service that tells whole ones is taken for the same."""
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_COUNT = re.compile(r"[0-9]{1,9}")


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return the wait advised by Retry-After in seconds, given as a number or as an HTTP date.

    A date counts from the answer's own Date header, so that a wrong clock here does no harm, else from `now`. Anything
    unreadable, negative or above one hour is no advice.
    """
    text = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        seconds = float(text)
    elif (moment := _http_date(text)) is not None:
        seconds = (moment - (_http_date(headers.get("date", "")) or now)).total_seconds()
    else:
        return None
    return seconds if 0 <= seconds <= _LONGEST_ADVICE else None


def seconds_ahead(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return by how much `now` is later than the service's clock, by the answer's Date header, if it has one."""
    moment = _http_date(headers.get("date", ""))
    return None if moment is None else (now - moment).total_seconds()


def account_ahead(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return by how much `now` is later than the time of the account.

    An emulated account says it in `X-Account-Time`, as its time may pass faster than that of its server. The time of
    any other is that of the service, to the second.
    """
    with suppress(ValueError, TypeError):
        return (now - datetime.fromisoformat(headers.get("x-account-time", ""))).total_seconds()
    ahead = seconds_ahead(headers, now=now)
    return 0.0 if ahead is not None and abs(ahead) < _RESOLUTION else ahead


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def credits_left(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the hourly budget of X-RateLimit-Limit and X-RateLimit-Remaining, None without both."""
    limit = headers.get("x-ratelimit-limit", "").strip()
    remaining = headers.get("x-ratelimit-remaining", "").strip()
    if not (_COUNT.fullmatch(limit) and _COUNT.fullmatch(remaining)):
        return None
    return RateLimit(limit=int(limit), remaining=int(remaining))


def offset_in(target: str) -> int | None:
    """Return the `offset` of the next page that a Link header names, None if it names none.

    Only the number is used, never the address, because the key goes with the request.
    """
    try:
        offsets = parse_qs(urlsplit(target).query).get("offset", [])
    except ValueError:
        return None
    return int(offsets[0]) if offsets and _COUNT.fullmatch(offsets[0]) else None


LONGEST_MESSAGE = 300
_LONGEST_REQUEST_ID = 100
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


def read_answer(
    request: HttpRequest, *, status: int, headers: Mapping[str, str], content: bytes, now: datetime
) -> Outcome:
    """Return what an answer with this status, these headers (names in lower case) and this whole body amounts to."""
    body, is_json = _parse(content)
    # The service's own words, the second where a connection test failed (both documented).
    words = body.get("message") or body.get("error_message") if isinstance(body, Mapping) else None
    advice, message = retry_after(headers, now=now), words if isinstance(words, str) else ""
    request_id = one_line(headers.get("x-request-id", ""), limit=_LONGEST_REQUEST_ID)
    reason = _why_unsure(request, status=status, body=body, is_json=is_json)
    if reason:
        return Unsure(reason, status=status, retry_after=advice, message=message, request_id=request_id)
    return Answered(status, headers, body, retry_after=advice, message=message, request_id=request_id)


def _parse(content: bytes) -> tuple[object, bool]:
    """The JSON value of a body, None without one, and whether the body is JSON."""
    if not content.strip():
        return None, True
    try:
        text = content.decode(json.detect_encoding(content))
        body: object = json.loads(text)
        if _HALF_PAIR.search(text):
            # Half of a surrogate pair is no text that anybody could write down or pass on.
            body = json.loads(json.dumps(body, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return None, False
    return body, True


def _why_unsure(request: HttpRequest, *, status: int, body: object, is_json: bool) -> str:
    if status >= 500:
        return f"the service answered {status}"
    if not 200 <= status < 300:
        return ""
    if not is_json:
        return f"the service answered {status} with a body that is not JSON"
    if request.makes and not (isinstance(body, Mapping) and body.get("id")):
        return f"the service answered {status} without an id"
    return ""
