"""A dynamic provider written the ordinary way: create and delete each send a call and then poll, all on their own."""

import os
import time
from collections.abc import Callable
from typing import Any

import httpx
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider

_POLL_SECONDS = 5.0


class Api:
    """The few calls that are needed, on a connection pool of their own."""

    def __init__(self, http: httpx.Client, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._http = http
        self._sleep = sleep

    def create(self, nodes: int) -> dict[str, Any]:
        """Create a cluster and return it once it is available."""
        answer = self._http.post("clusters", json={"nodes": nodes})
        return self.wait(str(answer.raise_for_status().json()["id"]), "available")

    def delete(self, cluster_id: str) -> None:
        """Terminate a cluster and return once it is terminated."""
        self._http.delete(f"clusters/{cluster_id}").raise_for_status()
        self.wait(cluster_id, "terminated")

    def get(self, cluster_id: str) -> dict[str, Any]:
        """Return a cluster."""
        cluster: dict[str, Any] = self._http.get(f"clusters/{cluster_id}").raise_for_status().json()
        return cluster

    def wait(self, cluster_id: str, status: str) -> dict[str, Any]:
        """Poll every five seconds until the cluster has this status."""
        while (cluster := self.get(cluster_id))["status"] != status:
            if cluster["status"] == "error":
                raise RuntimeError(f"cluster {cluster_id} is in error")
            self._sleep(_POLL_SECONDS)
        return cluster


def http_client(url: str, account_id: str, api_key: str, **options: Any) -> httpx.Client:
    """Return the HTTP client for an account."""
    headers = {"Accept": "application/vnd.xplenty+json; version=2"}
    return httpx.Client(base_url=f"{url}/{account_id}/api/", auth=(api_key, ""), headers=headers, **options)


def _api() -> Api:
    names = ("XPLENTY_API_URL", "XPLENTY_ACCOUNT_ID", "XPLENTY_API_KEY")
    return Api(http_client(*(os.environ[name] for name in names)))


class PlainClusterProvider(ResourceProvider):
    """Creates, reads and ends clusters."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        cluster = _api().create(int(props["nodes"]))
        return CreateResult(str(cluster["id"]), {**props, "status": cluster["status"]})

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        return DiffResult(changes=_olds["nodes"] != _news["nodes"], replaces=["nodes"])

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        return ReadResult(id_, {**props, "status": _api().get(id_)["status"]})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        _api().delete(_id)


class PlainCluster(Resource):
    """A cluster."""

    def __init__(self, name: str, *, nodes: int) -> None:
        super().__init__(PlainClusterProvider(), name, {"nodes": nodes, "status": None})
