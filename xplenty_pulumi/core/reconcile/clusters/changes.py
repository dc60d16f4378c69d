"""What is to be sent so that a cluster is as desired; pure but for the nonce of a new marker."""

from datetime import datetime
from random import Random

from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.cluster import CLUSTER, cluster_view
from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import marker_on
from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster


def is_as_desired(cluster: Cluster | None, desired: DesiredCluster) -> bool:
    """Return whether nothing is left to send; a look that shows nothing is no sign of that."""
    return cluster is not None and not _wanted(cluster, desired) and not _lacks_marker(cluster, desired)


def changes_for(
    cluster: Cluster | None, desired: DesiredCluster, *, now: datetime, random: Random
) -> dict[str, object]:
    """Return what makes the cluster as its update is to make it; nothing where there is no cluster.

    A marker that is not the owner's is signed anew where something is sent anyway, or where the owner has another name.
    """
    if cluster is None or is_as_desired(cluster, desired):
        return {}
    changes = _wanted(cluster, desired)
    if "description" in changes or not _carries_owner(cluster, desired):
        text = str(changes.get("description", markers.strip(cluster.description)))
        changes["description"] = markers.sign(text, _signer(cluster, desired, now=now, random=random))
    return changes


def held_description(cluster: Cluster, desired: DesiredCluster) -> str | None:
    """Return the description that says of an unfinished cluster that it is held; None where there is nothing to say."""
    marker = marker_on(cluster)
    if marker is None or marker.whose != desired.marker or not marker.is_unfinished:
        return None
    return markers.sign(str(cluster.description), marker.held)


def _wanted(cluster: Cluster, desired: DesiredCluster) -> dict[str, object]:
    found = differences(CLUSTER, desired.inputs, cluster_view(cluster))
    return {
        one.field: one.desired for one in found if one.change is Change.IN_PLACE and one.field in desired.intent.fields
    }


def _lacks_marker(cluster: Cluster, desired: DesiredCluster) -> bool:
    return desired.intent.signs and not _carries_owner(cluster, desired)


def _carries_owner(cluster: Cluster, desired: DesiredCluster) -> bool:
    marker = marker_on(cluster)
    return marker is not None and marker.whose == desired.marker and bool(marker.nonce)


def _signer(cluster: Cluster, desired: DesiredCluster, *, now: datetime, random: Random) -> Marker:
    """The marker that it is to carry: the owner's one that it carries, or a new one that is held."""
    marker = marker_on(cluster)
    if marker is not None and _carries_owner(cluster, desired):
        return marker
    return desired.marker.drawn(now, random).held
