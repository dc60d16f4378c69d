"""A run whose cluster is being built or resized waits for it, and starts then."""

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired, desired_run
from tests.support.faults.behaviours import answers, preceded_by
from xplenty_pulumi.core.kinds.ownership import Origin
from xplenty_pulumi.emulator import EmulatedCluster
from xplenty_pulumi.errors import ApiError, Cancelled, ReadyFailed, ReadyTimeout, RefusedError, WaitError


def at_start(bench: Bench, cluster: EmulatedCluster) -> list[str]:
    """Return a list that gets the status of the cluster whenever a run is started."""
    statuses: list[str] = []
    bench.wire.on("POST jobs", preceded_by(lambda: statuses.append(bench.emulator.cluster(cluster.id).status)))
    return statuses


@pytest.mark.parametrize(("status", "told"), [("creating", "[2/2] creating"), ("scaling", "scaling")])
def test_run_starts_once_the_cluster_is_available(bench: Bench, status: str, told: str) -> None:
    """Nothing is sent while the cluster is built or resized, and its steps are told in the row of the run."""
    cluster = bench.emulator.add_cluster(status=status)
    statuses = at_start(bench, cluster)
    outcome = bench.job_runs.create(desired_run(cluster))
    assert outcome.record.status == "completed"
    assert statuses == ["available"]
    assert f"cluster {cluster.id} {told}" in bench.headlines


def test_run_waits_while_the_cluster_cannot_be_looked_at(bench: Bench) -> None:
    """A read that fails in passing says nothing of the cluster, so it is asked again."""
    cluster = bench.emulator.add_cluster(status="creating")
    bench.wire.on(f"GET clusters/{cluster.id}", answers(500), calls=range(1, 4))
    statuses = at_start(bench, cluster)
    assert bench.job_runs.create(desired_run(cluster)).record.status == "completed"
    assert statuses == ["available"]


def test_cluster_that_can_never_be_looked_at_starts_no_run(bench: Bench) -> None:
    """The wait for it ends as any other."""
    cluster = bench.emulator.add_cluster()
    bench.wire.on(f"GET clusters/{cluster.id}", answers(500))
    with pytest.raises(WaitError, match=r"no good answer for 5m\d+s.*no run was started"):
        bench.job_runs.create(desired_run(cluster))
    assert bench.wire.count("POST jobs") == 0


def test_cluster_that_ends_while_it_is_waited_for_starts_no_run(bench: Bench) -> None:
    """What the first look has shown does not count then."""
    cluster = bench.emulator.add_cluster(status="creating")
    broken = preceded_by(lambda: bench.emulator.fail_cluster(cluster.id))
    bench.wire.on(f"GET clusters/{cluster.id}", broken, calls={2})
    with pytest.raises(ReadyFailed, match=f"cluster {cluster.id}: .*no run was started"):
        bench.job_runs.create(desired_run(cluster))
    assert bench.emulator.jobs() == ()


def test_ended_cluster_is_not_waited_for(bench: Bench) -> None:
    """The service refuses the run, and the refusal says why."""
    cluster = bench.emulator.add_cluster(status="terminated")
    with pytest.raises(ApiError, match=f"cluster {cluster.id} is terminated"):
        bench.job_runs.create(desired_run(cluster))


def test_cluster_is_looked_at_once_for_all_its_runs(bench: Bench) -> None:
    """The first run sees it ready, and the others rely on that."""
    cluster = bench.emulator.add_cluster()
    for day in ("mon", "tue"):
        bench.job_runs.create(desired_run(cluster, variables={"day": f"'{day}'"}))
    assert bench.wire.count("POST jobs") == 2
    assert bench.wire.count(f"GET clusters/{cluster.id}") == 1


@pytest.mark.parametrize("operation", ["create", "update"])
def test_cluster_that_was_awaited_is_not_looked_at(bench: Bench, operation: str) -> None:
    """What this process has made ready costs no further call."""
    made = bench.emulator.add_cluster() if operation == "update" else None
    outcome = bench.clusters.update(made.id, desired(nodes=4)) if made else bench.clusters.create(desired())
    before = bench.wire.count("GET clusters.*")
    bench.job_runs.create(desired_run(bench.emulator.cluster(outcome.record.id)))
    assert bench.wire.count("GET clusters.*") == before


def test_run_waits_for_a_resize_that_nobody_waits_for(bench: Bench) -> None:
    """A cluster that was seen ready is looked at again once its resize was accepted."""
    cluster = bench.emulator.add_cluster()
    statuses = at_start(bench, cluster)
    bench.job_runs.create(desired_run(cluster, variables={"day": "'mon'"}))
    bench.clusters.update(cluster.id, desired(nodes=4, wait_for="accepted"))
    assert bench.emulator.cluster(cluster.id).status == "scaling"
    bench.job_runs.create(desired_run(cluster, variables={"day": "'tue'"}))
    assert statuses == ["available", "available"]


def test_cluster_that_fails_starts_no_run(bench: Bench) -> None:
    """A cluster that ends in `error` is the problem, and no run was started."""
    cluster = bench.emulator.add_cluster(status="error")
    with pytest.raises(ReadyFailed, match=f"cluster {cluster.id}: .*no run was started"):
        bench.job_runs.create(desired_run(cluster))
    assert bench.emulator.jobs() == ()


def test_run_waits_no_longer_than_its_timeout(bench: Bench) -> None:
    """The time-out of the run covers the cluster as well."""
    cluster = bench.emulator.add_cluster(status="creating")
    with pytest.raises(ReadyTimeout, match="no run was started"):
        bench.job_runs.create(desired_run(cluster, timeout=20))
    assert bench.wire.count("POST jobs") == 0


def test_cancel_starts_no_run(bench: Bench) -> None:
    """Whoever interrupts the wait for the cluster has started nothing."""
    cluster = bench.emulator.add_cluster(status="creating")
    bench.cancel_at(f"GET clusters/{cluster.id}")
    with pytest.raises(Cancelled):
        bench.job_runs.create(desired_run(cluster))
    assert bench.wire.count("POST jobs") == 0


def test_no_run_is_started_where_the_id_is_that_of_another_cluster_by_now(bench: Bench) -> None:
    """As after the service was restored from a backup; nor is an equal run there taken for a lost one."""
    cluster = bench.emulator.add_cluster()
    bench.client.jobs.run(cluster_id=cluster.id, package_id=101)
    bench.hand_in(cluster.id)
    bench.polls.ready_clusters.expect(cluster.id, Origin("2020-02-29T12:00:00Z"))
    with pytest.raises(RefusedError, match=r"another cluster by now.*no run was started.*`pulumi up --refresh`"):
        bench.job_runs.create(desired_run(cluster))
    assert bench.wire.count("POST jobs") == 1
