"""An account for runs of every kind: packages that last, fail or are named alike, and a service that has its ways."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.support.accounts.clients import client_of
from tests.support.engine.stack import STEP, Declared
from tests.support.faults.behaviours import rewritten
from xplenty_pulumi.emulator import (
    Effect,
    EmulatedJob,
    Emulator,
    Fault,
    FaultRule,
    Faults,
    Knobs,
    PackageSeed,
    Response,
    Seed,
)

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


@contextmanager
def account_with(*, scheduled: set[str], unanswered: set[str], unending: set[str]) -> Iterator[Emulator]:
    """Give the account; runs are named as `run` names them.

    Some runs were started by a schedule, some starts get no answer, and a failed run names a component. Those in
    `unending` are seen stopping, and not stopped, for as long as they are in it.
    """

    def retell(record: dict[str, Any]) -> None:
        if _name_in(record) in scheduled:
            record["creator"] = {**record["creator"], "type": "Schedule", "id": 301}
        if record.get("status") == "stopped" and _name_in(record) in unending:
            record.update(status="stopping", completed_at=None)
        if record.get("status") == "failed":
            record["component"] = {"name": "read_sales", "type": "database_source_component"}

    def started(true: Response) -> Response:
        if true.status < 300 and _name_in(true.json()) in unanswered:
            return replace(true, status=502, body=b'{"message": "Bad gateway"}')
        return rewritten(retell).answer(true)

    starts = FaultRule("POST jobs", Fault(Effect.DONE, started))
    gate = Faults(starts, FaultRule("* jobs", rewritten(retell)), FaultRule("* jobs/{id}", rewritten(retell)))
    with Emulator(SEED, step=STEP, knobs=KNOBS, gates=[gate]) as emulator:
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
