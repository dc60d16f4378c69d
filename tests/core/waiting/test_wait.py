"""Waiting ends: when it is true, when it cannot become true, and when time is over."""

from dataclasses import replace

import pytest

from tests.core.scene import GONE, READY, Scarce, Thing, WaitScene
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.waiting.goal import Goal
from xplenty_pulumi.core.waiting.patience import Deadline, Pace, Patience
from xplenty_pulumi.core.waiting.wait import wait_for
from xplenty_pulumi.errors import NotSentError, ReadyFailed, ReadyTimeout, UnsureError, WaitError
from xplenty_pulumi.text import duration


def test_two_looks_must_agree() -> None:
    """A goal that was seen once is looked at again after a short pause, and then believed."""
    scene = WaitScene(["ready"])
    assert scene.wait() == Thing("ready")
    assert scene.looks == [0, 0.5]


def test_looks_must_agree_in_a_row() -> None:
    """A status that is there, not there, and there again has not settled."""
    scene = WaitScene(["ready", "half", "ready", "ready"])
    scene.wait()
    assert len(scene.looks) == 4


def test_a_final_status_needs_one_look() -> None:
    """Where a status cannot change any more, nothing is gained by a second look."""
    scene = WaitScene(["gone"])
    assert scene.wait(GONE) == Thing("gone")
    assert len(scene.looks) == 1


def test_missing_may_be_the_goal() -> None:
    """Waiting for something to be gone, a 404 is as good as the last status, once it is confirmed."""
    scene = WaitScene([None])
    assert scene.wait(GONE) is None
    assert scene.looks == [0, 10]


def test_a_single_404_is_not_believed_as_a_goal() -> None:
    """It is not gone because of one look that shows nothing."""
    scene = WaitScene([None, "half", None, None])
    assert scene.wait(GONE) is None
    assert len(scene.looks) == 4


def test_there_is_a_look_after_the_deadline() -> None:
    """What comes true in the last second counts, and its second look may come after the deadline."""
    scene = WaitScene(["half"], ready_at=60)
    assert scene.wait(seconds=60) == Thing("ready")
    assert scene.looks[-2:] == [60, 60.5]


@pytest.mark.parametrize("sight", ["half", UnsureError("closed")], ids=["old", "lost"])
def test_a_poll_that_began_before_the_deadline_is_not_the_last(sight: str | UnsureError) -> None:
    """What a machine asked before it slept says nothing of what is there when it wakes after the deadline."""
    scene = WaitScene(["half", sight, "ready", "ready"], slow=[0, 400])
    assert scene.wait(seconds=60) == Thing("ready")


def test_time_is_over() -> None:
    """After the last look at the deadline it ends, naming what was seen last."""
    scene = WaitScene(["half"])
    with pytest.raises(ReadyTimeout) as caught:
        scene.wait(seconds=60)
    assert scene.looks[-1] == 60
    assert caught.value.last_status == "half"
    assert str(caught.value) == "thing 7: not ready after 1m; last seen half"


def test_the_last_pause_ends_at_the_deadline() -> None:
    """However little time is left, it is used."""
    scene = WaitScene(["half"])
    with pytest.raises(ReadyTimeout):
        scene.wait(seconds=1.25)
    assert scene.looks == [0, 1, 1.25]


def test_a_goal_lost_after_the_deadline_is_not_waited_for() -> None:
    """One agreeing look buys one more look, not more time."""
    scene = WaitScene(["ready", "half"])
    with pytest.raises(ReadyTimeout):
        scene.wait(seconds=1)
    assert scene.looks == [0, 0.5, 1.0]


def test_hopeless_ends_at_once() -> None:
    """When it cannot become true any more, the reason is told, with the status in it once, and no time is spent."""
    scene = WaitScene(["burst"])
    with pytest.raises(ReadyFailed) as caught:
        scene.wait()
    assert scene.looks == [0]
    assert caught.value.reason == "it burst"
    assert str(caught.value) == "thing 7: cannot become ready: it burst"


@pytest.mark.parametrize(("status", "advice"), [("half", "Go on waiting"), ("burst", "Start anew")])
def test_the_goal_knows_what_to_do_next(status: str, advice: str) -> None:
    """What may still come asks for other advice than what cannot come any more."""
    goal = replace(READY, unfinished="Go on waiting", unreachable="Start anew")
    with pytest.raises(WaitError) as caught:
        WaitScene([status]).wait(goal, seconds=10)
    assert caught.value.advice == advice


def test_a_single_404_is_not_believed() -> None:
    """A service may lag behind itself for a moment."""
    scene = WaitScene([None, "half", "ready", "ready"])
    assert scene.wait() == Thing("ready")


def test_the_second_404_in_a_row_is_believed() -> None:
    """Then it is gone, and it is said so."""
    scene = WaitScene(["half", None, None])
    with pytest.raises(ReadyFailed, match="the service does not know it") as caught:
        scene.wait()
    assert len(scene.looks) == 3
    assert caught.value.last_status == ""


@pytest.mark.parametrize("between", ["half", "ready"])
def test_404s_apart_are_not_in_a_row(between: str) -> None:
    """Any sight between two of them shows that it is there."""
    scene = WaitScene([None, between, None, "ready", "ready"])
    assert scene.wait() == Thing("ready")


