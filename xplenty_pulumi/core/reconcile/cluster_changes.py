"""What is to be sent so that a cluster is as desired."""

from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core import marker as markers
from xplenty_pulumi.core.diff import differences
from xplenty_pulumi.core.kinds import CLUSTER, Change
from xplenty_pulumi.core.reconcile.creation import Desired
from xplenty_pulumi.core.view import cluster_view


def is_as_desired(cluster: Cluster | None, desired: Desired) -> bool:
    """Return whether nothing is left to send; a look that shows nothing is no sign of that."""
    return cluster is not None and not changes_for(cluster, desired)


def changes_for(cluster: Cluster | None, desired: Desired) -> dict[str, object]:
    """Return what makes the cluster as desired and carry its owner's marker; nothing where there is no cluster."""
    if cluster is None:
        return {}
    found = differences(CLUSTER, desired.inputs, cluster_view(cluster))
    changes = {one.field: one.desired for one in found if one.change is Change.IN_PLACE}
    if "description" in changes or markers.whose(cluster.description) != desired.marker:
        changes["description"] = desired.signed_description()
    return changes
