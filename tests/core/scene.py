"""A wait on a script."""

import math
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field

from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.waiting.goal import Goal
from xplenty_pulumi.core.waiting.patience import Allowance, Deadline, Pace, Patience
from xplenty_pulumi.core.waiting.silence import SilenceWatch
from xplenty_pulumi.core.waiting.wait import wait_for
from xplenty_pulumi.core.waiting.watch import Watch
from xplenty_pulumi.errors import XplentyError


@dataclass(frozen=True)
class Thing:
    """Something with a status."""

    status: str


READY: Goal[Thing] = Goal(
    "ready",
    lambda thing: thing.status == "ready",
    hopeless=lambda thing: "it burst" if thing.status == "burst" else "",
    note=lambda thing: "50%" if thing.status == "half" else "",
)
GONE: Goal[Thing] = Goal("gone", lambda thing: thing.status == "gone", missing_is_reached=True, looks=1)


@dataclass(frozen=True)
class Scarce(Allowance):
    """An allowance that has not much left."""

    factor: float = 1.0
    held_until: Callable[[], bool] = lambda: False

    def stretched(self, pause: float) -> float:
        return pause * self.factor

    def holds_polls(self) -> bool:
        return self.held_until()

    def shortage_text(self) -> str:
        return "3 % left"


@dataclass
class WaitScene:
    """A wait on a script: each poll shows the next sight, the last one for ever.

    A text is a status, None a 404; from the moment `ready_at` on the status is `ready`. Each poll takes as many seconds
    as `slow` says, one after the other, and none after the last.
    """

    sights: list[str | XplentyError | None]
    ready_at: float = math.inf
    clock: ManualClock = field(default_factory=ManualClock)
    looks: list[float] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    interrupted: Callable[[], str] = lambda: ""
    allowance: Allowance = field(default_factory=Allowance)
    news_at: list[float] = field(default_factory=list)
    has_own_time: bool = False
    slow: list[int] = field(default_factory=list)
    silence: SilenceWatch = field(init=False)

    def __post_init__(self) -> None:
        self.silence = SilenceWatch(self.clock, ticks=False)

    def has_news(self) -> bool:
        """Return whether somebody else has looked since the last look."""
        return any(self.looks[-1] < moment <= self.clock.monotonic() for moment in self.news_at)

    def poll(self) -> Thing | None:
        self.looks.append(self.clock.monotonic())
        for _ in range(self.slow.pop(0) if self.slow else 0):
            self.clock.advance(1)
            self.silence.tick()
        if self.clock.monotonic() >= self.ready_at:
            return Thing("ready")
        sight = self.sights.pop(0) if len(self.sights) > 1 else self.sights[0]
        if isinstance(sight, XplentyError):
            raise sight
        return None if sight is None else Thing(sight)

    @property
    def watch(self) -> Watch[Thing]:
        """A watch that polls the script."""
        return Watch("thing 7", self.poll, following=lambda: nullcontext(self), find=self.poll, listed=lambda: None)

    def wait(
        self,
        goal: Goal[Thing] = READY,
        *,
        seconds: float = 600,
        pace: Pace | None = None,
        known: Thing | None = None,
    ) -> Thing | None:
        patience = Patience(
            clock=self.clock,
            pace=pace or Pace(),
            tell=lambda headline, detail: self.told.append((headline, detail)),
            interrupted=self.interrupted,
            has_own_time=lambda: self.has_own_time,
            asking=self.silence.asking,
            allowance=self.allowance,
        )
        deadline = Deadline.after(seconds, self.clock)
        return wait_for(goal, self.watch, deadline=deadline, patience=patience, known=known)
