"""What is waited for with clusters, and what a record of one means."""

from dataclasses import replace

from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds.cluster import CLUSTER, cluster_view
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.obstacles import NO_UPDATE, NOT_KNOWN
from xplenty_pulumi.core.kinds.ownership import CHANGED_HANDS, is_marked, taken_by_namesake
from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster
from xplenty_pulumi.core.reconcile.outcome import Observation, Outcome
from xplenty_pulumi.core.waiting.goal import Goal, UsualSeconds
from xplenty_pulumi.core.waiting.patience import Deadline
from xplenty_pulumi.errors import ReadyFailed, RefusedError
from xplenty_pulumi.text import plural


def observation_of(cluster: Cluster | None, *, is_awaited: bool = True) -> Observation[Cluster]:
    """Return what this record, or its absence, means to the user, who may not wait for what is under way."""
    if cluster is None:
        return Observation(None, gone=True, remark=NOT_KNOWN)
    phase = phase_of(cluster)
    if is_ending(cluster):
        why = " after it had been idle, as terminate_on_idle asks" if cluster.terminated_on_idle else ""
        return Observation(cluster, gone=True, remark=f"it is {cluster.status}{why}")
    if phase is Phase.FAILED:
        return Observation(cluster, remark=f"its status is {cluster.status}. The next `pulumi up` replaces it")
    if phase in UNDER_WAY and not is_awaited:
        return Observation(cluster)
    if phase is not Phase.READY:
        return Observation(cluster, remark=f"it is {cluster.status}. The next `pulumi up` goes on waiting for it")
    return Observation(cluster)


def phase_of(cluster: Cluster) -> Phase:
    """Return what the cluster's status means."""
    return CLUSTER.phase(cluster.status)


UNDER_WAY = frozenset({Phase.BUILDING, Phase.SCALING})
"""What a cluster is in that the service is at work on."""


def is_ending(cluster: Cluster | None) -> bool:
    """Return whether there is nothing left to end."""
    return cluster is None or CLUSTER.is_ending(cluster.status)


def is_broken(cluster: Cluster) -> bool:
    """Return whether nobody can use it any more, though it may cost money."""
    return phase_of(cluster) is Phase.FAILED


def _why_lost(cluster: Cluster | None) -> str:
    """Why nobody can use the cluster any more; an empty text for no reason."""
    if cluster is not None and is_broken(cluster):
        return f"its status is {cluster.status}"
    return observation_of(cluster).remark if is_ending(cluster) else ""


def not_updatable(cluster_id: int, cluster: Cluster | None, *, why: str) -> ReadyFailed:
    """Return the refusal of an update: `why`, or that the cluster has ended, is broken, or is not known."""
    is_left = not why and cluster is not None and is_broken(cluster)
    return ReadyFailed(
        f"{NO_UPDATE}: {why or _why_lost(cluster)}",
        last_status=cluster.status if cluster else "",
        resource=f"cluster {cluster_id}",
        advice="Run `pulumi up --refresh` to end what is left of it and create it anew" if is_left else _ANEW,
    )


def changed_hands(cluster: Cluster, desired: DesiredCluster, *, before: Cluster) -> RefusedError | None:
    """Return why a cluster that a create brings about is not its resource's any more, as it was `before`; or None."""
    if desired.is_taken(cluster, before):
        return taken_by_namesake(cluster)
    if not desired.is_adopted or is_marked(cluster, desired.marker):
        return None
    return RefusedError(
        f"it was about to be adopted, and {CHANGED_HANDS}, so it is left alone",
        resource=f"cluster {cluster.id}",
        advice="Run `pulumi up` again for a new one",
    )


def kept(outcome: Outcome[Cluster]) -> Outcome[Cluster]:
    """Return what came of a new cluster that is broken and kept, with what to do about it, in the state or not."""
    reason = f"its status is {outcome.record.status}"
    problem = ReadyFailed(
        f"{reason}, and it is kept, as on_create_failure asks",
        last_status=outcome.record.status,
        reason=reason,
        resource=f"cluster {outcome.record.id}",
        advice="Look at it; then set on_create_failure to 'terminate' and run `pulumi up`, which ends it and makes a "
        "new one",
    )
    return Outcome(outcome.record, problem)


_BUILT, _RESIZED = CLUSTER.statuses(Phase.BUILDING), CLUSTER.statuses(Phase.SCALING)
_GO_ON_WAITING = "It goes on existing; run `pulumi up` again to go on waiting"
_ANEW = "Run `pulumi up --refresh` to create it anew"
_END_AGAIN = "It may cost money until it is terminated; run the same command again to go on"

READY: Goal[Cluster] = Goal(
    "available",
    lambda cluster: phase_of(cluster) is Phase.READY,
    hopeless=_why_lost,
    unfinished=_GO_ON_WAITING,
    limit="ready_timeout",
    unreachable=_ANEW,
    stages=_BUILT,
)
TERMINATED: Goal[Cluster] = Goal(
    "terminated",
    lambda cluster: phase_of(cluster) is Phase.GONE,
    missing_is_reached=True,
    looks=1,
    unfinished=_END_AGAIN,
    stages=CLUSTER.statuses(Phase.ENDING),
)
ENDABLE: Goal[Cluster] = replace(
    TERMINATED,
    name="ready to be terminated",
    reached=lambda cluster: phase_of(cluster) not in UNDER_WAY,
)


def ready_with(desired: DesiredCluster, cluster: Cluster, *, usual: UsualSeconds) -> Goal[Cluster]:
    """Return the goal of being ready, with the nodes that are desired where they are a matter of the intent.

    `cluster` is as it is now.
    """
    is_built = phase_of(cluster) in {Phase.READY, Phase.SCALING}
    ready = replace(READY, stages=_RESIZED if is_built else _BUILT, usual=usual)
    if "nodes" not in desired.intent.fields:
        return ready
    nodes = desired.inputs["nodes"]
    return replace(
        ready,
        name=f"{READY.name} with {plural(int(str(nodes)), 'node')}",
        reached=lambda cluster: READY.reached(cluster) and cluster_view(cluster)["nodes"] == nodes,
    )


def accepted_before(goal: Goal[Cluster]) -> Goal[Cluster]:
    """Return the goal that the service is seen at work on what `goal` asks for, or has done it."""
    return replace(
        goal,
        name="accepted",
        reached=lambda cluster: phase_of(cluster) in UNDER_WAY or goal.reached(cluster),
        looks=1,
    )


_ALIVE_AGAIN = 10.0
"""Seconds after which a cluster that was asked to end and shows alive is not thought to be shown as it was before."""


def terminated(deadline: Deadline, *, is_verified: bool) -> Goal[Cluster]:
    """Return the goal of having ended, for a cluster that was asked to end now and has until the `deadline`.

    Where the end is not to be verified, the goal is that the service is seen at work on it.
    """
    asked = deadline.elapsed()

    def alive(cluster: Cluster) -> str:
        is_late = deadline.elapsed() - asked >= _ALIVE_AGAIN and deadline.left() > 0
        return f"it is {cluster.status}" if is_late and not is_ending(cluster) else ""

    whole = replace(TERMINATED, hopeless=alive)
    return whole if is_verified else replace(whole, name="ending", reached=is_ending)
