"""Operations on clusters and jobs: what their own calls are, how each is performed, and whether a success is one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypedDict

from tests.faults.stage import MORE_NODES, NODES, Stage
from xplenty_pulumi.client import Cluster, Hook, Job
from xplenty_pulumi.core.reconcile import Outcome
from xplenty_pulumi.errors import XplentyError

How = Literal["done", "partial", "raised"]
Kind = Literal["read", "write", "create"]
Check = Callable[[], str]
LONG_ENOUGH = 300.0


@dataclass(frozen=True)
class Ending:
    """How one performance ended; `doubt` says what is wrong with what was returned, if anything is."""

    how: How
    error: XplentyError | None = None
    doubt: str = ""


Act = Callable[[], Ending]
"""One performance on one object; doing it again is what the next run does."""


@dataclass(frozen=True)
class Operation:
    """An operation of the matrix; `prepare` gets ready what its acts need, and returns them.

    `most_calls` and `longest`, in seconds, bound all its acts together. A list is read once, in two pages; everything
    else is done twice, to two things.
    """

    name: str
    kind: Kind
    prepare: Callable[[Stage], list[Act]]
    most_calls: int
    longest: float
    call: str = ""
    """The method and path of its own calls, where the rules of faults know no name for it."""


def act_of(deed: Callable[[], str]) -> Act:
    """Return the act of a deed that returns a doubt, or an empty text, or raises."""

    def act() -> Ending:
        try:
            return Ending("done", doubt=deed())
        except XplentyError as error:
            return Ending("raised", error)

    return act


def reconciling(
    deed: Callable[[], Outcome[Cluster] | Outcome[Job] | Outcome[Hook]], *, known: Callable[[], list[int]], check: Check
) -> Act:
    """Return the act of a deed that returns an outcome, whose record must be the only one `known`."""

    def act() -> Ending:
        try:
            outcome = deed()
        except XplentyError as error:
            return Ending("raised", error)
        wrong_id = "" if known() == [outcome.record.id] else f"returned {outcome.record.id}, there is {known()}"
        if outcome.problem is not None:
            return Ending("partial", outcome.problem, wrong_id)
        return Ending("done", doubt=wrong_id or check())

    return act


def unless(holds: bool, doubt: str) -> str:
    return "" if holds else doubt


def _list_clusters(stage: Stage) -> list[Act]:
    wanted = [one.id for one in reversed(stage.emulator.clusters())]

    def deed() -> str:
        found = [one.id for one in stage.ours.client.clusters.list(page_size=3)]
        return unless(found == wanted, f"listed {found}, not {wanted}")

    return [act_of(deed)]


def _list_jobs(stage: Stage) -> list[Act]:
    older, newer = stage.running_job().id, stage.running_job().id
    wanted = [newer, older, stage.others.job.id]

    def deed() -> str:
        found = [one.id for one in stage.ours.client.jobs.list(page_size=2)]
        return unless(found == wanted, f"listed {found}, not {wanted}")

    return [act_of(deed)]


def _get_cluster(stage: Stage) -> list[Act]:
    def get(number: int, name: str) -> Act:
        return act_of(lambda: unless(stage.ours.client.clusters.get(number).name == name, "it is another one"))

    return [get(one.id, one.name) for one in (stage.work, stage.others.clusters[0])]


def _get_job(stage: Stage) -> list[Act]:
    def get(number: int) -> Act:
        return act_of(lambda: unless(stage.ours.client.jobs.get(number).status == "running", "it is another one"))

    return [get(one.id) for one in (stage.running_job(), stage.others.job)]


def _rate_status(stage: Stage) -> list[Act]:
    limit = stage.emulator.account.credits.limit
    return 2 * [act_of(lambda: unless(stage.ours.client.rate_limit().limit == limit, "it is another limit"))]


def _update(stage: Stage) -> list[Act]:
    def update(index: int, number: int) -> Act:
        return reconciling(
            lambda: stage.ours.clusters.update(number, stage.cluster_of(index, nodes=MORE_NODES)),
            known=lambda: [number],
            check=lambda: _is_ready(stage, number, MORE_NODES),
        )

    return [update(index, stage.ready_cluster(index).id) for index in range(2)]


def _create(stage: Stage) -> list[Act]:
    def create(index: int) -> Act:
        def living() -> list[int]:
            return stage.living(index)

        return reconciling(
            lambda: stage.ours.clusters.create(stage.cluster_of(index)),
            known=living,
            check=lambda: _is_ready(stage, living()[0], NODES),
        )

    return [create(index) for index in range(2)]


def _is_ready(stage: Stage, number: int, nodes: int) -> str:
    cluster = stage.emulator.cluster(number)
    return unless((cluster.status, cluster.nodes) == ("available", nodes), f"{cluster.status}, {cluster.nodes} nodes")


def _terminate(stage: Stage) -> list[Act]:
    def terminate(number: int) -> Act:
        def deed() -> str:
            stage.ours.clusters.delete(number, timeout=LONG_ENOUGH)
            return unless(stage.emulator.cluster(number).status == "terminated", "it lives")

        return act_of(deed)

    return [terminate(stage.ready_cluster(index).id) for index in range(2)]


def _run(stage: Stage) -> list[Act]:
    def run(index: int) -> Act:
        def has_completed() -> str:
            status = stage.emulator.job(stage.made(index)[0]).status
            return unless(status == "completed", f"it is {status}")

        return reconciling(
            lambda: stage.ours.job_runs.create(stage.run_of(index)),
            known=lambda: stage.made(index),
            check=has_completed,
        )

    return [run(index) for index in range(2)]


def _stop(stage: Stage) -> list[Act]:
    def stop(number: int) -> Act:
        def deed() -> str:
            stage.ours.job_runs.stop(number, timeout=LONG_ENOUGH)
            return unless(stage.emulator.job(number).status == "stopped", "it goes on")

        return act_of(deed)

    return [stop(stage.running_job().id) for _ in range(2)]


class Bounds(TypedDict):
    """What bounds all acts of an operation together."""

    most_calls: int
    longest: float


# A call of the client ends within 120 s and five attempts, or a dozen where a key that has worked is refused. A change
# is tried four times in 17 s, each within one such call. A create sends two POSTs at most, each followed by 37 s of
# looking. Then what was done has still to be seen.
READ: Bounds = {"most_calls": 20, "longest": 2 * 120}
WRITE: Bounds = {"most_calls": 80, "longest": 2 * (4 * 120 + 17 + 30)}
CREATE: Bounds = {"most_calls": 100, "longest": 2 * (2 * (120 + 37) + 30)}

OPERATIONS = (
    Operation("listClusters", "read", _list_clusters, **READ),
    Operation("getCluster", "read", _get_cluster, **READ),
    Operation("createCluster", "create", _create, **CREATE),
    Operation("updateCluster", "write", _update, **WRITE),
    Operation("terminateCluster", "write", _terminate, **WRITE),
    Operation("listJobs", "read", _list_jobs, **READ),
    Operation("getJob", "read", _get_job, **READ),
    Operation("runJob", "create", _run, **CREATE),
    Operation("stopJob", "write", _stop, **WRITE),
    Operation("getRateLimit", "read", _rate_status, **READ),
)
