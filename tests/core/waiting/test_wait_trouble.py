"""Waiting bears trouble for a while, and ends when the user has had enough."""

from dataclasses import replace

import pytest

from tests.core.scene import GONE, READY, Scarce, Thing, WaitScene
from xplenty_pulumi.core.waiting.patience import Pace
from xplenty_pulumi.errors import (
    AuthError,
    Cancelled,
    NotSentError,
    RateLimitedError,
    ReadyTimeout,
    ServerError,
    UnsureError,
    WaitError,
    XplentyError,
)
from xplenty_pulumi.text import duration

TROUBLE = [
    NotSentError("no route"),
    ServerError("502", status=502),
    RateLimitedError("too many"),
    UnsureError("no answer"),
]


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda one: type(one).__name__)
def test_trouble_is_borne(trouble: XplentyError) -> None:
    """A look without an answer says nothing about the thing."""
    scene = WaitScene(["half", trouble, trouble, trouble, "ready", "ready"])
    assert scene.wait() == Thing("ready")


@pytest.mark.parametrize("pause", [0.5, 10.0])
def test_trouble_is_borne_by_time_not_by_count(pause: float) -> None:
    """Five minutes without one good answer since the first that failed end it, however many calls that is."""
    scene = WaitScene(["half", ServerError("502 all the time", status=502)])
    with pytest.raises(WaitError) as caught:
        scene.wait(seconds=10_000, pace=Pace.fixed(pause))
    assert scene.looks[-1] == pause + 300
    assert type(caught.value) is WaitError
    assert str(caught.value) == (
        f"thing 7: not seen ready; last seen half {duration(pause + 300)} ago, and no good answer since: "
        "502 all the time"
    )


@pytest.mark.parametrize("slow", [[0, 400], []], ids=["within a poll", "between two"])
def test_a_machine_that_slept_has_not_waited(slow: list[int]) -> None:
    """The one poll that fails because of it ends nothing, however long that was."""
    scene = WaitScene(["half", UnsureError("closed"), "ready", "ready"], slow=slow)
    pace = Pace.fixed(10 if slow else 400)
    assert scene.wait(seconds=10_000, pace=pace) == Thing("ready")


def test_one_good_answer_renews_the_patience() -> None:
    """Only silence without a break counts."""
    bad = ServerError("502", status=502)
    scene = WaitScene([*[bad] * 25, "half", *[bad] * 25, "ready", "ready"])
    scene.wait(seconds=10_000, pace=Pace.fixed(10))
    assert len(scene.looks) == 53


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda one: type(one).__name__)
def test_trouble_is_told_while_it_is_borne(trouble: XplentyError) -> None:
    """The row says that nothing was learnt, and since when, until there is an answer again."""
    scene = WaitScene(["half", trouble, trouble, "half", "ready", "ready"])
    scene.wait(seconds=90, pace=Pace.fixed(10))
    said: dict[type, str] = {NotSentError: "not reached", RateLimitedError: "rate limited"}
    what = said.get(type(trouble), "no good answer")
    assert scene.told == [
        ("half 50%", "0s of 1m30s"),
        (f"half 50% · {what}, trying again", "last seen 10s ago · 10s of 1m30s"),
        (f"half 50% · {what}, trying again", "last seen 20s ago · 20s of 1m30s"),
        ("half 50%", "30s of 1m30s"),
    ]


def test_a_poll_without_an_answer_is_told() -> None:
    """From the tenth second on the row says so, and since when nothing was seen, until there is an answer."""
    scene = WaitScene(["half", "half", "half", "ready", "ready"], slow=[0, 9, 12])
    scene.wait(seconds=90, pace=Pace.fixed(10))
    assert scene.told == [
        ("half 50%", "0s of 1m30s"),
        ("half 50%", "19s of 1m30s"),
        ("half 50% · no answer yet", "last seen 20s ago · 39s of 1m30s"),
        ("half 50% · no answer yet", "last seen 21s ago · 40s of 1m30s"),
        ("half 50% · no answer yet", "last seen 22s ago · 41s of 1m30s"),
        ("half 50%", "41s of 1m30s"),
    ]


