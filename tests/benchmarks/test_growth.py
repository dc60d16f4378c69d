"""What is made of the times at several numbers of resources."""

import pytest

from benchmarks.curve import markdown, written
from benchmarks.rows.growth import figures

STEADY = {10: {"up": (2.1, 1.1)}, 100: {"up": (3.0, 2.0)}, 1_000: {"up": (12.0, 11.0)}}
GROWING = {10: {"up": (2.1, 1.1)}, 100: {"up": (3.0, 2.0)}, 1_000: {"up": (30.0, 11.0)}}


@pytest.mark.parametrize(("curve", "growth", "is_reached"), [(STEADY, 1.0, True), (GROWING, 3.0, False)])
def test_growth_is_that_of_a_resource(
    curve: dict[int, dict[str, tuple[float, float]]], growth: float, *, is_reached: bool
) -> None:
    """What every operation costs is left out, and what grows with the number of resources misses the goal."""
    *parts, last = figures(curve)
    assert parts[0].value == pytest.approx(10)
    assert last.value == pytest.approx(growth)
    assert last.reached is is_reached


def test_a_growing_floor_is_no_growth_of_ours() -> None:
    """Where the engine itself takes longer for each resource, that is not counted."""
    curve = {10: {"up": (2.1, 1.1)}, 100: {"up": (3.0, 2.0)}, 1_000: {"up": (30.0, 29.0)}}
    assert figures(curve)[-1].value == pytest.approx(1.0)


def test_noise_tells_no_growth() -> None:
    """Where more resources seem to take less time, nothing is said of how that grows."""
    curve = {10: {"up": (3.0, 1.1)}, 100: {"up": (2.0, 2.0)}, 1_000: {"up": (30.0, 29.0)}}
    assert [figure.has_goal for figure in figures(curve)] == [False, False]


def test_page() -> None:
    """Each operation has a table and a chart, in the place of what was measured before."""
    page = written("# Growth\n\n<!-- measured -->\nold\n<!-- end of what was measured -->\n\nThe end.\n", STEADY)
    assert "old" not in page
    assert page.startswith("# Growth\n")
    assert page.endswith("<!-- end of what was measured -->\n\nThe end.\n")
    assert "| 1,000 | 12.0 s | 11.0 s | 12.0 ms | 11.0 ms |" in markdown(STEADY)
    assert "line [210.0, 30.0, 12.0]" in page
    assert written(page, STEADY) == page
