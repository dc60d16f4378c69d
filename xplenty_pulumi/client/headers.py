"""What the service says in headers: how long to wait, how many calls are left, where the next page starts."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

from xplenty_pulumi.client.models import RateLimit

_LONGEST_ADVICE = 3600.0
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_COUNT = re.compile(r"[0-9]{1,9}")
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL_NEXT = re.compile(r""";\s*rel\s*=\s*["']?[^"';,]*\bnext\b""", re.IGNORECASE)


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return the wait advised by Retry-After in seconds, given as a number or as an HTTP date.

    A date counts from the answer's own Date header, so that a wrong clock here does no harm, else from `now`. Anything
    unreadable, negative or above one hour is no advice.
    """
    text = headers.get("retry-after", "").strip()
    seconds = float(text) if _SECONDS.fullmatch(text) else _seconds_until(text, headers, now)
    return seconds if seconds is not None and 0 <= seconds <= _LONGEST_ADVICE else None


def _seconds_until(text: str, headers: Mapping[str, str], now: datetime) -> float | None:
    moment = _http_date(text)
    if moment is None:
        return None
    return (moment - (_http_date(headers.get("date", "")) or now)).total_seconds()


def seconds_ahead(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return by how much `now` is later than the service's clock, as the answer's Date header tells it, if it does."""
    moment = _http_date(headers.get("date", ""))
    return None if moment is None else (now - moment).total_seconds()


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def credits_left(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the hourly budget as X-RateLimit-Limit and X-RateLimit-Remaining tell it, None without both."""
    limit = headers.get("x-ratelimit-limit", "").strip()
    remaining = headers.get("x-ratelimit-remaining", "").strip()
    if not (_COUNT.fullmatch(limit) and _COUNT.fullmatch(remaining)):
        return None
    return RateLimit(limit=int(limit), remaining=int(remaining))


def has_next_page(headers: Mapping[str, str]) -> bool:
    """Return whether the Link header (RFC 8288) has a target with `rel="next"`."""
    return _next_target(headers) is not None


def next_offset(headers: Mapping[str, str]) -> int | None:
    """Return the `offset` of the Link header's next page, None if it names none.

    Only the number is used, never the address, because the key goes with the request.
    """
    try:
        offsets = parse_qs(urlsplit(_next_target(headers) or "").query).get("offset", [])
    except ValueError:
        return None
    return int(offsets[0]) if offsets and _COUNT.fullmatch(offsets[0]) else None


def _next_target(headers: Mapping[str, str]) -> str | None:
    links = _LINK.finditer(headers.get("link", ""))
    return next((link[1] for link in links if _REL_NEXT.search(link[2])), None)
