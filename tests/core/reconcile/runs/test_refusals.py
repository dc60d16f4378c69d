"""A run that cannot be started says which input is at fault."""

from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.behaviours import answers, unreachable
from tests.support.faults.exchange import Behaviour
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import BillingError, InvalidError, NotFoundError, NotSentError, ServerError, XplentyError

ARCHIVED = 105


def wanted(bench: Bench, package_id: int = 101, **inputs: Any) -> DesiredRun:
    """Return a run as it should be, on the account's only cluster."""
    clusters = bench.emulator.clusters() or (bench.emulator.add_cluster(),)
    return desired_run(clusters[0], package_id, **inputs)


@pytest.mark.parametrize(("fault", "error", "posts"), [(answers(402), BillingError, 1), (unreachable, NotSentError, 4)])
def test_a_refused_start_is_raised(bench: Bench, fault: Behaviour, error: type[Exception], posts: int) -> None:
    """A definite answer that has nothing to do with the inputs is raised as it is."""
    bench.wire.on("POST jobs", fault)
    with pytest.raises(error):
        bench.job_runs.create(wanted(bench))
    assert bench.wire.count("POST jobs") == posts


def test_nothing_is_started_when_looking_failed_before(bench: Bench) -> None:
    """Without knowing what runs, nothing is sent."""
    bench.wire.on("GET jobs", answers(500))
    with pytest.raises(ServerError):
        bench.job_runs.create(wanted(bench))
    assert bench.wire.count("POST jobs") == 0


@pytest.mark.parametrize("answer", [404, 422])
@pytest.mark.parametrize(
    ("cluster_id", "package_id", "words"),
    [
        (77, 101, "cluster 77 does not exist in this account"),
        (501, 999, "package 999 does not exist in this account"),
        (77, 999, "cluster 77 does not exist in this account"),
    ],
)
def test_what_does_not_exist_is_named(answer: Any, cluster_id: int, package_id: int, words: str) -> None:
    """The service does not say which of the two it misses, so we do."""
    bench = Bench.new(knobs=Knobs(unknown_id_on_run=answer))
    bench.emulator.add_cluster()
    run = DesiredRun({"cluster_id": str(cluster_id), "package_id": str(package_id)}, 60)
    with pytest.raises((NotFoundError, InvalidError)) as caught:
        bench.job_runs.create(run)
    assert caught.value.message == words
    assert caught.value.status == answer
    assert caught.value.resource == f"package {package_id} on cluster {cluster_id}"
    assert caught.value.advice == "No run was started; correct the input and run `pulumi up` again"


@pytest.mark.parametrize("answer", [404, 422])
@pytest.mark.parametrize("status", CLUSTER.statuses(Phase.ENDING, Phase.GONE))
@pytest.mark.parametrize("by_idling", [False, True])
def test_an_ended_cluster_is_named(answer: Any, status: str, *, by_idling: bool) -> None:
    """A cluster that takes no jobs any more is told with its status, why it ended, and what makes a new one."""
    bench = Bench.new(knobs=Knobs(ended_cluster_on_run=answer))
    cluster = bench.emulator.add_cluster(status=status, terminated_on_idle=by_idling)
    with pytest.raises((InvalidError, NotFoundError)) as caught:
        bench.job_runs.create(desired_run(cluster, account="eu"))
    why = ", after it had been idle" if by_idling else ""
    assert caught.value.message == f"cluster {cluster.id} of account eu is {status}{why}"
    assert caught.value.advice.startswith("No run was started; if this stack declares the cluster, run `pulumi up")
    assert caught.value.advice.endswith("else name one that lives")
    assert bench.emulator.jobs() == ()


@pytest.mark.parametrize("status", [*CLUSTER.statuses(Phase.BUILDING, Phase.SCALING, Phase.READY)])
def test_a_cluster_that_is_not_ready_is_waited_for(bench: Bench, status: str) -> None:
    """The run waits in its queue until the cluster takes it, and is followed to its end."""
    now = bench.emulator.account.world.now
    cluster = bench.emulator.add_cluster(status=status, status_since=now + (0 if status in READY else 600))
    outcome = bench.job_runs.create(desired_run(cluster))
    assert (outcome.problem, outcome.record.status) == (None, "completed")


READY = CLUSTER.statuses(Phase.READY)


def test_an_archived_package_is_named(bench: Bench) -> None:
    """An archived package is told as that."""
    with pytest.raises(InvalidError, match="package 105 is archived"):
        bench.job_runs.create(wanted(bench, ARCHIVED))


@pytest.mark.parametrize("looks", ["fail", "find nothing wrong"])
def test_a_refusal_that_can_not_be_explained(bench: Bench, looks: str) -> None:
    """Then the service's own words stand."""
    run = wanted(bench)
    bench.wire.on("POST jobs", answers(422, "too many jobs"))
    if looks == "fail":
        bench.wire.on("GET (clusters|packages)/.*", answers(500), calls=range(2, 100))
    with pytest.raises(XplentyError, match="too many jobs"):
        bench.job_runs.create(run)
