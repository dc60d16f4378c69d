"""Trouble at any call of a run, of the kinds that lie about whose a thing is, and whether it is there or was done."""

import sys

import pytest

from tests.crash.test_crash_points import SCENARIOS
from tests.support import scoreboard
from tests.support.simulation import World
from tests.support.simulation_chaos import DELAYED, DOUBLED, FLAPPING, WRONG_RECORD, Trouble, chaos_everywhere
from tests.support.simulation_crashes import Scenario
from tests.support.simulation_engine import Stack
from xplenty_pulumi.core.kinds import marker as markers

COMMAND = "make test TESTS=tests/crash/test_chaos.py"
TROUBLES = (WRONG_RECORD, FLAPPING, DOUBLED, DELAYED)
_OFTEN = (
    "create a cluster and two jobs",
    "adopt a cluster",
    "resize a cluster",
    "replace a cluster with two jobs",
    "replace a job by variables",
    "stop a job",
    "delete a cluster with two jobs",
    "refresh a cluster with two jobs",
    "create a hook",
    "change a hook",
    "delete a hook",
)
"""The scenarios of the normal run; `make test-long` takes all."""


def _cases() -> list[object]:
    marks = {True: (), False: (pytest.mark.long,)}
    return [
        pytest.param(scenario, trouble, id=f"{scenario}-{trouble.name}", marks=marks[scenario.name in _OFTEN])
        for scenario in SCENARIOS
        for trouble in TROUBLES
    ]


@pytest.mark.parametrize(("scenario", "trouble"), _cases())
def test_nothing_is_lost_doubled_or_taken_whatever_a_call_meets(scenario: Scenario, trouble: Trouble) -> None:
    """After trouble at any call the next runs come to quiet, a destroy ends all, and others are untouched."""
    findings = chaos_everywhere(scenario, trouble)
    sys.stdout.write(f"{scenario}, {trouble.name}: {findings.points} points\n")
    assert not findings.wrongs, "\n".join(findings.wrongs)
    for _ in range(findings.points):
        scoreboard.count(f"calls that meet trouble, simulated: {trouble.name}", goal=200, command=COMMAND)


def test_the_often_ones_are_there() -> None:
    """No scenario of the normal run has got another name."""
    assert set(_OFTEN) <= {scenario.name for scenario in SCENARIOS}


def _renamed(*, jobs: int) -> tuple[World, Stack, Stack]:
    """A stack that was called `dev` when it came up and is `prod` now, and a new stack `dev` of the same program."""
    world = World()
    prod = Stack(world)
    _declare(prod, jobs)
    assert prod.up().calm
    prod.name = "prod"
    dev = Stack(world)
    _declare(dev, jobs)
    return world, prod, dev


def _declare(stack: Stack, jobs: int) -> None:
    for number in range(12):
        stack.cluster(f"main{number}")
    for number in range(jobs):
        stack.job(f"load{number}", f"main{number}")
    stack.hook("bell")


@pytest.mark.parametrize("jobs", [0, 12])
def test_a_stack_with_an_old_name_takes_nothing_of_the_renamed_one(jobs: int) -> None:
    """Wherever its `up` or its destroy ends, all that the renamed stack holds lives on as it was."""
    _, _, dev = _renamed(jobs=jobs)
    points = len(dev.up().boundaries)
    for crash_at in range(points):
        world, prod, dev = _renamed(jobs=jobs)
        before = (world.emulator.clusters(), world.emulator.hooks())
        assert not dev.up(crash_at=crash_at).calm
        assert (world.emulator.clusters(), world.emulator.hooks()) == before
        dev.recover(prod)
        assert dev.destroy().calm
        assert (world.emulator.clusters(), world.emulator.hooks()) == before
        assert not world.ledger.wrongs
        scoreboard.count("points of a stack with an old name, simulated", goal=200, command=COMMAND)
    assert points


def test_a_renamed_stack_signs_anew_and_then_both_live() -> None:
    """Once the renamed stack was brought up, the new one has clusters of its own, and ends only these."""
    world, prod, dev = _renamed(jobs=0)
    assert prod.up().calm
    scopes = {found.scope for one in world.emulator.clusters() if (found := markers.read(one.description))}
    assert scopes == {prod.marker("main0").scope}
    assert dev.up().calm
    assert dev.destroy().calm
    assert {one.id for one in world.emulator.living_clusters()} == {
        int(entry.id) for name, entry in prod.disk.items() if name.startswith("main")
    }
