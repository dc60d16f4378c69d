"""One measured figure, and whether it reaches its goal."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A value with its unit; `most` and `least` are the goal, both None where the figure is only for comparison."""

    what: str
    value: float
    unit: str = ""
    most: float | None = None
    least: float | None = None
    note: str = ""

    @classmethod
    def ratio(cls, what: str, rounds: Sequence[Sequence[float]], *, most: float | None, of: str) -> "Figure":
        """Return how much longer the first of each round took than the second, which is one `of` these."""
        first, second = (median(column) for column in zip(*rounds, strict=True))
        note = f"of {of}; {first:.1f} s to {second:.1f} s"
        return cls(what, median(one[0] / one[1] for one in rounds), "x", most=most, note=note)

    @property
    def has_goal(self) -> bool:
        """Whether there is anything to reach."""
        return self.most is not None or self.least is not None

    @property
    def reached(self) -> bool:
        """Whether the goal, if there is one, is reached; a value as large as the goal reaches it."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def document(self) -> dict[str, Any]:
        """Return the figure as JSON values, `reached` included where there is a goal."""
        return {**asdict(self), "reached": self.reached if self.has_goal else None}
