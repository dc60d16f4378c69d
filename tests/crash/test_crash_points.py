"""A process that dies anywhere leaves nothing behind that the next runs do not find."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support import scoreboard
from tests.support.simulation.crashes import Scenario, Step, crash_everywhere, end_lost_clusters, nothing
from tests.support.simulation.ledger import DEFINITIONS
from tests.support.simulation.program import DECLARED
from tests.support.simulation.stack import SimulatedStack
from tests.support.simulation.world import ENDLESS, FAILING, SimulatedWorld
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.registry import MARKED
from xplenty_pulumi.emulator import FaultRule
from xplenty_pulumi.emulator.faults.rules import FIRST


def declare(*, jobs: int = 0, rev: int = 0, trigger: int = 0, **inputs: object) -> Step:
    """Return the step that declares a cluster and this many runs on it."""

    def step(_world: SimulatedWorld, stack: SimulatedStack) -> None:
        stack.cluster("main", **inputs)
        for number in range(jobs):
            stack.job(f"load{number}", "main", rev=rev, triggers=[trigger])

    return step


def define(kind: str, **inputs: object) -> Step:
    """Return the step that declares a definition of this kind."""

    def step(_world: SimulatedWorld, stack: SimulatedStack) -> None:
        stack.define(kind, "made", **inputs)

    return step


def remove_all(_world: SimulatedWorld, stack: SimulatedStack) -> None:
    """Take everything out of the program."""
    stack.program = {}


def tell_of_job(told: bool) -> Step:
    """Return the step that declares a run which is to be running, and of which is told or not."""

    def step(_world: SimulatedWorld, stack: SimulatedStack) -> None:
        stack.cluster("main")
        stack.job("load0", "main", notify=told, wait_for="running", package_id=ENDLESS)

    return step


def bring_up(step: Step) -> Step:
    """Return the step that also brings up what `step` declares."""

    def then(world: SimulatedWorld, stack: SimulatedStack) -> None:
        step(world, stack)
        report = stack.up()
        assert report.calm, report.failures

    return then


def lose(step: Step, *, call: str) -> Step:
    """Return the step that brings up what `step` declares, and dies when `call` has had its effect."""

    def then(world: SimulatedWorld, stack: SimulatedStack) -> None:
        step(world, stack)
        assert stack.up(crash_at=stack.boundary(f"after {call}")).crashed

    return then


def fall_ill(step: Step, *, call: str, fault: str) -> Step:
    """Return the step that declares the same, while the first such call meets a fault."""

    def then(world: SimulatedWorld, stack: SimulatedStack) -> None:
        step(world, stack)
        world.let_fail(FaultRule(call, fault, calls=FIRST))

    return then


def break_next_cluster(world: SimulatedWorld, stack: SimulatedStack) -> None:
    """Declare a cluster, the first of which ends in `error`."""
    world.emulator.fail_next_clusters(1)
    declare()(world, stack)


def remove_jobs(_world: SimulatedWorld, stack: SimulatedStack) -> None:
    """Take every run out of the program."""
    stack.program = {name: one for name, one in stack.program.items() if one.kind is CLUSTER}


def half_made_cluster(_world: SimulatedWorld, stack: SimulatedStack) -> None:
    """A cluster is in the state before it is ready."""
    stack.cluster("main", ready_timeout=3)
    assert not stack.up().calm
    assert stack.disk["main"].unfinished
    stack.cluster("main")


def unfinished_job(_world: SimulatedWorld, stack: SimulatedStack) -> None:
    """A run is in the state before it has completed."""
    stack.cluster("main")
    stack.job("load0", "main", timeout=2)
    assert not stack.up().calm
    assert stack.disk["load0"].unfinished
    stack.job("load0", "main")


def failed_job(world: SimulatedWorld, stack: SimulatedStack) -> None:
    """A run has failed, and what was wrong with its package is put right."""
    stack.cluster("main")
    stack.job("load0", "main", package_id=FAILING)
    assert not stack.up().calm
    packages = world.emulator.account.world
    packages.put(replace(packages.packages[FAILING], failure=None))


def two_runs_let_go(world: SimulatedWorld, stack: SimulatedStack) -> None:
    """Two runs of the same were let go within the hour, and a third is in the state."""
    for trigger in range(3):
        bring_up(declare(jobs=1, trigger=trigger))(world, stack)


HOURS = 3600.0
FIGURES = {
    False: ("crash points, simulated", "make test TESTS=tests/crash"),
    True: ("crash points, simulated, at each", "make test-long TESTS=tests/crash"),
}
_CLUSTER, _JOB, _MIXED = declare(), declare(jobs=1), declare(jobs=2)
_ACCEPTED = declare(wait_for="accepted")
_NEXT_RUN = "next run after"
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "package": ({"variables": {"day": "'y'"}}, {"flow_type": "workflow"}),
    "schedule": ({"every": "2 days"}, {}),
    "connection": (
        {"settings": {**DECLARED["connection"]["settings"], "host": "db2.example.test"}},
        {"type": "s3", "settings": {"username": "loads-key", "password": "pw-4711"}},
    ),
    "hook": ({"events": ["job"]}, {"type": "email", "settings": {"emails": "a@example.test"}}),
}
"""For each kind of definition what changes it, and what replaces it; nothing replaces some."""


def of_definition(kind: str) -> Iterator[Scenario]:
    """Yield what can happen to a definition of this kind."""
    made, (changed, replaced) = define(kind), CHANGES[kind]
    call = f"POST {MARKED[kind].collection}{'/mysql' if kind == 'connection' else ''}"
    yield Scenario(f"create a {kind}", made)
    yield Scenario(f"adopt a {kind}", made, before=lose(made, call=call))
    yield Scenario(f"change a {kind}", define(kind, **changed), before=bring_up(made))
    if replaced:
        yield Scenario(f"replace a {kind}", define(kind, **replaced), before=bring_up(made))
    yield Scenario(f"remove a {kind}", remove_all, before=bring_up(made))
    yield Scenario(f"delete a {kind}", made, before=bring_up(made), run="destroy")
    yield Scenario(f"refresh a {kind}", made, before=bring_up(made), run="refresh")
    yield Scenario(f"create a {kind}, answer lost", fall_ill(made, call=call, fault="reset after"))


SCENARIOS = (
    Scenario("create a cluster", _CLUSTER),
    Scenario("create a cluster and a job", _JOB),
    Scenario("create a cluster and two jobs", _MIXED),
    Scenario("adopt a cluster", _CLUSTER, before=lose(_CLUSTER, call="POST clusters")),
    Scenario("adopt a job", _JOB, before=lose(_JOB, call="POST jobs")),
    Scenario("resize a cluster", declare(nodes=4), before=bring_up(_CLUSTER)),
    Scenario("replace a cluster", declare(stack="blue-everest"), before=bring_up(_CLUSTER)),
    Scenario("replace a cluster with two jobs", declare(stack="blue-everest", jobs=2), before=bring_up(_MIXED)),
    Scenario("replace a job by variables", declare(jobs=1, rev=1), before=bring_up(_JOB)),
    Scenario("replace a job by triggers", declare(jobs=1, trigger=1), before=bring_up(_JOB)),
    Scenario("replace a job for the third time", declare(jobs=1, trigger=3), before=two_runs_let_go),
    Scenario("replace a failed job", nothing, before=failed_job),
    Scenario("remove a job", remove_jobs, before=bring_up(_JOB)),
    Scenario("stop a job", remove_jobs, before=unfinished_job),
    Scenario("delete a cluster", _CLUSTER, before=bring_up(_CLUSTER), run="destroy"),
    Scenario("delete a cluster with two jobs", _MIXED, before=bring_up(_MIXED), run="destroy"),
    Scenario("refresh a cluster with two jobs", _MIXED, before=bring_up(_MIXED), run="refresh"),
    Scenario("go on waiting for a cluster", nothing, before=half_made_cluster),
    Scenario("go on following a job", nothing, before=unfinished_job),
    Scenario("a cluster that breaks", break_next_cluster),
    Scenario("create a cluster, answer lost", fall_ill(_CLUSTER, call="createCluster", fault="reset after")),
    Scenario("create a cluster, call lost", fall_ill(_CLUSTER, call="createCluster", fault="reset before")),
    Scenario("run a job, answer lost", fall_ill(_JOB, call="runJob", fault="reset after")),
    *(scenario for kind in CHANGES for scenario in of_definition(kind)),
    Scenario("create a cluster that nobody is told of", declare(notify=False)),
    Scenario("tell of a cluster", declare(notify=True), before=bring_up(declare(notify=False))),
    Scenario("refresh a cluster that is told of", nothing, before=bring_up(declare(notify=True)), run="refresh"),
    Scenario("run a job that nobody is told of", tell_of_job(False)),
    Scenario("tell of a job", tell_of_job(True), before=bring_up(tell_of_job(False))),
    Scenario("create a cluster that nobody waits for", _ACCEPTED),
    Scenario("run a job on a cluster that nobody waits for", declare(jobs=1, wait_for="accepted")),
    Scenario(
        "resize a cluster that nobody waits for", declare(nodes=4, wait_for="accepted"), before=bring_up(_CLUSTER)
    ),
    Scenario("delete a cluster that nobody waits for", _ACCEPTED, before=bring_up(_ACCEPTED), run="destroy"),
    Scenario(f"create a cluster, {_NEXT_RUN} two hours", _CLUSTER, away=2 * HOURS, advice=end_lost_clusters),
    Scenario(f"create a cluster, {_NEXT_RUN} a day", _CLUSTER, away=24 * HOURS, advice=end_lost_clusters),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
@pytest.mark.parametrize("at_each", [False, pytest.param(True, marks=pytest.mark.long)], ids=["once", "at each"])
def test_nothing_is_lost_or_doubled_wherever_a_run_ends(scenario: Scenario, at_each: bool) -> None:
    """After a crash at any boundary two runs bring the stack to quiet: no orphan, no duplicate, no second run."""
    findings = crash_everywhere(scenario, at_each=at_each)
    sys.stdout.write(f"{scenario}: {findings.points} points\n")
    assert findings.points >= 2
    assert not findings.wrongs, "\n".join(findings.wrongs)
    figure, command = FIGURES[at_each]
    for _ in range(findings.points):
        scoreboard.count(figure, goal=200, command=command)


def test_every_kind_of_definition_has_its_scenarios() -> None:
    """A kind that is added dies everywhere too."""
    assert {*CHANGES} == {kind.name for kind in DEFINITIONS}
