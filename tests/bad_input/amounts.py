"""How many bad inputs of each sort are tried, which part of them a test tries, and how errors have to read."""

from collections.abc import Iterator
from random import Random

import pytest

from tests.support import scoreboard
from xplenty_pulumi.errors import XplentyError

WHOLE = {"specs": 20_000, "responses": 50_000, "headers": 2_000, "arguments": 3_000, "settings": 240}
"""Inputs by sort in the long run; the normal run tries every tenth of them."""

TENTH = 10
PARTS = 4

share = pytest.mark.parametrize("step", [pytest.param(TENTH, id="tenth"), pytest.param(1, marks=pytest.mark.long)])
"""Run a test with every tenth input, and with all of them in the long run."""

part = pytest.mark.parametrize("part", range(PARTS))
"""Split a test into parts that can run at the same time."""


def draws(sort: str, *, step: int, part: int | None = None) -> Iterator[Random]:
    """Yield one source of chance for each input; each is named by its number, so a failure can be had again."""
    numbers = range(0, WHOLE[sort], step)
    for number in numbers if part is None else numbers[part::PARTS]:
        yield Random(f"{sort} {number}")


def planned(sort: str, *, step: int, part: int | None = None) -> int:
    """Return how many inputs a test has to try."""
    whole = WHOLE[sort] // step
    return whole if part is None else whole // PARTS


def settle(sort: str, *, tried: int, step: int, part: int | None = None) -> None:
    """Fail the test unless it has tried all that was planned, and write the figure down."""
    goal = planned(sort, step=step, part=part)
    assert tried == goal
    name = f"bad inputs: {sort}" if step == 1 else f"bad inputs in the normal run: {sort}"
    command = f"make {'test-long' if step == 1 else 'test'} TESTS=tests/bad_input"
    suffix = "" if part is None else f", part {part + 1} of {PARTS}"
    scoreboard.record(name + suffix, reached=tried, goal=goal, command=command)


def assert_told_well(error: XplentyError) -> None:
    """The error is one readable paragraph of moderate length."""
    assert str(error).isprintable(), str(error)
    assert 0 < len(str(error)) < 2_000
    assert "Traceback" not in str(error)
