"""An estimate of what a stack's clusters are going to use: nodes multiplied by hours; pure.

A cluster that ends when it is idle counts with its time to idle, since how long it will work is not known; any other
one with what is left of the stack's life; and one that nothing ends with a day, so that the sum is what a day costs.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from xplenty_pulumi.core.preview.stack_rules import StackRules
from xplenty_pulumi.errors import SpecError
from xplenty_pulumi.text import plural

_HOUR, _DAY = 3600.0, 24.0


@dataclass(frozen=True)
class ClusterUse:
    """What one declared cluster is going to use.

    `is_endless` says that nothing ends it and a day stands for its hours, `is_idle` that its hours are those without
    work.
    """

    name: str
    nodes: int
    hours: float
    is_endless: bool = False
    is_idle: bool = False

    @property
    def node_hours(self) -> float:
        """The nodes multiplied by the hours."""
        return self.nodes * self.hours

    def __str__(self) -> str:
        return f"{self.name} {self.nodes} x {number(self.hours)} h"


def use_of(name: str, inputs: Mapping[str, object], rules: StackRules, *, now: datetime) -> ClusterUse | None:
    """Return what the cluster with these canonical inputs is going to use; None where its nodes are not known yet."""
    nodes = inputs.get("nodes")
    if not isinstance(nodes, int):
        return None
    if inputs.get("terminate_on_idle") is True:
        return ClusterUse(name, nodes, float(str(inputs.get("time_to_idle", _HOUR))) / _HOUR, is_idle=True)
    ends = [] if rules.lifetime is None else [rules.lifetime]
    if rules.expires is not None:
        ends.append(max(0.0, (rules.expires - now).total_seconds()))
    if not ends:
        return ClusterUse(name, nodes, _DAY, is_endless=True)
    return ClusterUse(name, nodes, min(ends) / _HOUR)


def total(uses: Iterable[ClusterUse]) -> float:
    """Return the node-hours of all."""
    return sum(use.node_hours for use in uses)


def headline(uses: Collection[ClusterUse | None]) -> str:
    """Return the estimate as one line, a part for each way in which clusters end; an empty text for no cluster.

    Clusters whose use is not known yet are the last part.
    """
    found = _known(uses)
    endless = [use for use in found if use.is_endless]
    timed = [use for use in found if not (use.is_endless or use.is_idle)]
    idle = [use for use in found if use.is_idle]
    parts = [_sum(part) for part in (endless, timed) if part]
    if idle:
        how = "that ends" if len(idle) == 1 else "that end"
        parts.append(f"{_sum(idle)} {how} when idle, without the time in which jobs run")
    if unknown := len(uses) - len(found):
        parts.append(f"{plural(unknown, 'cluster')} whose nodes are not known yet")
    return f"{'about ' if found else ''}{' + '.join(parts)}"


def _known(uses: Iterable[ClusterUse | None]) -> list[ClusterUse]:
    return [use for use in uses if use is not None]


def _sum(found: Sequence[ClusterUse]) -> str:
    """The estimate alone, such as `12 node-hours: 2 clusters`."""
    clusters = plural(len(found), "cluster")
    endless = sum(use.is_endless for use in found)
    remark = f", {'which nothing ends' if endless == len(found) else f'{endless} without an end'}" if endless else ""
    amount = number(total(found))
    unit = f"node-hour{'' if amount == '1' else 's'}{' a day' if endless else ''}"
    return f"{amount} {unit}: {clusters}{remark}"


def refusal(uses: Iterable[ClusterUse | None], limit: float | None) -> SpecError | None:
    """Return why the stack's clusters are refused, naming all that are known, or None where they are within `limit`."""
    if limit is None:
        return None
    found = sorted(_known(uses), key=lambda use: (-use.node_hours, use.name))
    if total(found) <= limit:
        return None
    shown = ", ".join(map(str, found[:5])) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
    return SpecError(
        f"the stack's clusters come to about {_sum(found)} ({shown}), and xplenty:maxNodeHours allows {number(limit)}",
        field="nodes",
        advice="Declare fewer nodes, terminate_on_idle=True or a shorter time_to_idle, give the stack an end "
        "(xplenty:lifetime, xplenty:expires), or raise xplenty:maxNodeHours (XPLENTY_MAX_NODE_HOURS)",
    )


def number(value: float) -> str:
    """Return a number as people write it, with two decimals at most."""
    return f"{round(value, 2):.10g}"
