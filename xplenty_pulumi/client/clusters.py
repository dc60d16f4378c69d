"""Clusters: create, read, resize, terminate."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from xplenty_pulumi.client.arguments import checked_body, checked_id, list_query
from xplenty_pulumi.client.http.calls import ApiCall, Caller
from xplenty_pulumi.client.http.outcomes import HttpRequest
from xplenty_pulumi.client.http.retry import CallKind
from xplenty_pulumi.client.models import Cluster, Instance, Watcher
from xplenty_pulumi.client.paging import Listed, Listing
from xplenty_pulumi.client.whose import Collection
from xplenty_pulumi.text import label


class Clusters:
    """The clusters of an account; every method raises an XplentyError when it cannot return what it promises."""

    def __init__(self, caller: Caller, *, base: str) -> None:
        self._caller = caller
        self._at = Collection(base, "clusters")

    def create(self, fields: Mapping[str, object]) -> Cluster:
        """Ask for a new cluster and return it as `pending`; it costs money from then on.

        `fields` are the documented create parameters, `nodes` being the only required one. UnsureError means that the
        cluster may exist: look for it before creating it again, because the service knows no idempotency key.
        """
        request = HttpRequest("POST", self._at.path, body=checked_body(fields))
        read = partial(self._at.read_one, Cluster)
        return self._caller.run(ApiCall(CallKind.CREATE, request, "new cluster", read))

    def get(self, cluster_id: int) -> Cluster:
        """Return the cluster as it is now; terminated ones stay readable."""
        return self._one(CallKind.READ, "GET", cluster_id)

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
        query = list_query(status=status, sort=sort, direction=direction, since=since, page_size=page_size)
        return Listing(Cluster, self._at, query).items(self._caller)

    def update(self, cluster_id: int, fields: Mapping[str, object]) -> Cluster:
        """Set `nodes`, `name`, `description`, `terminate_on_idle` or `time_to_idle` and return the cluster.

        New `nodes` are there only when the cluster is ready again. UnsureError means: read it and compare.
        """
        return self._one(CallKind.WRITE, "PUT", cluster_id, body=checked_body(fields))

    def terminate(self, cluster_id: int) -> Cluster:
        """Ask for the cluster's end and return it as `pending_terminate`.

        The service refuses while the cluster is still being built (observed) and raises InvalidError then.
        """
        return self._one(CallKind.WRITE, "DELETE", cluster_id)

    def instances(self, cluster_id: int) -> tuple[Instance, ...]:
        """Return the machines of the cluster, master included; only some plans allow it."""
        request = HttpRequest("GET", f"{self._path_of(cluster_id)}/instances")
        read = partial(self._at.read_parts, Instance, number=cluster_id)
        return self._caller.run(ApiCall(CallKind.READ, request, f"instances of cluster {cluster_id}", read))

    def watchers(self, cluster_id: int) -> tuple[Watcher, ...]:
        """Return the users who are told what becomes of the cluster; who made it is one of them (documented)."""
        request = HttpRequest("GET", f"{self._path_of(cluster_id)}/watchers")
        read = partial(self._at.read_parts, Watcher, number=cluster_id)
        return self._caller.run(ApiCall(CallKind.READ, request, f"watchers of cluster {cluster_id}", read))

    def watch(self, cluster_id: int) -> None:
        """Have the user of this key told what becomes of the cluster; doing it twice is fine."""
        request = HttpRequest("POST", f"{self._path_of(cluster_id)}/watchers")
        read = partial(self._at.check_owner, number=cluster_id)
        self._caller.run(ApiCall(CallKind.WRITE, request, f"watchers of cluster {cluster_id}", read))

    def unwatch(self, cluster_id: int) -> None:
        """Take the user of this key from the cluster's watchers; doing it twice is fine."""
        request = HttpRequest("DELETE", f"{self._path_of(cluster_id)}/watchers")
        read = partial(self._at.check_owner, number=cluster_id)
        self._caller.run(ApiCall(CallKind.WRITE, request, f"watchers of cluster {cluster_id}", read))

    def _one(
        self, kind: CallKind, method: str, cluster_id: int, *, body: Mapping[str, object] | None = None
    ) -> Cluster:
        request = HttpRequest(method, self._path_of(cluster_id), body=body)
        read = partial(self._at.read_one, Cluster, number=cluster_id)
        return self._caller.run(ApiCall(kind, request, label("cluster", cluster_id), read))

    def _path_of(self, cluster_id: int) -> str:
        return f"{self._at.path}/{checked_id(cluster_id, field='cluster_id')}"
