"""Single stories: those that model runs once failed on, and those that tell what a broken core would do."""

import pytest

from tests.support.simulation.stack import SimulatedStack
from tests.support.simulation.world import SimulatedWorld
from xplenty_pulumi.emulator import FaultRule
from xplenty_pulumi.emulator.faults.catalogue import late_commit
from xplenty_pulumi.emulator.faults.rules import ALWAYS, FIRST


def _stack(world: SimulatedWorld | None = None, organization: str = "acme") -> SimulatedStack:
    stack = SimulatedStack(world or SimulatedWorld(), organization)
    stack.cluster("main")
    return stack


def _stack_with_job() -> SimulatedStack:
    stack = _stack()
    stack.job("load", "main")
    return stack


def _living(stack: SimulatedStack) -> list[int]:
    return [one.id for one in stack.world.emulator.living_clusters()]


def _runs(stack: SimulatedStack) -> list[int]:
    return [one.id for one in stack.world.emulator.jobs()]


def test_a_lost_answer_is_looked_for() -> None:
    """A cluster whose creation got no answer is found by its marker and is the only one."""
    stack = _stack()
    stack.world.let_fail(FaultRule("createCluster", "reset after", FIRST))
    assert stack.up().calm
    assert _living(stack) == [int(stack.disk["main"].id)]


def test_a_lost_cluster_that_breaks_meanwhile_is_ended() -> None:
    """A cluster that is broken by the time somebody looks for it is not left behind for a second one."""
    stack = _stack()
    stack.world.emulator.fail_next_clusters(1)
    stack.world.let_fail(FaultRule("createCluster", "slow drip", FIRST))
    assert not stack.up().calm
    assert not _living(stack)
    assert not stack.disk


def test_a_run_that_comes_too_late_to_be_seen_is_not_started_again() -> None:
    """A run that begins after the last look for it is the only one there is; the failure says that it is unknown."""
    stack = _stack_with_job()
    stack.world.let_fail(FaultRule("runJob", late_commit(60, 70), FIRST))
    (failure,) = stack.up().failures
    assert "not sent again" in failure
    stack.world.pass_time(120)
    assert len(_runs(stack)) == 1
    assert stack.up().calm
    assert [int(stack.disk["load"].id)] == _runs(stack)


def test_what_is_up_is_available() -> None:
    """A run that went through means that the cluster is available with its nodes, and that the job is completed."""
    stack = _stack_with_job()
    stack.cluster("main", nodes=4)
    assert stack.up().calm
    emulator = stack.world.emulator
    cluster = emulator.cluster(int(stack.disk["main"].id))
    assert (cluster.status, cluster.nodes) == ("available", 4)
    assert emulator.job(int(stack.disk["load"].id)).status == "completed"


def test_what_is_destroyed_is_terminated() -> None:
    """A destroy that went through means that the cluster is terminated, not only asked to end."""
    stack = _stack()
    assert stack.up().calm
    number = int(stack.disk["main"].id)
    assert stack.destroy().calm
    assert stack.world.emulator.cluster(number).status == "terminated"


def test_one_404_is_not_believed() -> None:
    """A cluster that the service denies once stays in the state."""
    stack = _stack()
    assert stack.up().calm
    stack.world.let_fail(FaultRule("getCluster", "404", FIRST))
    assert stack.refresh().calm
    assert "main" in stack.disk


@pytest.mark.parametrize("fault", ["502 before", "503 with advice", "reset before", "HTML page"])
def test_an_end_that_was_not_heard_is_asked_for_again(fault: str) -> None:
    """A server fault in answer to a delete is no end: it is asked for again, and seen."""
    stack = _stack()
    assert stack.up().calm
    stack.world.let_fail(FaultRule("terminateCluster", fault, FIRST))
    assert stack.destroy().calm
    assert not _living(stack)


def test_a_time_out_keeps_the_cluster() -> None:
    """A cluster that is not ready in time stays, in the account and in the state, and the next run goes on waiting."""
    stack = _stack()
    stack.cluster("main", ready_timeout=3)
    assert not stack.up().calm
    assert stack.disk["main"].unfinished
    assert _living(stack) == [int(stack.disk["main"].id)]
    stack.cluster("main")
    assert stack.up().calm
    assert len(stack.world.emulator.clusters()) == 1


