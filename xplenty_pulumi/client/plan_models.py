"""What the service answers about plans, as frozen values; see `models`."""

from xplenty_pulumi.client.lenient import Lenient
from xplenty_pulumi.client.models import Record


class Plan(Record):
    """A plan and what it allows; the published examples show 0 for every limit, so 0 says nothing."""

    id: Lenient[str] = None
    name: Lenient[str] = None
    cluster_size_limit: Lenient[int] = None
    cluster_nodes_limit: Lenient[int] = None
    clusters_limit: Lenient[int] = None
    sandbox_clusters_limit: Lenient[int] = None


class Subscription(Record):
    """Which plan an account has; its id is a number in the documentation and a text in a client."""

    shown_fields = ("plan_id",)

    plan_id: Lenient[str] = None
    trialling: Lenient[bool] = None
