"""Why the service refuses to start a run, or gives one up, which it does not say itself."""

from xplenty_pulumi.client import Client
from xplenty_pulumi.core.kinds.obstacles import Obstacle, fault_of
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile.runs.search import RunShape
from xplenty_pulumi.errors import ApiError, NotFoundError, XplentyError


def explained(refused: ApiError, shape: RunShape, *, client: Client, polls: Polls) -> ApiError:
    """Return the refusal with its reason: a cluster or a package that is not there, or not there any more."""
    found = fault_of_cluster(polls, int(shape.cluster_id))
    fault = found or _of_package(client, int(shape.package_id))
    fault = fault or Obstacle(refused.message)
    return type(refused)(
        fault.reason,
        status=refused.status,
        request_id=refused.request_id,
        resource=f"package {shape.package_id} on cluster {shape.cluster_id}",
        advice=fault.advice,
    )


def fault_of_cluster(polls: Polls, cluster_id: int) -> Obstacle | None:
    """Return why no run can go on on the cluster; None where one can, or where the cluster cannot be looked at."""
    try:
        cluster = polls.cluster_presence.find(cluster_id)
    except XplentyError:
        return None
    return fault_of(cluster_id, cluster)


def _of_package(client: Client, package_id: int) -> Obstacle | None:
    try:
        package = client.packages.get(package_id)
    except NotFoundError:
        return Obstacle(f"package {package_id} does not exist in this account")
    except XplentyError:
        return None
    return Obstacle(f"package {package_id} is archived") if package.status == "archived" else None
