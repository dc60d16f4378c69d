"""What is in the account and in no state: twins of what is in one, and clusters that nobody looks after; pure."""

from collections.abc import Iterable, Mapping, Sequence

from xplenty_pulumi.client import Cluster, Hook
from xplenty_pulumi.core import marker as markers
from xplenty_pulumi.core.drift import Entry, Finding
from xplenty_pulumi.core.drift_classes import CAUSES, Cause
from xplenty_pulumi.core.hook_kind import HOOK
from xplenty_pulumi.core.kinds import CLUSTER, Phase
from xplenty_pulumi.core.marker import Marker

_ENDED = frozenset({Phase.ENDING, Phase.GONE})


def twins(entries: Sequence[Entry], clusters: Iterable[Cluster], hooks: Iterable[Hook]) -> list[Finding]:
    """Return what carries the marker of a resource in a state without being in any."""
    found = [_twin(entries, CLUSTER.name, one.id, markers.read(one.description)) for one in _unended(clusters)]
    found += [_twin(entries, HOOK.name, one.id, markers.read(one.name)) for one in hooks]
    return [one for one in found if one is not None]


def strangers(entries: Sequence[Entry], clusters: Iterable[Cluster], *, scopes: Mapping[str, str]) -> list[Finding]:
    """Return the clusters that cost money and are in no state: without a marker, or with one of the `scopes`.

    `scopes` are those of the stacks that were looked at, each with its stack's name. A cluster with the marker of a
    resource is a twin, and one with another stack's marker is that stack's business.
    """
    known = {one.id for one in entries if one.kind is CLUSTER}
    owners = {one.marker for one in entries}
    found = []
    for cluster in _unended(clusters):
        marker = markers.read(cluster.description)
        if cluster.id in known or (marker is not None and (marker in owners or marker.scope not in scopes)):
            continue
        cause, stack = (Cause.ORPHANED, scopes[marker.scope]) if marker else (Cause.UNMANAGED, "")
        found.append(_stranger(cluster, cause, stack))
    return found


def _unended(clusters: Iterable[Cluster]) -> list[Cluster]:
    return [one for one in clusters if CLUSTER.phase(one.status) not in _ENDED]


def _twin(entries: Sequence[Entry], kind: str, number: int, marker: Marker | None) -> Finding | None:
    same_kind = [one for one in entries if one.kind.name == kind]
    if marker is None or any(one.id == number for one in same_kind):
        return None
    sibling = next((one for one in same_kind if one.marker == marker), None)
    if sibling is None:
        return None
    remark = f"carries the same marker as {kind} {sibling.id} and is not in the state"
    drift, _ = CAUSES[Cause.TWIN]
    return Finding(sibling.stack, sibling.name, kind, number, Cause.TWIN, drift, remark=remark)


def _stranger(cluster: Cluster, cause: Cause, stack: str) -> Finding:
    nodes = "" if cluster.nodes is None else f", {cluster.nodes} node{'' if cluster.nodes == 1 else 's'}"
    named = f"{cluster.name}: " if cluster.name else ""
    drift, _ = CAUSES[cause]
    return Finding(stack, "", CLUSTER.name, cluster.id, cause, drift, remark=f"{named}{cluster.status}{nodes}")
