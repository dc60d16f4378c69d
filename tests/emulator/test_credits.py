"""The hourly budget of calls."""

import pytest

from tests.support.accounts.caller import emulated


def test_every_answer_tells_what_is_left() -> None:
    """Both headers are on successes and errors, and each call costs one credit."""
    caller = emulated()
    left = []
    for path in ("clusters", "clusters/7", "nothing"):
        headers = caller.get(path).headers
        assert headers["X-RateLimit-Limit"] == "5000"
        left.append(headers["X-RateLimit-Remaining"])
    assert left == ["4999", "4998", "4997"]


@pytest.mark.parametrize("path", ["/rate_limit_status", "rate_limit_status", "/rate_limit_status/"])
def test_asking_for_the_limit_is_free(path: str) -> None:
    """Both paths answer alike and cost nothing."""
    caller = emulated()
    caller.get("clusters")
    for _ in range(3):
        response = caller.get(path)
        assert response.json() == {"limits": {"limit": 5000, "remaining": 4999}}
    assert caller.emulator.credits_used == 1


def test_asking_for_the_limit_needs_the_key() -> None:
    """Free of credits is not free for all."""
    assert emulated().send("GET", "/rate_limit_status", headers={}).status == 401


def test_beyond_the_budget_calls_are_refused_and_do_nothing() -> None:
    """With no credit left a call is a 429 with the documented text and without effect."""
    caller = emulated(credits_per_hour=2)
    caller.get("clusters")
    caller.get("clusters")
    response = caller.post("clusters", {"nodes": 2})
    assert (response.status, response.json()) == (429, {"message": "Rate Limit Exceeded"})
    assert response.headers["X-RateLimit-Remaining"] == "0"
    assert caller.emulator.clusters() == ()
    assert caller.get("rate_limit_status").status == 200


def test_the_budget_is_full_again_after_an_hour() -> None:
    """An hour after its begin the budget is as large as ever."""
    caller = emulated(credits_per_hour=1)
    caller.get("clusters")
    caller.clock.advance(3599)
    assert caller.get("clusters").status == 429
    caller.clock.advance(1)
    assert caller.get("clusters").headers["X-RateLimit-Remaining"] == "0"


def test_a_refusal_for_want_of_credits_advises_no_wait() -> None:
    """A 429 names no time to come back."""
    caller = emulated(credits_per_hour=1)
    caller.get("clusters")
    refused = caller.get("clusters")
    assert (refused.status, "Retry-After" in refused.headers) == (429, False)


def test_credits_can_be_used_up_from_behind() -> None:
    """A test can set what is used without making the calls."""
    caller = emulated()
    caller.emulator.set_credits_used(5000)
    assert caller.get("clusters").status == 429
