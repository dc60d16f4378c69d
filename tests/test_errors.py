"""The error tree: what callers may catch, and the paragraph that users read."""

import inspect
from typing import Any

import pytest

from xplenty_pulumi import errors
from xplenty_pulumi.errors import (
    ApiError,
    AuthError,
    BillingError,
    Cancelled,
    ConfigError,
    InvalidError,
    JobFailed,
    NotFoundError,
    NotSentError,
    RateLimitedError,
    ReadyFailed,
    ReadyTimeout,
    RefusedError,
    ServerError,
    SpecError,
    UnsureError,
    WaitError,
    XplentyError,
)

TREE: dict[type[XplentyError], type[Exception]] = {
    XplentyError: Exception,
    ConfigError: XplentyError,
    SpecError: XplentyError,
    ApiError: XplentyError,
    AuthError: ApiError,
    BillingError: ApiError,
    NotFoundError: ApiError,
    InvalidError: ApiError,
    RateLimitedError: ApiError,
    ServerError: ApiError,
    NotSentError: XplentyError,
    UnsureError: XplentyError,
    RefusedError: XplentyError,
    WaitError: XplentyError,
    ReadyTimeout: WaitError,
    ReadyFailed: WaitError,
    JobFailed: WaitError,
    Cancelled: WaitError,
}
DEFINED = [one for _, one in inspect.getmembers(errors, inspect.isclass) if one.__module__ == errors.__name__]


def test_the_tree() -> None:
    """Every error has its place, and there are no others."""
    assert set(DEFINED) == set(TREE)
    assert {one: one.__base__ for one in DEFINED} == TREE


def test_the_tree_is_documented() -> None:
    """The picture at the head of the module shows every class at its depth."""
    lines = [line for line in str(errors.__doc__).splitlines() if line.strip()]
    for one in DEFINED:
        depth = len(one.__mro__) - len(XplentyError.__mro__)
        assert any(line.startswith("    " + "  " * depth + one.__name__) for line in lines), one


@pytest.mark.parametrize("one", DEFINED, ids=lambda one: one.__name__)
def test_every_error_says_what_it_is(one: type[XplentyError]) -> None:
    """Each class has a docstring of its own."""
    assert one.__dict__["__doc__"]


@pytest.mark.parametrize(
    ("resource", "advice", "text"),
    [
        ("", "", "it broke"),
        ("cluster 77", "", "cluster 77: it broke"),
        ("", "Mend it", "it broke. Mend it"),
        ("cluster 77", "Mend it", "cluster 77: it broke. Mend it"),
    ],
)
def test_the_paragraph(resource: str, advice: str, text: str) -> None:
    """What it happened to, what happened, and what to do next, as far as they are known."""
    error = NotSentError("it broke", resource=resource, advice=advice)
    assert str(error) == text
    assert (error.message, error.resource, error.advice) == ("it broke", resource, advice)


@pytest.mark.parametrize("one", DEFINED, ids=lambda one: one.__name__)
def test_every_error_speaks_in_a_paragraph(one: type[XplentyError]) -> None:
    """Whatever else a class carries, its text is made of message and advice."""
    needed = inspect.signature(one).parameters.values()
    extras: dict[str, Any] = {each.name: "" for each in needed if each.kind is each.KEYWORD_ONLY}
    assert str(one("it broke", **{**extras, "advice": "Mend it"})) == "it broke. Mend it"


@pytest.mark.parametrize("message", ["it broke", "it broke.", "it broke. "])
def test_sentences_end_once(message: str) -> None:
    """However the message ends, one full stop stands before the advice."""
    assert str(XplentyError(message, advice="Mend it")) == "it broke. Mend it"


def test_a_message_that_was_cut_shows_it() -> None:
    """Its three dots stay, so that what they have left of a secret is found."""
    cut = XplentyError("the password is V4e...", advice="Mend it")
    assert str(cut) == "the password is V4e... Mend it"
    assert cut.also("no more is known").message == "the password is V4e...; no more is known"


def test_a_request_can_be_asked_about() -> None:
    """The service's name for the call stands at the end, for its support."""
    error = ServerError("it broke", status=502, request_id="ab-1", advice="Run again.")
    assert str(error) == "it broke. Run again. (request ab-1)"
    assert (error.status, error.request_id) == (502, "ab-1")
    assert str(ServerError("it broke", status=502)) == "it broke"


def test_what_errors_carry() -> None:
    """Callers decide by attributes and never by texts."""
    assert ConfigError("no key", setting="apiKey").setting == "apiKey"
    assert SpecError("nodes are wrong", field="nodes").field == "nodes"
    assert RateLimitedError("too many", retry_after=3).retry_after == 3
    assert RateLimitedError("too many").status == 429
    unsure = UnsureError("lost", marker="[xp1:a:b]", candidates=["7", "8"])
    assert (unsure.marker, unsure.candidates) == ("[xp1:a:b]", ("7", "8"))
    failed = JobFailed("it failed", last_status="failed", reason="no input")
    assert (failed.last_status, failed.reason) == ("failed", "no input")


def test_an_unsure_error_may_know_nothing() -> None:
    """Without a marker and candidates both are empty."""
    assert (UnsureError("lost").marker, UnsureError("lost").candidates) == ("", ())
