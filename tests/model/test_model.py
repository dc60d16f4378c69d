"""Ten thousand steps of anything, in any order, break no promise."""

import sys

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.account import BEGINNINGS, Account
from tests.support import scoreboard


def run_programs(programs: int, *, steps: int, number: int, shrink: bool = False) -> int:
    """Run that many programs of that many steps, and return how many steps that really were.

    What they are about goes by the number.
    """

    class Counted(Account):
        """The machine, with a count of its own."""

        about = tuple(BEGINNINGS)[number % len(BEGINNINGS)]

    machine = seed(number)(Counted)
    quiet = settings(
        max_examples=programs,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=quiet)
    return Counted.steps


def run_parts(parts: range, *, programs: int, steps: int) -> int:
    """Run one part after the other, each with programs of its own, and return the steps of all."""
    return sum(run_programs(programs, steps=steps, number=number) for number in parts)


def test_a_thousand_steps_break_no_promise() -> None:
    """A short run, for the copies of this project that have a bug in them."""
    assert run_parts(range(3, 5), programs=12, steps=50) >= 1_000


def test_promises_hold_whatever_happens() -> None:
    """Ten thousand steps over two stacks of the same names break no promise."""
    done = run_parts(range(6), programs=40, steps=50)
    sys.stdout.write(f"{done:,} steps\n")
    assert done >= 10_000
    scoreboard.record("model steps", reached=done, goal=10_000, command="make test TESTS=tests/model")


PARTS = 20


@pytest.mark.long
@pytest.mark.usefixtures("untraced")  # the shorter ones cover the same code, and tracing takes most of the time
@pytest.mark.parametrize("part", range(PARTS))
def test_promises_hold_for_long(part: int) -> None:
    """Half a million steps in all, in programs twice as long, break no promise."""
    done = run_programs(330, steps=100, number=100 + part)
    goal = 500_000 // PARTS
    sys.stdout.write(f"{done:,} steps\n")
    assert done >= goal
    name = f"model steps, long, part {part + 1} of {PARTS}"
    scoreboard.record(name, reached=done, goal=goal, command="make test-long TESTS=tests/model")