def test_a_first_poll_without_an_answer_is_told() -> None:
    """Of what was never seen, nothing is said but that."""
    scene = WaitScene(["ready"], slow=[10])
    scene.wait(seconds=90)
    assert scene.told == [("no answer yet", "10s of 1m30s")]


def test_trouble_with_the_first_look_is_told() -> None:
    """Of what was never seen, nothing is said but that it is not reached."""
    scene = WaitScene([NotSentError("no route"), "ready", "ready"])
    scene.wait(seconds=90)
    assert scene.told == [("not reached, trying again", "0s of 1m30s")]


@pytest.mark.parametrize(
    ("sights", "seen"),
    [
        (["half"], "last seen half 1m ago, and no good answer since: no route"),
        ([], "no good answer for 1m: no route"),
    ],
    ids=["seen before", "never seen"],
)
def test_trouble_does_not_stop_the_deadline(sights: list[str | XplentyError | None], seen: str) -> None:
    """Silence at the deadline is no reason to wait longer, and the error names it as the cause."""
    scene = WaitScene([*sights, NotSentError("no route", advice="Check the network")])
    with pytest.raises(ReadyTimeout) as caught:
        scene.wait(replace(READY, unfinished="Go on waiting", limit="timeout"), seconds=60)
    assert scene.clock.monotonic() == 60
    assert str(caught.value) == f"thing 7: not ready after 1m; {seen}. Go on waiting"


def test_trouble_that_is_over_is_not_the_cause() -> None:
    """Where the service has answered again, the time was too short."""
    scene = WaitScene(["half", NotSentError("no route"), "half"])
    with pytest.raises(ReadyTimeout) as caught:
        scene.wait(replace(READY, unfinished="Go on waiting", limit="timeout"), seconds=60)
    assert str(caught.value) == (
        "thing 7: not ready after 1m; last seen half. Go on waiting, perhaps with a longer timeout"
    )


def test_trouble_is_forgotten_while_looks_are_held() -> None:
    """Where no look is made any more, the time that passes is no silence of the service."""
    scene = WaitScene(["half", NotSentError("no route")])
    scene.allowance = Scarce(held_until=lambda: len(scene.looks) > 1)
    scene.interrupted = lambda: "cancelled" if scene.clock.monotonic() >= 30 else ""
    with pytest.raises(Cancelled) as caught:
        scene.wait()
    assert str(caught.value) == "thing 7: cancelled while waiting for it to be ready; last seen half"


def test_a_refusal_is_not_borne() -> None:
    """A key that is no longer valid will not become valid by waiting."""
    scene = WaitScene(["half", AuthError("bad key", status=401)])
    with pytest.raises(AuthError):
        scene.wait()
    assert len(scene.looks) == 2


def test_cancel_is_heard_within_a_second() -> None:
    """A user who has had enough does not wait for the next look."""
    scene = WaitScene(["half"])
    scene.interrupted = lambda: "cancelled" if scene.clock.monotonic() >= 30.5 else ""
    with pytest.raises(Cancelled) as caught:
        scene.wait(pace=Pace.fixed(100))
    assert 30.5 <= scene.clock.monotonic() <= 31.5
    assert str(caught.value) == "thing 7: cancelled while waiting for it to be ready; last seen half"


def test_what_is_reached_is_not_cancelled() -> None:
    """A goal that needs no pause is reached whether or not the user still wants it."""
    scene = WaitScene(["gone"], interrupted=lambda: "cancelled")
    assert scene.wait(GONE) == Thing("gone")


def test_the_watch_remembers_the_last_sight() -> None:
    """Trouble does not wipe out what was seen; a 404 does."""
    scene = WaitScene(["half", ServerError("502", status=502), None])
    watch = scene.watch
    watch()
    with pytest.raises(ServerError):
        watch()
    assert watch.last == Thing("half")
    assert watch() is None
    assert watch.last is None
