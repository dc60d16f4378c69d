"""An account for runs of every kind: packages that last, fail or are named alike, and a service that has its ways."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.support.accounts.clients import client_of
from tests.support.engine.stack import STEP, Declared
from xplenty_pulumi.emulator import EmulatedJob, Emulator, Knobs, PackageSeed, Request, Response, Seed

NAMES = {"who": "''", "rev": "0", "password": "''"}
"""The variables that every package declares, with their defaults."""
QUICK, BROKEN, ENDLESS, OVERLONG = 101, 103, 200, 201
SEED = Seed(
    packages=(
        PackageSeed(QUICK, "Daily sales", variables={"day": "'monday'", **NAMES}, outputs={"daily_sales": 10_415}),
        PackageSeed(BROKEN, "Broken import", variables=NAMES, run_seconds=20, failure="Input path not found."),
        PackageSeed(ENDLESS, "Endless", variables=NAMES, run_seconds=10**7),
        PackageSeed(OVERLONG, "Overlong", variables=NAMES, run_seconds=10**7),
    )
)
KNOBS = Knobs(jobs_per_cluster=50, job_idle_seconds=0, job_pending_seconds=0)
"""All runs find room on one cluster, and are running at the first look."""


class Ways:
    """A gate: some runs were started by a schedule, some starts get no answer, and a failed run names a component.

    Those in `unending` are seen stopping, and not stopped, for as long as they are in it.
    """

    def __init__(self, *, scheduled: set[str], unanswered: set[str], unending: set[str]) -> None:
        self._scheduled, self._unanswered, self._unending = scheduled, unanswered, unending

    def before(self, request: Request) -> Response | None:
        return None

    def after(self, request: Request, response: Response) -> Response:
        if "/jobs" not in request.path or not response.body or response.status >= 300:
            return response
        document = response.json()
        records = [one for one in (document if isinstance(document, list) else [document]) if "package_id" in one]
        if request.method == "POST" and self._unanswered & {_name_in(one) for one in records}:
            return replace(response, status=502, body=b'{"message": "Bad gateway"}')
        for record in records:
            self._retell(record)
        return replace(response, body=json.dumps(document).encode())

    def _retell(self, record: dict[str, Any]) -> None:
        if _name_in(record) in self._scheduled:
            record["creator"] = {**record["creator"], "type": "Schedule", "id": 301}
        if record["status"] == "stopped" and _name_in(record) in self._unending:
            record.update(status="stopping", completed_at=None)
        if record["status"] == "failed":
            record["component"] = {"name": "read_sales", "type": "database_source_component"}


@contextmanager
def account_with(*, scheduled: set[str], unanswered: set[str], unending: set[str]) -> Iterator[Emulator]:
    """Give the account; runs are named as `run` names them."""
    ways = Ways(scheduled=scheduled, unanswered=unanswered, unending=unending)
    with Emulator(SEED, step=STEP, knobs=KNOBS, gates=[ways]) as emulator:
        yield emulator


def run(name: str, options: dict[str, Any] | None = None, /, **inputs: Any) -> Declared:
    """Declare a run of a quick package on the cluster `etl`, unless told otherwise, with its name as a variable."""
    package = {} if "package" in inputs else {"package_id": QUICK}
    variables = {"who": _spelled(name), **inputs.pop("variables", {})}
    given = {"cluster_id": {"id of": "etl"}, **package, **inputs, "variables": variables}
    return Declared("JobRun", name, given, options or {})


def start(account: Emulator, name: str, *, cluster_id: int) -> int:
    """Start an endless run outside of every stack, equal to the one that `run` declares, and return its id."""
    with client_of(account) as client:
        return client.jobs.run(cluster_id=cluster_id, package_id=ENDLESS, variables={"who": _spelled(name)}).id


def runs_of(account: Emulator, name: str) -> list[EmulatedJob]:
    """Return the account's runs of this name, oldest first."""
    return [job for job in account.jobs() if job.variables.get("who") == _spelled(name)]


def _spelled(name: str) -> str:
    return f"'{name}'"


def _name_in(record: dict[str, Any]) -> str:
    return str((record.get("variables") or {}).get("who", "")).strip("'")