def test_poll_trouble_ends_nothing() -> None:
    """A cluster that cannot be looked at for a quarter of an hour is kept, and taken up when it can."""
    stack = _stack()
    stack.world.let_fail(FaultRule("getCluster", "502 before", ALWAYS))
    assert not stack.up().calm
    stack.world.let_fail()
    assert stack.up().calm
    assert [one.id for one in stack.world.emulator.clusters()] == [int(stack.disk["main"].id)]


def test_two_organizations_with_the_same_names_are_strangers() -> None:
    """Two stacks of one name in two organizations on one account have a cluster each, and end only their own."""
    world = SimulatedWorld()
    ours, theirs = _stack(world), _stack(world, "globex")
    assert ours.up(crash_at=ours.boundary("after POST clusters")).crashed
    assert theirs.up().calm
    assert ours.up().calm
    assert ours.disk["main"].id != theirs.disk["main"].id
    assert ours.destroy().calm
    assert _living(theirs) == [int(theirs.disk["main"].id)]


def test_a_lost_cluster_is_adopted_within_the_hour() -> None:
    """A cluster of which only the account knows is taken up by the next run."""
    stack = _stack()
    assert stack.up(crash_at=stack.boundary("after POST clusters")).crashed
    stack.world.pass_time(3000)
    assert stack.up().calm
    assert len(stack.world.emulator.clusters()) == 1


def test_a_cluster_lost_long_ago_is_refused() -> None:
    """A cluster with the marker that is older than the window is neither adopted nor doubled."""
    stack = _stack()
    assert stack.up(crash_at=stack.boundary("after POST clusters")).crashed
    stack.world.pass_time(2 * 3600)
    (refusal,) = stack.up().failures
    assert "too long ago" in refusal
    assert len(stack.world.emulator.clusters()) == 1


def test_each_trigger_brings_a_run_of_its_own() -> None:
    """Runs that were let go within the hour are not taken for lost ones, however many there are."""
    stack = _stack()
    for number in range(4):
        stack.job("load", "main", triggers=[number])
        assert stack.up().calm
    assert len(_runs(stack)) == 4
    assert int(stack.disk["load"].id) == _runs(stack)[-1]


def test_a_run_that_was_let_go_is_run_anew() -> None:
    """A run that was removed and is declared again on the same cluster is started again."""
    stack = _stack_with_job()
    assert stack.up().calm
    declared = stack.program.pop("load")
    assert stack.up().calm
    stack.program["load"] = declared
    assert stack.up().calm
    assert len(_runs(stack)) == 2


def test_two_processes_at_once_leave_each_other_alone() -> None:
    """Where two processes of one state create at the same moment, neither ends or takes what the other has made."""
    stack = _stack()
    other = SimulatedStack(stack.world, program=dict(stack.program))
    before_post = stack.boundary("before POST clusters")
    assert stack.up(visits={before_post: other.up}).calm
    assert not stack.refresh().warnings
    assert _living(stack) == sorted(int(one.disk["main"].id) for one in (stack, other))


def test_what_another_process_is_making_is_left_to_it() -> None:
    """An unfinished cluster of the same resource is no duplicate where another process has asked for it."""
    stack = _stack()
    other = SimulatedStack(stack.world, program=dict(stack.program))
    before_post, after_post = (stack.boundary(f"{side} POST clusters") for side in ("before", "after"))
    assert stack.up(visits={before_post: lambda: other.up(crash_at=after_post)}).calm
    assert len(_living(stack)) == 2


def test_a_delete_survives_one_false_404() -> None:
    """A cluster that the service denies once, just before it is to end, is ended all the same."""
    stack = _stack()
    assert stack.up().calm
    stack.world.let_fail(FaultRule("getCluster", "404", range(2, 3)))
    report = stack.destroy()
    assert report.calm, report.failures
    assert not _living(stack)


def test_a_stop_survives_one_false_404() -> None:
    """A run that the service denies once, just before it is to be stopped, is stopped all the same."""
    stack = _stack_with_job()
    assert stack.up(crash_at=stack.boundary("after POST jobs")).crashed
    stack.job("load", "main", timeout=1)
    assert not stack.up().calm
    assert stack.disk["load"].unfinished
    stack.world.let_fail(FaultRule("getJob", "404", FIRST))
    del stack.program["load"]
    report = stack.up()
    assert report.calm, report.failures
    assert stack.world.emulator.job(_runs(stack)[0]).status == "stopped"
