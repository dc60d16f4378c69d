"""New clusters are waited for until they are what was asked for, and broken ones are cleared away."""

import re

import pytest

from tests.support.accounts.bench import BUILDING_TIME, Bench
from tests.support.accounts.desired import adopted, desired, signed
from tests.support.faults.behaviours import answers, lost_after, preceded_by, rewritten, unreachable
from xplenty_pulumi.errors import AuthError, Cancelled, InvalidError, ReadyFailed, ReadyTimeout, WaitError


def test_create_waits_until_available(bench: Bench) -> None:
    """Create returns when the service shows the cluster as available, not when it was asked for."""
    outcome = bench.clusters.create(desired(nodes=3))
    assert outcome.problem is None
    assert (outcome.record.status, outcome.record.nodes) == ("available", 3)
    assert bench.clock.monotonic() >= BUILDING_TIME
    assert bench.headlines == ["[1/2] pending", "[2/2] creating"]


def test_create_waits_for_all_nodes(bench: Bench) -> None:
    """Available with a part of the nodes is not ready."""
    bench.wire.on("GET clusters/501", preceded_by(lambda: bench.emulator.edit_cluster(501, nodes=3)), calls={1})
    outcome = bench.clusters.create(desired(nodes=5, timeout=400))
    assert isinstance(outcome.problem, ReadyTimeout)
    assert "not available with 5 nodes after 6m40s" in str(outcome.problem)
    assert outcome.record.nodes == 3


def test_a_sandbox_is_ready_with_its_node(bench: Bench) -> None:
    """One node is enough for a sandbox, and is called so while it is waited for."""
    slow = bench.clusters.create(desired(type="sandbox", nodes=1, timeout=60))
    assert "not available with 1 node after 1m" in str(slow.problem)
    outcome = bench.clusters.create(desired(type="sandbox", nodes=1))
    assert outcome.problem is None
    assert outcome.record.type == "sandbox"


def test_a_slow_cluster_is_kept(bench: Bench) -> None:
    """When time is over, the cluster is returned with the problem, so that the caller keeps its id; it is not ended."""
    outcome = bench.clusters.create(desired(timeout=60))
    assert isinstance(outcome.problem, ReadyTimeout)
    assert outcome.problem.resource == f"cluster {outcome.record.id}"
    assert outcome.record.status == "creating"
    assert outcome.problem.advice.endswith("again to go on waiting, perhaps with a longer ready_timeout")
    assert len(bench.emulator.living_clusters()) == 1


def test_a_cancelled_create_keeps_the_cluster(bench: Bench) -> None:
    """Cancelling stops the waiting and nothing else."""
    bench.cancel_at("POST clusters")
    outcome = bench.clusters.create(desired())
    assert isinstance(outcome.problem, Cancelled)
    assert outcome.problem.advice == "It goes on existing; run `pulumi up` again to go on waiting"
    assert bench.wire.count("DELETE .*") == 0
    assert [one.id for one in bench.emulator.living_clusters()] == [outcome.record.id]


def test_an_outage_is_told_and_named_as_the_cause(bench: Bench) -> None:
    """Where the service cannot be reached any more, a longer time-out is not what helps."""
    bench.wire.on("GET clusters/501", unreachable, calls=range(3, 1_000))
    outcome = bench.clusters.create(desired(timeout=60))
    assert isinstance(outcome.problem, ReadyTimeout)
    assert bench.headlines[-1] == "[1/2] pending · not reached, trying again"
    text = str(outcome.problem)
    assert re.search(r"after 1m; last seen pending \d+s ago, and no good answer since: \S+ cannot be reached: ", text)
    assert text.endswith("It goes on existing; run `pulumi up` again to go on waiting")


@pytest.mark.parametrize(("status", "error"), [(500, WaitError), (401, AuthError)])
def test_a_failed_look_keeps_the_cluster(bench: Bench, status: int, error: type[Exception]) -> None:
    """A cluster that cannot be looked at any more is not ended because of that."""
    bench.wire.on("GET clusters/.*", answers(status))
    outcome = bench.clusters.create(desired())
    assert isinstance(outcome.problem, error)
    assert bench.wire.count("DELETE .*") == 0


def test_a_cluster_ended_by_others_is_not_ready(bench: Bench) -> None:
    """Somebody who ends it while it is waited for is told about at once."""
    bench.wire.on("GET clusters/501", preceded_by(lambda: bench.emulator.end_cluster(501)), calls={3})
    outcome = bench.clusters.create(desired())
    assert isinstance(outcome.problem, ReadyFailed)
    assert str(outcome.problem) == (
        "cluster 501: cannot become available with 2 nodes: it is terminated. Run `pulumi up --refresh` to create it "
        "anew"
    )


