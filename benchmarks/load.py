"""How busy the machine is while a benchmark runs, and whether that leaves its times worth judging (Linux only)."""

import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

_STAT = Path("/proc/stat")
_IDLE = slice(3, 5)
_ALL = slice(0, 8)
MOST_OF_ALL = 0.25
"""The part of the processors that other programs may use while a time is judged."""


@dataclass(frozen=True)
class Load:
    """The load averages of a minute at start and end, and how many `processors` other programs kept `busy`."""

    start: float
    end: float
    busy: float
    processors: int

    @property
    def is_high(self) -> bool:
        """Whether a time that was taken meanwhile says little."""
        return self.busy > MOST_OF_ALL * self.processors

    def __str__(self) -> str:
        return (
            f"load {self.start:.1f} at the start, {self.end:.1f} at the end; "
            f"other programs used {self.busy:.1f} of {self.processors} processors"
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class LoadWatch:
    """The moment from which the load is watched."""

    moment: float
    average: float
    busy: float
    own: float

    @classmethod
    def begun(cls) -> Self:
        """Return the present moment."""
        return cls(time.monotonic(), os.getloadavg()[0], _busy_seconds(), _own_seconds())

    def ended(self) -> Load:
        """Return the load from then until now; processes count as own ones once this one has waited for them."""
        now = self.begun()
        others = (now.busy - self.busy) - (now.own - self.own)
        took = max(now.moment - self.moment, 0.01)
        return Load(self.average, now.average, max(0.0, others / took), os.cpu_count() or 1)


def _busy_seconds() -> float:
    """The time that all processors have worked since the machine was started."""
    ticks = [int(one) for one in _STAT.read_text().splitlines()[0].split()[1:]]
    return (sum(ticks[_ALL]) - sum(ticks[_IDLE])) / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    """The processor time of this process, and of those that it has started and that have ended."""
    return sum(os.times()[:4])
