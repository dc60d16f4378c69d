"""What stacks come to before a run that is ended everywhere, and what that run is to bring about."""

from dataclasses import replace

from tests.support.simulation.crashes import Step
from tests.support.simulation.stack import Stack
from tests.support.simulation.world import ENDLESS, FAILING, World
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.emulator import FaultRule
from xplenty_pulumi.emulator.faults.rules import FIRST


def declare(*, jobs: int = 0, rev: int = 0, trigger: int = 0, **inputs: object) -> Step:
    """Return the step that declares a cluster and this many runs on it."""

    def step(_world: World, stack: Stack) -> None:
        stack.cluster("main", **inputs)
        for number in range(jobs):
            stack.job(f"load{number}", "main", rev=rev, triggers=[trigger])

    return step


def ring(**inputs: object) -> Step:
    """Return the step that declares a hook."""

    def step(_world: World, stack: Stack) -> None:
        stack.hook("bell", **inputs)

    return step


def remove_all(_world: World, stack: Stack) -> None:
    """Take everything out of the program."""
    stack.program = {}


def tell_of_job(told: bool) -> Step:
    """Return the step that declares a run which is to be running, and of which is told or not."""

    def step(_world: World, stack: Stack) -> None:
        stack.cluster("main")
        stack.job("load0", "main", notify=told, wait_for="running", package_id=ENDLESS)

    return step


def bring_up(step: Step) -> Step:
    """Return the step that also brings up what `step` declares."""

    def then(world: World, stack: Stack) -> None:
        step(world, stack)
        report = stack.up()
        assert report.calm, report.failures

    return then


def lose(step: Step, *, call: str) -> Step:
    """Return the step that brings up what `step` declares, and dies when `call` has had its effect."""

    def then(world: World, stack: Stack) -> None:
        step(world, stack)
        assert stack.up(crash_at=stack.boundary(f"after {call}")).crashed

    return then


def fall_ill(step: Step, *, call: str, fault: str) -> Step:
    """Return the step that declares the same, while the first such call meets a fault."""

    def then(world: World, stack: Stack) -> None:
        step(world, stack)
        world.let_fail(FaultRule(call, fault, calls=FIRST))

    return then


def break_next_cluster(world: World, stack: Stack) -> None:
    """Declare a cluster, the first of which ends in `error`."""
    world.emulator.fail_next_clusters(1)
    declare()(world, stack)


def remove_jobs(_world: World, stack: Stack) -> None:
    """Take every run out of the program."""
    stack.program = {name: one for name, one in stack.program.items() if one.kind is CLUSTER}


def half_made_cluster(_world: World, stack: Stack) -> None:
    """A cluster is in the state before it is ready."""
    stack.cluster("main", ready_timeout=3)
    assert not stack.up().calm
    assert stack.disk["main"].unfinished
    stack.cluster("main")


def unfinished_job(_world: World, stack: Stack) -> None:
    """A run is in the state before it has completed."""
    stack.cluster("main")
    stack.job("load0", "main", timeout=2)
    assert not stack.up().calm
    assert stack.disk["load0"].unfinished
    stack.job("load0", "main")


def failed_job(world: World, stack: Stack) -> None:
    """A run has failed, and what was wrong with its package is put right."""
    stack.cluster("main")
    stack.job("load0", "main", package_id=FAILING)
    assert not stack.up().calm
    packages = world.emulator.account.world
    packages.put(replace(packages.packages[FAILING], failure=None))


def two_runs_let_go(world: World, stack: Stack) -> None:
    """Two runs of the same were let go within the hour, and a third is in the state."""
    for trigger in range(3):
        bring_up(declare(jobs=1, trigger=trigger))(world, stack)
