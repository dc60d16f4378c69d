"""Headers of the service: advice that can be followed, or none; lists that end, whatever their links say."""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

import httpx
import pytest

from tests.bad_input.amounts import assert_told_well, draws, settle, share
from tests.support.faults.script import client_on
from xplenty_pulumi.client.http.answers import credits_left, offset_in, retry_after
from xplenty_pulumi.client.http.transport import next_page
from xplenty_pulumi.client.paging import MOST_PAGES
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.errors import XplentyError

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
DEADLINE = 120.0

NUMBERS: Sequence[str] = (
    *("0", "1", "59", "120", "3600", "3601", "86400", "-1", "+5", "0.5", ".5", "5.", "1e3", "1e999", "nan", "inf"),
    *("9" * 9, "9" * 10, "9" * 5_000, "00005", "0x10", " 7 ", "7,8", "7;8", "\u0667", "1_0", "", " ", "true", "None"),
)
DATES: Sequence[str] = (
    *("Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Sun, 29 Mar 2026 01:31:00 GMT"),
    *("Sunday, 29-Mar-26 01:31:00 GMT", "Sun Mar 29 01:31:00 2026", "Sun, 29 Mar 2026 03:31:00 +0200", "29 Mar 2026"),
    *("Sun, 29 Mar 2026 01:31:00 -9999", "Sun, 99 Mar 2026 99:99:99 GMT", "Sun, 29 Mar 2026 01:31:60 GMT", "soon"),
    *("Mon, 01 Jan 0000 00:00:00 GMT", "2026-03-29T01:31:00Z", "Sun, 29 Mar 99999999 01:31:00 GMT", ", , ,"),
)
TARGETS: Sequence[str] = (
    *("<?offset=100>", "<?offset=0>", "<?offset=-1>", "<?offset=1>", "<?offset=999999999>", "<?offset=9999999999>"),
    *(
        "<?offset=abc>",
        "<?offset=>",
        "<?limit=5>",
        "<https://evil.example/?offset=100>",
        "<http://[::1>",
        "<>",
        "<",
        "",
    ),
    *("?offset=100", "<?offset=100&offset=200>", "<?offset=%31%30%30>", "<javascript:alert(1)>", "<?offset=1e2>"),
)
RELATIONS: Sequence[str] = (
    *('; rel="next"', "; rel=next", "; rel='next'", '; rel="prev next"', '; rel="NEXT"', '; rel="nextish"', "; rel="),
    *('; title="rel=next"', ';rel="last"', "", '; rel="next', ', <?offset=5>; rel="next"', "; " * 2_000 + "rel=next"),
)


def moment(draw: Random) -> str:
    """Return a date near now, or one of the odd ones."""
    near = format_datetime(NOW + timedelta(seconds=draw.randint(-7_200, 7_200)), usegmt=True)
    return draw.choice((near, draw.choice(DATES)))


def headers(draw: Random) -> dict[str, str]:
    """Return what a service or something before it may put above an answer."""
    given = {
        "Retry-After": draw.choice((draw.choice(NUMBERS), moment(draw))),
        "Date": draw.choice(("", moment(draw))),
        "X-RateLimit-Limit": draw.choice(NUMBERS),
        "X-RateLimit-Remaining": draw.choice(NUMBERS),
        "X-Request-Id": draw.choice((*NUMBERS, "\x1b[31mred", "a" * 10_000, "\u00e9\u202e")),
        "Link": draw.choice(TARGETS) + draw.choice(RELATIONS),
    }
    return {name: text for name, text in given.items() if draw.random() < 0.8}


def assert_advice_can_be_followed(given: dict[str, str]) -> None:
    """What is read from headers is within its bounds, or nothing."""
    lower = {name.lower(): text for name, text in given.items()}
    wait, budget = retry_after(lower, now=NOW), credits_left(lower)
    target = next_page(lower)
    offset = offset_in(target or "")
    assert wait is None or 0 <= wait <= 3600
    assert budget is None or (0 <= budget.limit < 10**9 and 0 <= budget.remaining < 10**9)
    assert offset is None or 0 <= offset < 10**9


def service(draw: Random, given: dict[str, str]) -> Callable[[httpx.Request], httpx.Response]:
    """Return a service whose pages all have these headers and now and then one new record."""
    numbers = itertools.count(1)
    news, status = draw.choice((0, 1, 3)), draw.choice((200, 200, 200, 429, 503))
    raw = [(name.encode(), text.encode()) for name, text in given.items()]

    def answer(request: httpx.Request) -> httpx.Response:
        number = next(numbers)
        page = [{"id": min(number, news) or 1, "status": "available"}]
        return httpx.Response(status, headers=raw, json=page)

    return answer


@share
def test_strange_headers(step: int) -> None:
    """Whatever stands above the answers, a list ends in time, in its records or in an error of ours."""
    tried = 0
    for draw in draws("headers", step=step):
        given, clock = headers(draw), ManualClock()
        assert_advice_can_be_followed(given)
        with client_on(service(draw, given), clock=clock, deadline=DEADLINE) as client:
            try:
                found = [one.id for one in draw.choice((client.clusters.list, client.jobs.list))()]
                assert 1 <= len(set(found)) == len(found) <= 4
            except XplentyError as error:
                assert_told_well(error)
        assert clock.monotonic() <= DEADLINE * 5
        tried += 1
    settle("headers", tried=tried, step=step)


@pytest.mark.parametrize("link", ['<?offset={next}>; rel="next"', '<?offset=0>; rel="next"', "{full}"])
def test_paging_that_never_ends(link: str) -> None:
    """A list with something new on every page for ever is left after 200 pages; one that leads back, at once."""
    numbers, calls = itertools.count(1), itertools.count(1)

    def answer(request: httpx.Request) -> httpx.Response:
        next(calls)
        size = int(request.url.params["limit"]) if link == "{full}" else 1
        page = [{"id": next(numbers), "status": "available"} for _ in range(size)]
        following = int(request.url.params["offset"]) + size
        told = {} if link == "{full}" else {"Link": link.format(next=following)}
        return httpx.Response(200, headers=told, json=page)

    with client_on(answer) as client:
        list(client.clusters.list())
    assert next(calls) - 1 == (1 if "offset=0" in link else MOST_PAGES)
