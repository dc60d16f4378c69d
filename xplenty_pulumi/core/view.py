"""Records of the service as plain values: what outputs, plans and reports are made of."""

from xplenty_pulumi.client import Cluster, Job
from xplenty_pulumi.core import marker


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
    """Return the record as JSON values, without its id and without the package and the cluster that it shows.

    Those are other records, which change without the run; their ids are its own.
    """
    return job.model_dump(mode="json", exclude={"id", "package", "cluster"})
