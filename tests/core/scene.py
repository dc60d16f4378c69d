"""A wait on a script."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.wait import Deadline, Goal, Pace, Patience, Watch, wait_for
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


@dataclass
class Scene:
    """A wait on a script: each look shows the next sight, the last one for ever.

    A text is a status, None a 404; from the moment `ready_at` on the status is `ready`.
    """

    sights: list[str | XplentyError | None]
    ready_at: float = math.inf
    clock: ManualClock = field(default_factory=ManualClock)
    looks: list[float] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    interrupted: Callable[[], str] = lambda: ""

    def look(self) -> Thing | None:
        self.looks.append(self.clock.monotonic())
        if self.clock.monotonic() >= self.ready_at:
            return Thing("ready")
        sight = self.sights.pop(0) if len(self.sights) > 1 else self.sights[0]
        if isinstance(sight, XplentyError):
            raise sight
        return None if sight is None else Thing(sight)

    def wait(self, goal: Goal[Thing] = READY, *, seconds: float = 600, pace: Pace | None = None) -> Thing | None:
        patience = Patience(
            clock=self.clock,
            pace=pace or Pace(),
            tell=lambda headline, detail: self.told.append((headline, detail)),
            interrupted=self.interrupted,
        )
        watch = Watch("thing 7", self.look)
        return wait_for(goal, watch, deadline=Deadline.after(seconds, self.clock), patience=patience)
