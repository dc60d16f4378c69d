"""What headers say, in every form they may come in."""

from datetime import UTC, datetime

import pytest

from xplenty_pulumi.client.http.answers import credits_left, offset_in, retry_after
from xplenty_pulumi.client.http.transport import next_page

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("17", 17.0),
        (" 2.5 ", 2.5),
        ("3600", 3600.0),
        ("Sun, 01 Mar 2026 12:00:40 GMT", 40.0),
        ("Sunday, 01-Mar-26 12:01:00 GMT", 60.0),
        ("Sun, 01 Mar 2026 12:00:40 -0000", 40.0),
        ("3601", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("1_0", None),
        ("٣", None),
        ("9" * 400, None),
        ("soon", None),
        ("", None),
        ("Sun, 01 Mar 2026 11:59:00 GMT", None),
        ("Sun, 01 Mar 2026 15:00:00 GMT", None),
        ("Sun, 99 Mar 2026 15:00:00 GMT", None),
        ("Sun, 01 Mar 99999999999999999999 15:00:00 GMT", None),
    ],
)
def test_retry_after(text: str, seconds: float | None) -> None:
    """Seconds and HTTP dates up to one hour ahead are advice; anything else is none."""
    assert retry_after({"retry-after": text}, now=NOW) == seconds


def test_retry_after_by_the_clock_of_the_service() -> None:
    """A date counts from the answer's own Date, whatever the time is here."""
    headers = {"retry-after": "Mon, 02 Mar 2026 08:00:30 GMT", "date": "Mon, 02 Mar 2026 08:00:00 GMT"}
    assert retry_after(headers, now=NOW) == 30.0


def test_no_retry_after() -> None:
    """Without the header there is no advice."""
    assert retry_after({}, now=NOW) is None


def test_credits() -> None:
    """The budget needs both headers."""
    found = credits_left({"x-ratelimit-limit": "5000", "x-ratelimit-remaining": " 4999 "})
    assert found is not None
    assert (found.limit, found.remaining) == (5000, 4999)


@pytest.mark.parametrize(
    ("limit", "remaining"), [("", "3"), ("5000", ""), ("many", "3"), ("5000", "-1"), ("5000", "1e3")]
)
def test_absurd_credits(limit: str, remaining: str) -> None:
    """A missing or unreadable number is no budget."""
    assert credits_left({"x-ratelimit-limit": limit, "x-ratelimit-remaining": remaining}) is None


LINK = "https://api.xplenty.com/acme/api/clusters?limit=100&offset="


def target_of(link: str) -> str | None:
    """Return the next page that an answer with this header names."""
    return next_page({"link": link})


@pytest.mark.parametrize(
    ("link", "offset"),
    [
        (f'<{LINK}200>; rel="next"', 200),
        (f'<{LINK}0>; rel="prev", <{LINK}200>; rel="next"', 200),
        (f'<{LINK}200>; rel="next", <{LINK}0>; rel="prev"', 200),
        (f"<{LINK}200>; rel=next", 200),
        (f'<{LINK}200>;REL="NEXT"', 200),
        (f'<{LINK}200>; title="x"; rel="next"', 200),
        ('<?offset=7>; rel="next"', 7),
    ],
)
def test_next_page(link: str, offset: int) -> None:
    """The offset of the link with rel next is found in every spelling."""
    assert offset_in(target_of(link) or "") == offset


@pytest.mark.parametrize("link", ["", "garbage", f'<{LINK}0>; rel="prev"', f"<{LINK}0>", f'<{LINK}9>; rel="nextish"'])
def test_no_next_page(link: str) -> None:
    """Without a link with rel next there is no next page."""
    assert target_of(link) is None


@pytest.mark.parametrize(
    "target", ["https://x/y", f"{LINK}minus", f"{LINK}-3", "http://[::1/?offset=3", f"{LINK}{'9' * 99}"]
)
def test_next_page_without_an_offset(target: str) -> None:
    """A next page whose offset cannot be read is still a next page."""
    found = target_of(f'<{target}>; rel="next"')
    assert found is not None
    assert offset_in(found) is None
