"""How long `recover` waits for what may still arrive, and what it says meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from xplenty_pulumi.cli.engine.locks import Lock
from xplenty_pulumi.cli.recover.remains import Remains
from xplenty_pulumi.cli.recover.wait import wait_for_late_calls
from xplenty_pulumi.clock import ManualClock

WRITTEN = datetime(2026, 1, 31, 12, tzinfo=UTC)


def waited(last_sign: datetime | None, *, now: datetime) -> tuple[float, list[str]]:
    """Return for how long it waits, and what it says."""
    clock, said = ManualClock(now), list[str]()
    wait_for_late_calls(last_sign, clock, said.append)
    return clock.monotonic(), said


@pytest.mark.parametrize(("age", "seconds"), [(0, 120), (80, 40), (119, 1), (120, 0), (90_000, 0), (-3600, 120)])
def test_it_waits_until_two_minutes_after_the_state_was_written(age: int, seconds: int) -> None:
    """What is left of two minutes is waited for, never longer, even where the moment lies ahead."""
    assert waited(WRITTEN, now=WRITTEN + timedelta(seconds=age))[0] == seconds


def test_unknown_moment_counts_as_now() -> None:
    """A state that does not say when it was written is waited for in full."""
    assert waited(None, now=WRITTEN)[0] == 120


def test_it_tells_at_once_and_every_15_seconds() -> None:
    """The first line says what is waited for and how to go on at once, the others how long it still takes."""
    _, said = waited(WRITTEN, now=WRITTEN + timedelta(seconds=80))
    assert said == [
        "what the killed `pulumi` had sent may still arrive: waiting 40s, until 2m after the state was last written "
        "(--no-wait goes on at once)",
        "waiting 25s more",
        "waiting 10s more",
    ]


def test_nothing_is_said_where_nothing_is_waited_for() -> None:
    """After two minutes it goes on without a word."""
    assert waited(WRITTEN, now=WRITTEN + timedelta(hours=1))[1] == []


@pytest.mark.parametrize(("seconds", "latest"), [(30, 30), (-30, 0)])
def test_lock_is_a_sign_of_life_too(seconds: int, latest: int) -> None:
    """Where checkpoints are skipped, the lock may be younger than the state."""
    lock = Lock(7, "ann", "ci-3", (WRITTEN + timedelta(seconds=seconds)).isoformat())
    remains = Remains("acme/loads/dev", (lock,), (), WRITTEN)
    assert remains.last_sign == WRITTEN + timedelta(seconds=latest)


def test_lock_that_does_not_say_when_is_passed_over() -> None:
    """A moment that makes no sense tells nothing."""
    assert Remains("acme/loads/dev", (Lock(7, "ann", "ci-3", "noon"),), ()).last_sign is None
