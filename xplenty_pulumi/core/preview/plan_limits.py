"""What the account's plan allows, where it says so; pure.

The plans that the documentation shows have 0 for every limit, so only a number above zero is taken for one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xplenty_pulumi.client import Cluster, Plan, Subscription
from xplenty_pulumi.core.kinds.obstacles import SANDBOX, WAY_OUT, named
from xplenty_pulumi.errors import SpecError

_ADVICE = "Declare less, terminate what is not needed, or change the plan"


@dataclass(frozen=True)
class PlanLimits:
    """The most nodes of a cluster, and the most clusters at once by their type; None where the plan does not say.

    Whether `cluster_nodes_limit` is about one cluster or all, no source says; no cluster can have more in either case.
    """

    plan: str = ""
    nodes: int | None = None
    production: int | None = None
    sandbox: int | None = None

    def clusters(self, type_: object) -> int | None:
        """Return how many clusters of this type there may be at once."""
        return {"production": self.production, "sandbox": self.sandbox}.get(str(type_))


def limits_of(subscription: Subscription, plans: Iterable[Plan]) -> PlanLimits:
    """Return what the subscribed plan allows; nothing is limited where it is not among `plans`."""
    for plan in plans:
        if str(plan.id) == subscription.plan_id:
            return PlanLimits(
                plan.name or str(plan.id),
                nodes=min(filter(None, map(_limit, (plan.cluster_size_limit, plan.cluster_nodes_limit))), default=None),
                production=_limit(plan.clusters_limit),
                sandbox=_limit(plan.sandbox_clusters_limit),
            )
    return PlanLimits()


def refusal_of_nodes(nodes: object, limits: PlanLimits) -> SpecError | None:
    """Return why a cluster cannot have so many nodes, or None."""
    if limits.nodes is None or not isinstance(nodes, int) or nodes <= limits.nodes:
        return None
    text = f"nodes must be at most {limits.nodes} for a cluster on the plan {limits.plan!r}, got {nodes}"
    return SpecError(text, field="nodes", advice=_ADVICE)


def refusal_of_number(type_: object, limits: PlanLimits, *, ours: int, others: Sequence[Cluster]) -> SpecError | None:
    """Return why there cannot be so many clusters of a type: those of the stack and all others that live."""
    limit = limits.clusters(type_)
    if limit is None or ours + len(others) <= limit:
        return None
    holders = f" ({named(others)})" if others else ""
    text = (
        f"the plan {limits.plan!r} allows {limit} {type_} clusters at once; this stack declares {ours}, and "
        f"{len(others)} others live in the account{holders}"
    )
    return SpecError(text, field="type", advice=WAY_OUT if type_ == SANDBOX else _ADVICE)


def _limit(value: int | None) -> int | None:
    return value if value is not None and value > 0 else None
