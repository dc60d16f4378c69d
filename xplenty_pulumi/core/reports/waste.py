"""What was paid for and not used, and what had to wait, from the history of an account; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reports.history import Lane, RunSpan


@dataclass(frozen=True)
class IdleShare:
    """What of an owner's node-hours passed while nothing ran."""

    owner: str
    clusters: int
    node_hours: float
    idle_node_hours: float

    @property
    def fraction(self) -> float:
        """The idle part, from 0 to 1."""
        return self.idle_node_hours / self.node_hours if self.node_hours else 0.0


def idle_shares(lanes: Iterable[Lane]) -> tuple[IdleShare, ...]:
    """Return the share of each owner who had a cluster that was up, the one with the most idle node-hours first."""
    of: dict[str, list[Lane]] = {}
    for lane in lanes:
        if lane.node_hours > 0:
            of.setdefault(lane.row.owner, []).append(lane)
    shares = (
        IdleShare(
            owner,
            len(own),
            sum(one.node_hours for one in own),
            sum(one.idle_node_hours for one in own),
        )
        for owner, own in of.items()
    )
    return tuple(sorted(shares, key=lambda one: (-one.idle_node_hours, one.owner)))


def without_runs(lanes: Iterable[Lane]) -> tuple[Lane, ...]:
    """Return the clusters on which no run is known, the most expensive first, but for those that are being built."""
    found = (lane for lane in lanes if not lane.runs and lane.row.phase is not Phase.BUILDING)
    return tuple(sorted(found, key=lambda lane: (-lane.node_hours, -lane.row.id)))


def longest_waits(lanes: Iterable[Lane], *, most: int) -> tuple[RunSpan, ...]:
    """Return the runs that waited longest for their start, at most so many of them."""
    waited = (run for lane in lanes for run in lane.runs if run.waited)
    return tuple(sorted(waited, key=lambda run: (-run.waited, -run.row.id))[:most])
