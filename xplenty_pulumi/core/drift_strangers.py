"""What is in the account and in no state: twins of what is in one, and clusters that nobody looks after; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from xplenty_pulumi.client import Cluster, Hook
from xplenty_pulumi.core import marker as markers
from xplenty_pulumi.core.drift import Entry, Finding
from xplenty_pulumi.core.drift_classes import CAUSES, Cause
from xplenty_pulumi.core.hook_kind import HOOK
from xplenty_pulumi.core.kinds import CLUSTER, Kind, Phase

_ENDED = frozenset({Phase.ENDING, Phase.GONE})


def twins(entries: Sequence[Entry], clusters: Iterable[Cluster], hooks: Iterable[Hook]) -> list[Finding]:
    """Return what carries the marker of a resource in a state without being in any."""
    described = [(one.id, one.description) for one in _unended(clusters)]
    named = [(one.id, one.name) for one in hooks]
    return [*_twins(entries, CLUSTER, described), *_twins(entries, HOOK, named)]


def strangers(entries: Sequence[Entry], clusters: Iterable[Cluster], *, scopes: Mapping[str, str]) -> list[Finding]:
    """Return the clusters that cost money and are in no state: without a marker, or with one of the `scopes`.

    `scopes` are those of the stacks that were looked at, each with its stack's name. A cluster with the marker of a
    resource is a twin, and one with another stack's marker is that stack's business.
    """
    known = {one.id for one in entries if one.kind is CLUSTER}
    owners = {one.marker for one in entries}
    found = []
    for cluster in _unended(clusters):
        marker = markers.whose(cluster.description)
        if cluster.id in known or (marker is not None and (marker in owners or marker.scope not in scopes)):
            continue
        cause, stack = (Cause.ORPHANED, scopes[marker.scope]) if marker else (Cause.UNMANAGED, "")
        found.append(_stranger(cluster, cause, stack))
    return found


def _unended(clusters: Iterable[Cluster]) -> list[Cluster]:
    return [one for one in clusters if CLUSTER.phase(one.status) not in _ENDED]


def _twins(entries: Sequence[Entry], kind: Kind, marked: Iterable[tuple[int, str | None]]) -> Iterator[Finding]:
    same_kind = [one for one in entries if one.kind is kind]
    known, by_marker = {one.id for one in same_kind}, {one.marker: one for one in same_kind if one.marker}
    drift, _ = CAUSES[Cause.TWIN]
    for number, text in marked:
        marker = markers.whose(text)
        if number not in known and marker in by_marker:
            sibling = by_marker[marker]
            remark = f"carries the same marker as {kind.name} {sibling.id} and is not in the state"
            yield Finding(sibling.stack, sibling.name, kind.name, number, Cause.TWIN, drift, remark=remark)


def _stranger(cluster: Cluster, cause: Cause, stack: str) -> Finding:
    nodes = "" if cluster.nodes is None else f", {cluster.nodes} node{'' if cluster.nodes == 1 else 's'}"
    named = f"{cluster.name}: " if cluster.name else ""
    drift, _ = CAUSES[cause]
    return Finding(stack, "", CLUSTER.name, cluster.id, cause, drift, remark=f"{named}{cluster.status}{nodes}")