def test_the_pace_slows_down() -> None:
    """Looks are two seconds apart at first, then ever further, up to a longest pause."""
    scene = WaitScene(["half"])
    with pytest.raises(ReadyTimeout):
        scene.wait(seconds=3600)
    pauses = [after - before for before, after in zip(scene.looks, scene.looks[1:], strict=False)]
    assert pauses[:3] == pytest.approx([1.0, 1.05, 1.1025])
    assert pauses[:-1] == pytest.approx(sorted(pauses[:-1]))
    assert max(pauses) == pytest.approx(15)


def test_the_pace_does_not_overflow() -> None:
    """After however many looks, the longest pause is what it is."""
    assert Pace().pause(100_000) == 15
    assert Pace.fixed(3).pause(100_000) == 3


def test_it_is_told_while_it_happens() -> None:
    """The headline is the status, the detail a note and the time; what was reached is told by the caller."""
    scene = WaitScene(["new", None, "half", NotSentError("no route"), "ready", "ready"])
    scene.wait(seconds=90)
    assert scene.told == [
        ("new", "0s of 1m30s"),
        ("half 50%", "11s of 1m30s"),
        ("half 50% · not reached, trying again", "last seen 2s ago · 13s of 1m30s"),
    ]


def test_a_deadline_spans_several_waits() -> None:
    """It counts from its start, on the monotonic clock alone."""
    clock = ManualClock()
    clock.advance(1000)
    deadline = Deadline.after(60, clock)
    clock.advance(45)
    clock.jump(-3600)
    assert (deadline.elapsed(), deadline.left()) == (45, 15)
    clock.advance(20)
    assert deadline.left() == -5


def test_what_is_known_counts_as_the_first_look() -> None:
    """The answer that made a thing is not asked for again at once."""
    scene = WaitScene(["ready"])
    assert scene.wait(known=Thing("half")) == Thing("ready")
    assert scene.looks == [1, 1.5]


def test_what_is_known_to_be_reached_needs_one_more_look() -> None:
    """It is confirmed like any other first sight."""
    scene = WaitScene(["ready"])
    assert scene.wait(known=Thing("ready")) == Thing("ready")
    assert scene.looks == [0.5]


def test_news_are_looked_at_at_once() -> None:
    """A look that somebody else has made is seen within half a second, however long the own pause would be."""
    scene = WaitScene(["half", "half", "gone"], news_at=[9.7])
    scene.wait(GONE, pace=Pace.fixed(15))
    assert scene.looks == [0, 10, 25]


def test_a_confirmation_does_not_hurry() -> None:
    """What others see in the same instant does not confirm what was just seen."""
    scene = WaitScene(["ready"], news_at=[0.1])
    scene.wait()
    assert scene.looks == [0, 0.5]


def test_pauses_are_stretched_when_calls_are_scarce() -> None:
    """With fewer calls left there are fewer looks."""
    scene = WaitScene(["half", "half", "gone"], allowance=Scarce(factor=4))
    scene.wait(GONE, pace=Pace.fixed(5))
    assert scene.looks == [0, 20, 40]


def test_looks_are_held_while_calls_are_kept_for_changes() -> None:
    """The first look is made, the next ones wait; that is told, and is not taken for silence of the service."""
    scene = WaitScene(["half", "gone"])
    scene.allowance = Scarce(held_until=lambda: scene.clock.monotonic() < 1_000)
    scene.wait(GONE, seconds=10_000)
    assert scene.looks == [0, 1_000]
    assert ("waiting", "3 % left") in scene.told


def test_a_held_wait_ends_with_its_time() -> None:
    """There is one last look at the deadline."""
    scene = WaitScene(["half"], allowance=Scarce(held_until=lambda: True))
    with pytest.raises(ReadyTimeout):
        scene.wait(seconds=60)
    assert scene.looks == [0, 60]


def test_the_row_says_how_far_it_is() -> None:
    """Stage, time, what is usual and what is scarce stand in the row."""
    goal = replace(READY, stages=("new", "half"), usual=lambda: 60.0)
    scene = WaitScene(["new", "half", "ready"], allowance=Scarce())
    scene.wait(goal, seconds=90)
    assert scene.told == [
        ("[1/2] new", "0s of 1m30s · usually 1m · 3 % left"),
        ("[2/2] half 50%", "1s of 1m30s · usually 1m · 3 % left"),
    ]


def test_the_row_says_whose_time_is_usual() -> None:
    """What the records of an account with a time of its own say is marked; the wait is in that of the machine."""
    scene = WaitScene(["half", "ready"], has_own_time=True)
    scene.wait(replace(READY, usual=lambda: 360.0), seconds=90)
    assert scene.told == [("half 50%", "0s of 1m30s · usually 6m of the account's time")]


def test_defaults_of_patience() -> None:
    """Without a listener and a way to cancel, waiting is silent and goes on."""
    clock = ManualClock()
    scene = WaitScene(["half", "ready"], clock=clock)
    goal: Goal[Thing] = Goal("ready", lambda thing: thing.status == "ready")
    found = wait_for(goal, scene.watch, deadline=Deadline.after(60, clock), patience=Patience(clock=clock))
    assert found == Thing("ready")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (45.4, "45s"), (59.6, "1m"), (190, "3m10s"), (3599.9, "1h"), (7500, "2h05m"), (90_000, "25h")],
)
def test_times_are_spelled_as_people_say_them(seconds: float, text: str) -> None:
    """Only the two largest units are told."""
    assert duration(seconds) == text
