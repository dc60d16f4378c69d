"""Clusters: create, read, resize, terminate."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from xplenty_pulumi.client.collection import WatchedCollection
from xplenty_pulumi.client.models import Cluster, Instance
from xplenty_pulumi.client.paging import Listed, list_query
from xplenty_pulumi.client.parsing import read_records


class Clusters(WatchedCollection[Cluster]):
    """The clusters of an account; every method raises an XplentyError when it cannot return what it promises."""

    _name = "clusters"
    _model = Cluster

    def create(self, fields: Mapping[str, object]) -> Cluster:
        """Ask for a new cluster and return it as `pending`; it costs money from then on.

        `fields` are the documented create parameters, `nodes` being the only required one. UnsureError means that the
        cluster may exist: look for it before creating it again, because the service has no idempotency key.
        """
        return self._create(fields, resource="new cluster")

    def get(self, cluster_id: int) -> Cluster:
        """Return the cluster as it is now; terminated ones stay readable."""
        return self._one("GET", cluster_id)

    def list(
        self,
        *,
        status: str = "all",
        sort: str | None = None,
        direction: str | None = None,
        since: datetime | None = None,
        page_size: int = 100,
    ) -> Listed[Cluster]:
        """Yield clusters, the newest first unless `sort` (`created`, `updated`) and `direction` say otherwise.

        `since` leaves out what was not updated since then. A page of `page_size` (1 to 100) is fetched when it is
        needed, so a caller that stops early saves calls.
        """
        return self._list(list_query(status=status, sort=sort, direction=direction, since=since, page_size=page_size))

    def update(self, cluster_id: int, fields: Mapping[str, object]) -> Cluster:
        """Set `nodes`, `name`, `description`, `terminate_on_idle` or `time_to_idle` and return the cluster.

        New `nodes` are there only when the cluster is ready again. UnsureError means: read it and compare.
        """
        return self._one("PUT", cluster_id, body=fields)

    def terminate(self, cluster_id: int) -> Cluster:
        """Ask for the cluster's end and return it as `pending_terminate`.

        The service refuses while the cluster is still being built (observed) and raises InvalidError then.
        """
        return self._one("DELETE", cluster_id)

    def instances(self, cluster_id: int) -> tuple[Instance, ...]:
        """Return the machines of the cluster, master included; only some plans allow it."""
        return self._part("GET", cluster_id, "instances", read=partial(read_records, Instance))
