"""Waiting bears trouble for a while, and ends when the user has had enough."""

import pytest

from tests.core.scene import GONE, Thing, WaitScene
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
    """Five minutes without one good answer end it, however many calls that is."""
    scene = WaitScene(["half", ServerError("502 all the time", status=502)])
    with pytest.raises(WaitError) as caught:
        scene.wait(seconds=10_000, pace=Pace.fixed(pause))
    assert scene.looks[-1] == 300
    assert type(caught.value) is WaitError
    assert str(caught.value) == (
        "thing 7: no good answer for 5m while waiting to be ready: 502 all the time; last seen half"
    )


def test_one_good_answer_renews_the_patience() -> None:
    """Only silence without a break counts."""
    bad = ServerError("502", status=502)
    scene = WaitScene([*[bad] * 25, "half", *[bad] * 25, "ready", "ready"])
    scene.wait(seconds=10_000, pace=Pace.fixed(10))
    assert len(scene.looks) == 53


def test_trouble_does_not_stop_the_deadline() -> None:
    """Silence at the deadline is no reason to wait longer."""
    scene = WaitScene(["half", ServerError("502", status=502)])
    with pytest.raises(ReadyTimeout, match="last seen half"):
        scene.wait(seconds=60)
    assert scene.clock.monotonic() == 60


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
