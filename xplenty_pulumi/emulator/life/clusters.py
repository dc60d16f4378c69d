"""The life of one cluster, as pure functions of the cluster, the knobs and a moment."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.records import READY, EmulatedCluster

_ADJECTIVES = ("cyan", "amber", "quiet", "bold", "lucid", "misty", "brave", "coral")
_NOUNS = ("wave", "ridge", "delta", "grove", "comet", "harbor", "prairie", "summit")
_COURSE = {
    "pending": ("creating", "pending_seconds"),
    "creating": ("available", "creating_seconds"),
    "scaling": ("available", "scaling_seconds"),
    "pending_terminate": ("terminating", "pending_terminate_seconds"),
    "terminating": ("terminated", "terminating_seconds"),
}
"""The statuses that pass by themselves: what follows each, and the knob with its duration."""


def generated_name(number: int) -> str:
    """Return the name of a cluster that was given none, in the service's style."""
    noun = _NOUNS[number // len(_ADJECTIVES) % len(_NOUNS)]
    return f"{_ADJECTIVES[number % len(_ADJECTIVES)]}-{noun}-{100 + number * 37 % 900}"


def pending(
    number: int, *, region: str, nodes: int, at: Moment, fails: Callable[[str], bool], name: str = "", **fields: Any
) -> EmulatedCluster:
    """Return a cluster that was just asked for; `fails` says of its name whether it ends in `error`."""
    name = name or generated_name(number)
    machines = {"master_instance_type": "m3.xlarge", "slave_instance_type": "m3.xlarge"}
    return EmulatedCluster(
        id=number,
        name=name,
        status="pending",
        status_since=at,
        created_at=at,
        updated_at=at,
        nodes=nodes,
        initial_nodes=nodes,
        region=region,
        fails_to_start=fails(name),
        **{"zone": f"{region.rpartition('::')[2]}b", **machines, **fields},
    )


def due(cluster: EmulatedCluster, *, knobs: Knobs) -> Moment | None:
    """Return when the cluster changes by itself, or None while only a call or a job can change it."""
    if is_under_way(cluster):
        seconds: float = getattr(knobs, _COURSE[cluster.status][1])
        return cluster.status_since + seconds
    if cluster.status == "idle" and cluster.terminate_on_idle:
        return cluster.updated_at
    if cluster.status == "available" and cluster.quiet_since is not None:
        return cluster.quiet_since + cluster.time_to_idle
    return None


def is_under_way(cluster: EmulatedCluster) -> bool:
    """Return whether the cluster changes its status by itself soon, as one that idles does not."""
    return cluster.status in _COURSE


def step(cluster: EmulatedCluster, *, at: Moment) -> EmulatedCluster:
    """Return the cluster after the change that was due at `at`."""
    if cluster.status in READY and cluster.terminate_on_idle:  # it never shows as idle: both its moments are equal
        return replace(ended(cluster, at=at), idle_since=at, terminated_on_idle=True)
    if cluster.status in READY:
        return replace(_entered(cluster, "idle", at=at), idle_since=at)
    following, _ = _COURSE[cluster.status]
    if cluster.status == "creating" and cluster.fails_to_start:
        return broken(cluster, at=at)
    if following == "terminated":
        return ended(cluster, at=at)
    entered = _entered(cluster, following, at=at)
    if following != "available":
        return entered
    if cluster.available_since is None:
        entered = replace(entered, launched_at=at, available_since=at)
    return replace(entered, launched_at=launched_at(entered), previous_nodes=None, idle_since=None)


def _entered(cluster: EmulatedCluster, status: str, *, at: Moment) -> EmulatedCluster:
    return replace(cluster, status=status, status_since=at, updated_at=at)


def broken(cluster: EmulatedCluster, *, at: Moment) -> EmulatedCluster:
    """Return the cluster in `error`, from which only termination leads on."""
    return replace(_entered(cluster, "error", at=at), quiet_since=None)


def ended(cluster: EmulatedCluster, *, at: Moment) -> EmulatedCluster:
    """Return the cluster `terminated`, which is final."""
    return replace(_entered(cluster, "terminated", at=at), terminated_at=at, quiet_since=None)


def ending(cluster: EmulatedCluster, *, at: Moment) -> EmulatedCluster:
    """Return the cluster with its termination requested."""
    return replace(_entered(cluster, "pending_terminate", at=at), quiet_since=None)


def resized(cluster: EmulatedCluster, nodes: int, *, at: Moment) -> EmulatedCluster:
    """Return the cluster while it scales to `nodes`; one that is not built yet simply gets the new number."""
    if cluster.status in READY or cluster.status == "scaling":
        before = cluster.previous_nodes if cluster.previous_nodes is not None else cluster.nodes
        scaling = _entered(cluster, "scaling", at=at)
        return replace(scaling, nodes=nodes, previous_nodes=before, quiet_since=None, idle_since=None)
    return replace(cluster, nodes=nodes, updated_at=at)


def busy(cluster: EmulatedCluster, *, at: Moment) -> EmulatedCluster:
    """Return the cluster after a job was sent to it; one that was idle counts as available from then on (observed)."""
    if cluster.status == "idle":
        cluster = replace(_entered(cluster, "available", at=at), idle_since=None, launched_at=launched_at(cluster))
        cluster = replace(cluster, available_since=at)
    return replace(cluster, quiet_since=None)


def launched_at(cluster: EmulatedCluster) -> Moment | None:
    """Return when it first became available, also for a record of a state file that does not hold it by itself."""
    return cluster.available_since if cluster.launched_at is None else cluster.launched_at


def visible_status(cluster: EmulatedCluster, *, knobs: Knobs) -> str:
    """Return the status that clients get."""
    return knobs.scaling_status if cluster.status == "scaling" else cluster.status


def visible_nodes(cluster: EmulatedCluster, *, knobs: Knobs) -> int:
    """Return the node count that clients get."""
    if cluster.previous_nodes is not None and knobs.scaling_nodes == "old":
        return cluster.previous_nodes
    return cluster.nodes
