"""A run whose cluster is still being built waits for it, and starts then."""

from collections.abc import Mapping

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.behaviours import preceded_by
from xplenty_pulumi.core.reconcile import RunReconciler
from xplenty_pulumi.errors import Cancelled, ReadyFailed, ReadyTimeout


def waiting(bench: Bench) -> RunReconciler:
    """Return the runs of a process that has seen the cluster being built."""

    def awaits(_inputs: Mapping[str, object]) -> bool:
        return True

    return RunReconciler(bench.client, bench.runs, bench.patience, awaits_cluster=awaits)


def test_run_starts_once_the_cluster_is_available(bench: Bench) -> None:
    """Nothing is sent while the cluster is built, and its steps are told in the row of the run."""
    cluster = bench.emulator.add_cluster(status="creating")
    statuses: list[str] = []
    bench.wire.on("POST jobs", preceded_by(lambda: statuses.append(bench.emulator.cluster(cluster.id).status)))
    outcome = waiting(bench).create(desired_run(cluster))
    assert outcome.record.status == "completed"
    assert statuses == ["available"]
    assert f"cluster {cluster.id} [2/3] creating" in bench.headlines


def test_cluster_that_fails_starts_no_run(bench: Bench) -> None:
    """A cluster that ends in `error` is the problem, and no run was started."""
    cluster = bench.emulator.add_cluster(status="error")
    with pytest.raises(ReadyFailed, match=f"cluster {cluster.id}: .*no run was started"):
        waiting(bench).create(desired_run(cluster))
    assert bench.emulator.jobs() == ()


def test_run_waits_no_longer_than_its_timeout(bench: Bench) -> None:
    """The time-out of the run covers the cluster as well."""
    cluster = bench.emulator.add_cluster(status="creating")
    with pytest.raises(ReadyTimeout, match="no run was started"):
        waiting(bench).create(desired_run(cluster, timeout=20))
    assert bench.wire.count("POST jobs") == 0


def test_cancel_starts_no_run(bench: Bench) -> None:
    """Whoever interrupts the wait for the cluster has started nothing."""
    cluster = bench.emulator.add_cluster(status="creating")
    bench.cancel_at(f"GET clusters/{cluster.id}")
    with pytest.raises(Cancelled):
        waiting(bench).create(desired_run(cluster))
    assert bench.wire.count("POST jobs") == 0