def test_a_cluster_that_a_shorter_time_to_idle_ends_is_told_with_that_cause(bench: Bench) -> None:
    """One that has been idle for longer than the new limit ends as soon as that is sent."""
    one = bench.clusters.create(desired(terminate_on_idle=True, time_to_idle=28_800)).record
    bench.clock.advance(7200)
    outcome = bench.clusters.update(one.id, desired(terminate_on_idle=True, time_to_idle=1800))
    assert str(outcome.problem) == (
        "cluster 501: cannot become available with 2 nodes: it is terminated after it had been idle, as "
        "terminate_on_idle asks. Run `pulumi up --refresh` to create it anew"
    )


def test_a_cluster_that_vanishes_is_not_ready(bench: Bench) -> None:
    """The last sight of it is returned."""
    bench.wire.on("GET clusters/501", preceded_by(lambda: bench.emulator.delete_record("cluster", 501)), calls={3})
    outcome = bench.clusters.create(desired())
    assert isinstance(outcome.problem, ReadyFailed)
    assert "does not know it (404)" in str(outcome.problem)
    assert outcome.record.id == 501


def test_a_broken_cluster_is_terminated(bench: Bench) -> None:
    """A new cluster that ends in error is ended, seen to be ended, and nothing is left to keep."""
    bench.emulator.fail_next_clusters()
    with pytest.raises(ReadyFailed) as caught:
        bench.clusters.create(desired())
    assert caught.value.last_status == "error"
    assert "was terminated; nothing is left of it" in str(caught.value)
    assert [one.status for one in bench.emulator.clusters()] == ["terminated"]


def test_a_broken_cluster_may_be_kept(bench: Bench) -> None:
    """On the user's word it stays for people to look at, and in the state."""
    bench.emulator.fail_next_clusters()
    outcome = bench.clusters.create(desired(on_create_failure="keep"))
    assert isinstance(outcome.problem, ReadyFailed)
    assert outcome.problem.reason == "its status is error"
    assert "set on_create_failure to 'terminate' and run `pulumi up`, which ends it and" in outcome.problem.advice
    assert [one.status for one in bench.emulator.clusters()] == ["error"]
    assert bench.wire.count("DELETE .*") == 0


@pytest.mark.parametrize("timeout", [30, 1200])
def test_a_broken_cluster_that_can_not_be_terminated_is_kept(bench: Bench, timeout: float) -> None:
    """It may cost money, so its id is not let go of."""
    bench.emulator.fail_next_clusters()
    if timeout > 60:
        bench.wire.on("DELETE .*", answers(422, "not now"))
    outcome = bench.clusters.create(desired(terminate_timeout=timeout))
    assert isinstance(outcome.problem, ReadyFailed)
    assert "could not be terminated" in str(outcome.problem)
    assert "may cost money" in outcome.problem.advice
    assert outcome.record.status == "error"


def test_an_existing_broken_cluster_is_not_terminated_by_an_update(bench: Bench) -> None:
    """Only what create has made is cleared away."""
    made = bench.emulator.add_cluster(status="error")
    outcome = bench.clusters.update(made.id, desired())
    assert isinstance(outcome.problem, ReadyFailed)
    assert bench.emulator.cluster(made.id).status == "error"


def test_a_status_nobody_knows_is_borne(bench: Bench) -> None:
    """A new word of the service is neither the goal nor a failure."""
    hibernating = rewritten(lambda record: record.update(status="hibernating"))
    bench.wire.on("GET clusters/501", hibernating, calls={1, 2})
    assert bench.clusters.create(desired()).problem is None
    assert bench.headlines == ["[1/2] pending", "hibernating", "[1/2] pending", "[2/2] creating"]


def test_a_refused_change_keeps_the_adopted_cluster(bench: Bench) -> None:
    """What is adopted and cannot be brought to the desired form is kept with the problem."""
    left = bench.emulator.add_cluster(description=signed())
    bench.wire.on("PUT .*", answers(422, "nodes is too much"), calls={1})
    outcome = bench.clusters.create(desired(nodes=9))
    assert outcome.record.id == left.id
    assert isinstance(outcome.problem, InvalidError)
    assert f"cluster {left.id} exists, was last seen available, and may cost money" in str(outcome.problem)
    assert bench.emulator.cluster(left.id).description == adopted("", nonces=outcome.nonces)


def test_a_lost_answer_to_the_first_change_is_seen(bench: Bench) -> None:
    """A change whose answer got lost is looked for before it is repeated."""
    bench.emulator.add_cluster(description=signed())
    bench.wire.on("PUT .*", lost_after, calls={1})
    outcome = bench.clusters.create(desired(nodes=3))
    assert outcome.problem is None
    assert bench.wire.bodies("PUT .*") == [{"nodes": 3}, {"description": adopted("", nonces=outcome.nonces)}]
