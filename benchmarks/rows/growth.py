"""How the time of `up`, `preview`, `refresh` and `drift` grows with the number of resources, beside the floor."""

import json
import os
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median

from benchmarks.figure import Figure, in_turn
from benchmarks.rows.commands import seconds
from benchmarks.stack import Stack
from benchmarks.thousand import thousand_of_ours, thousand_that_do_nothing

COUNTS = (10, 100, 1_000)
MANY = 10_000
GOAL = 1.25
"""How much larger the part of one resource may be at the largest count than at the one before."""
CURVE = Path("build/growth.json")
_ROUNDS = 3
_REFRESH = ("refresh", "--yes", "--skip-preview")
Curve = dict[int, dict[str, tuple[float, float]]]


def measure() -> list[Figure]:
    """Measure each count, 10,000 as well where `BENCH_MANY` is set; the curve is kept in build/growth.json."""
    curve: Curve = {}
    for count in (*COUNTS, *((MANY,) if os.environ.get("BENCH_MANY") else ())):
        curve[count] = measured(count)
        CURVE.parent.mkdir(exist_ok=True)
        CURVE.write_text(json.dumps(curve, indent=2) + "\n")
    return figures(curve)


def measured(count: int, *, rounds: int = _ROUNDS) -> dict[str, tuple[float, float]]:
    """Return the seconds of each operation on that many resources, ours and those of the floor."""
    with (
        thousand_of_ours(count) as (ours, _account, up),
        thousand_that_do_nothing(count) as (nothing, floor_up),
    ):
        drift = partial(seconds, ours, "-m", "xplenty_pulumi.cli", "drift")
        return {
            "up": (up, floor_up),
            "preview": _medians(rounds, *(partial(one.run, "preview") for one in (ours, nothing))),
            "refresh": _medians(rounds, *(partial(one.run, *_REFRESH) for one in (ours, nothing))),
            "drift": _medians(rounds, drift, partial(_exported, nothing)),
        }


def figures(curve: Mapping[int, Mapping[str, tuple[float, float]]]) -> list[Figure]:
    """Return what a resource costs more than in the floor, and how much that grows towards the largest count.

    A part that every operation has, such as the start of its processes, is left out: it is the difference between two
    counts that is divided by the resources between them. Where noise hides that difference, no growth is told.
    """
    counts = sorted(curve)
    found = []
    for operation in curve[counts[0]]:
        parts = [_part(curve, operation, *pair) for pair in pairwise(counts)]
        found += [
            Figure(f"{operation}: each of {more:,}", part * 1000, "ms", note=f"of the floor {floor * 1000:.1f} ms")
            for more, (part, floor) in zip(counts[1:], parts, strict=True)
        ]
        if len(parts) > 1 and min(one for pair in parts[-2:] for one in pair) > 0:
            ours, floors = ([one[column] for one in parts[-2:]] for column in (0, 1))
            growth = _ratio(ours) / max(1.0, _ratio(floors))
            what = f"{operation}: growth of that at {counts[-1]:,}, beside the floor's"
            found.append(Figure(what, growth, "x", most=GOAL))
    return found


def _part(
    curve: Mapping[int, Mapping[str, tuple[float, float]]], operation: str, less: int, more: int
) -> tuple[float, float]:
    """The seconds of one resource between two counts, ours and the floor's."""
    (ours, floor), (ours_more, floor_more) = curve[less][operation], curve[more][operation]
    return (ours_more - ours) / (more - less), (floor_more - floor) / (more - less)


def _ratio(parts: Sequence[float]) -> float:
    before, last = parts
    return last / before


def _medians(rounds: int, *measures: "partial[float]") -> tuple[float, float]:
    ours, floor = (median(column) for column in zip(*in_turn(rounds, *measures), strict=True))
    return ours, floor


def _exported(nothing: Stack) -> float:
    """The floor of a report on drift: the engine gives out the state, and an interpreter reads it."""
    program = "import json, subprocess, sys; json.loads(subprocess.check_output(sys.argv[1:]))"
    return seconds(nothing, "-c", program, "pulumi", "stack", "export")
