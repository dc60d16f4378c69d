"""Records of the service as plain values: what outputs, plans and reports are made of."""

from xplenty_pulumi.client import Cluster, Job
from xplenty_pulumi.core import marker

_OF_ITS_CLUSTER = frozenset({"name", "description", "bootstrap_actions"})


def cluster_view(cluster: Cluster) -> dict[str, object]:
    """Return the whole record as JSON values, without its id, and with the user's own description only.

    A sandbox has one node; old records of the service show it as 0, which would otherwise look like drift for ever. So
    would an empty list of bootstrap actions, which the service leaves out.
    """
    view = cluster.model_dump(mode="json", exclude={"id"})
    view["description"] = marker.strip(cluster.description)
    view["bootstrap_actions"] = view["bootstrap_actions"] or []
    if cluster.type == "sandbox":
        view["nodes"] = 1
    return view


def job_view(job: Job) -> dict[str, object]:
    """Return the whole record as JSON values, without its id.

    What its cluster is called is left out: that is an input of another resource, in which it may be secret.
    """
    view = job.model_dump(mode="json", exclude={"id"})
    if view["cluster"]:
        view["cluster"] = {name: value for name, value in view["cluster"].items() if name not in _OF_ITS_CLUSTER}
    return view
