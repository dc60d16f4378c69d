"""Clusters that nobody waits for, on the real engine."""

from collections.abc import Callable

from tests.support.engine.stack import Stack, cluster, job
from xplenty_pulumi.emulator import Emulator


def test_life_of_a_cluster_that_nobody_waits_for(make_stack: Callable[..., Stack]) -> None:
    """An `up` returns with the cluster being built, is quiet then, resizes it, and a destroy returns while it ends."""
    with Emulator(step=0) as account:
        stack = make_stack(account)
        stack.declare(cluster("etl", wait_for="accepted")).up().succeeded()
        (made,) = account.clusters()
        assert (made.status, stack.outputs()["etl"]["status"]) == ("pending", "pending")
        stack.refresh().succeeded()
        stack.up("--expect-no-changes").succeeded()

        account.edit_cluster(made.id, status="available")
        stack.declare(cluster("etl", wait_for="accepted", nodes=4)).up().succeeded()
        assert account.cluster(made.id).status == "scaling"
        stack.refresh().succeeded()
        stack.up("--expect-no-changes").succeeded()

        account.edit_cluster(made.id, status="available")
        destroyed = stack.destroy().succeeded()
        assert account.cluster(made.id).status == "pending_terminate"
    assert "its release was not verified, as wait_for asks" in destroyed.output


def test_run_waits_for_the_cluster_itself(stack: Stack, account: Emulator) -> None:
    """A run in the same program starts once the cluster is available, and completes."""
    stack.declare(cluster("etl", wait_for="accepted"), job("load")).up().succeeded()
    (made,), (run,) = account.clusters(), account.jobs()
    assert made.available_since is not None
    assert run.created_at >= made.available_since
    assert run.status == "completed"
