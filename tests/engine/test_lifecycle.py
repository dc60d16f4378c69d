"""One cluster and two job runs through their whole life."""

import pytest

from tests.support.engine.stack import Declared, Stack, cluster, job, writes
from xplenty_pulumi.emulator import Emulator


def _nightly(nodes: int = 2) -> list[Declared]:
    return [
        cluster("etl", nodes=nodes),
        job("load", variables={"day": "'2026-01-31'"}),
        job("report", {"depends_on": ["load"]}, package_id=102),
    ]


def test_up_waits_until_the_cluster_is_available_and_the_jobs_are_completed(stack: Stack, account: Emulator) -> None:
    """What `up` reports as created is seen to be so: the cluster is available, both jobs are completed."""
    stack.declare(*_nightly()).up().succeeded()

    (one,) = account.clusters()
    assert (one.status, one.nodes) == ("available", 2)
    assert [run.status for run in account.jobs()] == ["completed", "completed"]
    outputs = stack.outputs()
    assert stack.state()["etl"]["id"] == str(one.id)
    assert (outputs["etl"]["status"], outputs["report"]["status"]) == ("available", "completed")


def test_jobs_run_in_the_order_of_their_dependencies(stack: Stack, account: Emulator) -> None:
    """The second job is submitted only after the first one has completed."""
    stack.declare(*_nightly()).up().succeeded()

    first, second = account.jobs()
    assert first.completed_at is not None
    assert second.created_at >= first.completed_at


def test_second_up_plans_nothing_and_makes_no_call(stack: Stack, account: Emulator) -> None:
    """After a calm `up` another one finds nothing to do, and does not even ask."""
    stack.declare(*_nightly()).up().succeeded()
    before = account.calls()

    stack.up("--expect-no-changes").succeeded()

    assert {step["op"] for step in stack.preview().values()} == {"same"}
    assert account.calls() == before


def test_changed_nodes_resize_the_same_cluster(stack: Stack, account: Emulator) -> None:
    """A new number of nodes is one PUT, and `up` returns when the cluster is available with that many."""
    stack.declare(*_nightly()).up().succeeded()

    stack.declare(*_nightly(nodes=4)).up().succeeded()

    (one,) = account.clusters()
    assert (one.status, one.nodes) == ("available", 4)
    assert writes(account)[-1] == f"PUT /clusters/{one.id}"
    assert len(account.jobs()) == 2


def test_destroy_ends_when_the_cluster_is_seen_terminated(stack: Stack, account: Emulator) -> None:
    """After `destroy` nothing lives, and a second one has nothing to do."""
    stack.declare(*_nightly()).up().succeeded()

    stack.destroy().succeeded()

    assert [one.status for one in account.clusters()] == ["terminated"]
    assert stack.state() == {}
    stack.destroy().succeeded()


@pytest.mark.parametrize("ended", ["by somebody", "without a trace"])
def test_cluster_that_vanished_is_noticed_and_created_anew(stack: Stack, account: Emulator, ended: str) -> None:
    """A cluster that was ended, or whose record is gone, is dropped by `refresh` and made again by `up`."""
    stack.declare(cluster("etl")).up().succeeded()
    (lost,) = account.clusters()
    if ended == "by somebody":
        account.end_cluster(lost.id)
    else:
        account.delete_record("cluster", lost.id)

    refreshed = stack.refresh().succeeded()

    assert f"cluster {lost.id}: " in refreshed.output
    assert stack.state() == {}
    stack.up().succeeded()
    (living,) = account.living_clusters()
    assert living.id != lost.id


def test_end_by_idling_is_reported_as_what_was_asked_for(stack: Stack, account: Emulator) -> None:
    """A cluster that ended because it was idle is gone after `refresh`, which says that this was its setting."""
    stack.declare(cluster("etl", terminate_on_idle=True)).up().succeeded()
    (one,) = account.clusters()
    account.edit_cluster(one.id, status="terminated", terminated_on_idle=True)

    assert "as terminate_on_idle asks" in stack.refresh().succeeded().output


def test_destroy_of_what_is_already_gone_succeeds(stack: Stack, account: Emulator) -> None:
    """Destroying a cluster that somebody else has ended is no error."""
    stack.declare(cluster("etl")).up().succeeded()
    account.end_cluster(account.clusters()[0].id)

    stack.destroy().succeeded()
