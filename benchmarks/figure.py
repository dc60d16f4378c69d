"""One measured figure, and whether it reaches its goal."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks.load import Load

_TIMES = frozenset({"x", "s", "ms", "/s"})


def in_turn(rounds: int, *measures: Callable[[], float]) -> list[list[float]]:
    """Return what each measure gives in each of the rounds, A B A B, so that a slower machine slows all of them."""
    return [[measure() for measure in measures] for _ in range(rounds)]


@dataclass(frozen=True)
class Figure:
    """A value with its unit; `most` and `least` are the goal, both None where the figure is only for comparison.

    `spread` is the least and the most of the rounds of which the value is the median, and `load` how busy the machine
    was meanwhile.
    """

    what: str
    value: float
    unit: str = ""
    most: float | None = None
    least: float | None = None
    note: str = ""
    spread: tuple[float, float] | None = None
    load: Load | None = None

    @classmethod
    def of(
        cls, what: str, values: Sequence[float], unit: str, *, most: float | None = None, note: str = ""
    ) -> "Figure":
        """Return the median of several rounds, with their spread."""
        return cls(what, median(values), unit, most=most, note=note, spread=(min(values), max(values)))

    @classmethod
    def ratio(cls, what: str, rounds: Sequence[Sequence[float]], *, most: float | None, of: str) -> "Figure":
        """Return how much longer the first of each round took than the second, which is one `of` these."""
        first, second = (median(column) for column in zip(*rounds, strict=True))
        note = f"of {of}; {first:.1f} s to {second:.1f} s"
        return cls.of(what, [one[0] / one[1] for one in rounds], "x", most=most, note=note)

    @property
    def has_goal(self) -> bool:
        """Whether there is anything to reach."""
        return self.most is not None or self.least is not None

    @property
    def is_judged(self) -> bool:
        """Whether there is a goal, and the machine was calm enough to tell; counts and sizes do not depend on that."""
        return self.has_goal and not (self.unit in _TIMES and self.load is not None and self.load.is_high)

    @property
    def reached(self) -> bool:
        """Whether the goal, if there is one, is reached; a value as large as the goal reaches it."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    @property
    def verdict(self) -> str:
        """Whether the goal is reached, in words; empty where there is none."""
        if not self.has_goal:
            return ""
        if not self.is_judged and self.load is not None:
            return f"not judged: load {self.load.busy:.1f}"
        return "reached" if self.reached else "MISSED"

    def document(self) -> dict[str, Any]:
        """Return the figure as JSON values, `reached` included where it is judged."""
        return {**asdict(self), "reached": self.reached if self.is_judged else None}
