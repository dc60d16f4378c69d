"""What is made of the figures."""

import pytest

from benchmarks.figure import Figure
from benchmarks.table import number, table


@pytest.mark.parametrize(
    ("figure", "reached"),
    [
        (Figure("x", 1.15, most=1.15), True),
        (Figure("x", 1.16, most=1.15), False),
        (Figure("x", 10_000, least=10_000), True),
        (Figure("x", 9_999, least=10_000), False),
        (Figure("x", 5), None),
    ],
)
def test_goal(figure: Figure, reached: bool | None) -> None:
    """A value as large as its goal reaches it; without a goal there is nothing to reach."""
    assert figure.document()["reached"] is reached


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(36_000, "", "36,000"), (1.154, "x", "1.15 x"), (36.31, "s", "36.3 s"), (566.2, "ms", "566 ms"), (0, "", "0")],
)
def test_number(value: float, unit: str, text: str) -> None:
    """A value is shown with no more digits than mean something."""
    assert number(value, unit) == text


def test_table_lines_up() -> None:
    """Below the name of each benchmark stand its figures, in columns, with the goal and whether it is reached."""
    shown = table(
        {"one": [Figure("a long name", 2, "x", most=1, note="slow")], "two": [Figure("b", 30, least=1), Figure("c", 1)]}
    )
    heading, _, one, first, _, two, second, third = shown.splitlines()
    assert (one, two) == ("one", "two")
    assert first.split("  ")[1] == "a long name"
    assert "at most 1 x" in first
    assert "MISSED" in first
    assert "at least 1" in second
    assert "reached" in second
    assert third.endswith(" 1")
    assert first.index("at most") == second.index("at least") == heading.index("goal")
