"""The fewer calls are left of an hour, the more each of them must matter."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.faults.behaviours import answers
from tests.support.faults.exchange import Exchange
from xplenty_pulumi.core.waiting.budget import Budget, Level, level_of
from xplenty_pulumi.errors import RateLimitedError

LIMIT = 5_000


def with_calls_left(bench: Bench, left: int, *, share: float = 1.0) -> Budget:
    """Return the budget of a process that has just been told that so many calls are left."""
    bench.emulator.set_credits_used(LIMIT - left - 1)
    next(iter(bench.client.clusters.list()), None)
    return Budget(bench.client, bench.clock, share=share)


@pytest.mark.parametrize(
    ("left", "level"),
    [
        (1.0, Level.PLENTY),
        (0.2, Level.PLENTY),
        (0.199, Level.SCARCE),
        (0.05, Level.SCARCE),
        (0.049, Level.RESERVED),
        (0.0001, Level.RESERVED),
        (0.0, Level.NONE),
        (-0.5, Level.NONE),
    ],
)
def test_levels(left: float, level: Level) -> None:
    """Below a fifth looks are further apart, below a twentieth there are only changes."""
    assert level_of(left) is level


def test_nothing_is_known_at_first(bench: Bench) -> None:
    """Until an answer says otherwise there is enough."""
    budget = Budget(bench.client, bench.clock)
    assert budget.level() is Level.PLENTY
    assert budget.shortage_text() == ""


@pytest.mark.parametrize(
    ("left", "level", "pause"), [(1_000, Level.PLENTY, 5), (999, Level.SCARCE, 20), (249, Level.RESERVED, 5)]
)
def test_what_the_service_says_counts(bench: Bench, left: int, level: Level, pause: float) -> None:
    """Others who use the key spend of the same calls."""
    budget = with_calls_left(bench, left)
    assert (budget.level(), budget.stretched(5)) == (level, pause)


def test_a_process_keeps_to_its_share(bench: Bench) -> None:
    """With plenty left for the user, one that has spent its own part looks no more."""
    budget = with_calls_left(bench, 4_000, share=0.01)
    for _ in range(49):
        bench.client.meter.count(next(iter(bench.client.meter.spent())))
    assert budget.level() is Level.NONE
    assert budget.holds_polls()
    bench.clock.advance(3_700)
    assert budget.level() is Level.PLENTY


def test_polls_are_held_until_a_new_hour(bench: Bench) -> None:
    """The free call tells when it begins; it is made once a minute, however often one asks."""
    budget = with_calls_left(bench, 100)
    assert all(budget.holds_polls() for _ in range(100))
    assert bench.wire.count("GET /rate_limit_status") == 1
    bench.clock.advance(3_600)
    assert not budget.holds_polls()
    assert bench.wire.count("GET /rate_limit_status") == 2


def test_trouble_with_the_free_call_is_borne(bench: Bench) -> None:
    """Then what was known last goes on to count."""
    bench.wire.on("GET .*rate_limit_status", answers(403))
    assert with_calls_left(bench, 100).holds_polls()


def test_reads_are_refused_when_calls_are_kept(bench: Bench) -> None:
    """The text says what is left, what for, and what to do."""
    budget = with_calls_left(bench, 100, share=0.75)
    with pytest.raises(RateLimitedError) as caught:
        budget.require_read()
    assert str(caught.value) == (
        "2% of the hour's calls left, and what is left is kept for changes. Run again in the next hour, or let this "
        "process spend more with XPLENTY_CREDIT_SHARE (now 0.75 of the hour's calls)"
    )


def test_changes_go_on_as_long_as_anything_is_left(bench: Bench) -> None:
    """Ending what costs money must not wait for an hour."""
    with_calls_left(bench, 1).require_write()
    with pytest.raises(RateLimitedError, match="0% of the hour's calls left, and nothing was sent"):
        with_calls_left(bench, 0).require_write()
    assert bench.wire.count("GET /rate_limit_status") == 1


def test_what_was_spent_is_told(bench: Bench) -> None:
    """By kind, with what is left."""
    budget = Budget(bench.client, bench.clock)
    assert budget.spent_text() == "0 calls (0 to create, 0 to change, 0 to read)"
    bench.client.clusters.create({"nodes": 2})
    assert budget.spent_text() == "1 call (1 to create, 0 to change, 0 to read); 4,999 of 5,000 left this hour"


def test_changes_go_on_in_the_first_moment_of_a_new_hour(bench: Bench) -> None:
    """That the free call was made less than a minute ago does not keep a change back."""
    budget = with_calls_left(bench, 0)
    bench.clock.advance(3_590)
    with pytest.raises(RateLimitedError):
        budget.require_write()
    bench.clock.advance(20)
    budget.require_write()


def test_many_refused_changes_ask_once(bench: Bench) -> None:
    """An answer of the free call is good for all who want it within five seconds."""
    budget = with_calls_left(bench, 0)
    for _ in range(20):
        with pytest.raises(RateLimitedError):
            budget.require_write()
    assert bench.wire.count("GET /rate_limit_status") == 1


def test_no_change_is_refused_on_what_nobody_confirms(bench: Bench) -> None:
    """Where the free call does not answer, a change is tried, and the service has the last word."""
    bench.wire.on("GET .*rate_limit_status", answers(403))
    with_calls_left(bench, 0).require_write()


def test_a_share_that_is_spent_needs_no_confirmation(bench: Bench) -> None:
    """What a process has sent it knows by itself."""
    budget = with_calls_left(bench, 4_000, share=0.01)
    for _ in range(49):
        bench.client.meter.count(next(iter(bench.client.meter.spent())))
    with pytest.raises(RateLimitedError, match="nothing was sent"):
        budget.require_write()
    assert bench.wire.count("GET .*rate_limit_status") == 0


@pytest.mark.parametrize("require", [Budget.require_read, Budget.require_write])
def test_all_who_ask_at_once_hear_the_answer(bench: Bench, require: Callable[[Budget], None]) -> None:
    """While one makes the free call the others wait for it, and are not refused on what was known before."""
    budget = with_calls_left(bench, 0)
    bench.clock.advance(3_600)
    others_are_there = threading.Event()

    def slowly(exchange: Exchange) -> httpx.Response:
        others_are_there.wait(timeout=0.3)
        return exchange.forward()

    bench.wire.on("GET .*rate_limit_status", slowly)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _number: require(budget), range(4)))
    assert bench.wire.count("GET .*rate_limit_status") == 1


def test_no_change_slips_through_while_another_asks(bench: Bench) -> None:
    """All who want a change at once are refused when the free call says that nothing is left."""
    budget = with_calls_left(bench, 0)
    others_are_there = threading.Event()

    def slowly(exchange: Exchange) -> httpx.Response:
        others_are_there.wait(timeout=0.3)
        return exchange.forward()

    def is_refused(_number: int) -> bool:
        with pytest.raises(RateLimitedError):
            budget.require_write()
        return True

    bench.wire.on("GET .*rate_limit_status", slowly)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(is_refused, range(4))) == [True] * 4


def test_polls_do_not_wait_for_the_answer(bench: Bench) -> None:
    """While one asks, the others stay held without waiting, so that they hear what their user wants."""
    budget = with_calls_left(bench, 100)
    asking, answered = threading.Event(), threading.Event()

    def slowly(exchange: Exchange) -> httpx.Response:
        asking.set()
        answered.wait(timeout=10)
        return exchange.forward()

    bench.wire.on("GET .*rate_limit_status", slowly)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(budget.holds_polls)
        assert asking.wait(timeout=10)
        assert budget.holds_polls()
        assert not first.done()
        answered.set()
        assert first.result(timeout=10)


def test_little_is_not_called_nothing(bench: Bench) -> None:
    """A handful of calls is less than one percent, and more than none."""
    assert with_calls_left(bench, 5).shortage_text() == "less than 1% of the hour's calls left"
