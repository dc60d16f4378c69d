"""A client of an emulated account that has no network and no opinion: it sends what the test says."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Emulator, Knobs, Request, Response, Seed

KEY = "key-of-the-tests"


def basic(user: str) -> str:
    """Return the value of an Authorization header with exactly `user` in it."""
    return f"Basic {base64.b64encode(user.encode()).decode()}"


def emulated(seed: Seed | None = None, *, clock: ManualClock | None = None, **knobs: Any) -> "AccountCaller":
    """Return a caller of a new account on a clock that stands still, with these knobs turned."""
    clock = clock or ManualClock()
    return AccountCaller(Emulator(seed or Seed(api_key=KEY), clock=clock, knobs=Knobs(**knobs)), clock)


class AccountCaller:
    """Calls an account in process, authenticated."""

    def __init__(self, emulator: Emulator, clock: ManualClock) -> None:
        self.emulator = emulator
        self.clock = clock

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        query: str = "",
    ) -> Response:
        """Send exactly this; without `headers`, those that the documentation asks for."""
        if headers is None:
            headers = {
                "Authorization": basic(f"{self.emulator.api_key}:"),
                "Accept": "application/vnd.xplenty+json; version=2",
            }
        full = path if path.startswith("/") else f"/{self.emulator.account_id}/api/{path}"
        return self.emulator.account.handle(Request(method, full, query, headers, body))

    def get(self, path: str, **parameters: Any) -> Response:
        return self.send("GET", path, query=urlencode(parameters))

    def post(self, path: str, body: Any = None) -> Response:
        return self.send("POST", path, body=b"" if body is None else json.dumps(body).encode())

    def put(self, path: str, body: Any) -> Response:
        return self.send("PUT", path, body=json.dumps(body).encode())

    def delete(self, path: str) -> Response:
        return self.send("DELETE", path)

    def new_cluster(self, *, ready: bool = True, **fields: Any) -> int:
        """Create a cluster of 2 nodes, wait until it is available if `ready`, and return its id."""
        response = self.post("clusters", {"nodes": 2, **fields})
        assert response.status == 201, response.body
        if ready:
            self.clock.advance(181)
        return int(response.json()["id"])

    def new_job(self, cluster: int, package: int = 101, **fields: Any) -> int:
        """Run a package on a cluster and return the job's id."""
        response = self.post("jobs", {"cluster_id": cluster, "package_id": package, **fields})
        assert response.status == 201, response.body
        return int(response.json()["id"])

    def cluster(self, number: int) -> Any:
        """Return a cluster as a client reads it."""
        return self.get(f"clusters/{number}").json()

    def job(self, number: int) -> Any:
        """Return a job as a client reads it."""
        return self.get(f"jobs/{number}").json()

    def statuses(self, path: str, *, seconds: int, step: int = 1) -> list[str]:
        """Return the different statuses in a row that a resource shows while time passes."""
        seen: list[str] = []
        for _ in range(0, seconds, step):
            status = self.get(path).json()["status"]
            if not seen or seen[-1] != status:
                seen.append(status)
            self.clock.advance(step)
        return seen
