"""Ten thousand steps of anything, in any order, break no promise."""

import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.support import scoreboard
from tests.support.simulation.ledger import ALIVE, COUNTING
from tests.support.simulation.program import Report, StateEntry
from tests.support.simulation.stack import SimulatedStack
from tests.support.simulation.world import KEY, SimulatedWorld
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.emulator import EmulatedJob, FaultRule
from xplenty_pulumi.emulator.faults.catalogue import FAULTS
from xplenty_pulumi.emulator.faults.rules import ALWAYS, FIRST, OPERATIONS, SECOND

CLUSTERS = ("c1", "c2")
JOBS = {"j1": "c1", "j2": "c1", "j3": "c2"}


class Watched(RuleBasedStateMachine):
    """The account and its two stacks, under watch; `steps` counts what was done over all programs."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = SimulatedWorld()
        self.world.ledger.known_for = 3600.0
        self.stacks = {name: SimulatedStack(self.world, name) for name in ("acme", "globex")}
        self.revisions = 0
        self.said: list[str] = []

    # Invariants

    @invariant()
    def nothing_is_doubled_or_taken(self) -> None:
        self.world.faults.settle()
        assert not self.world.ledger.wrongs, self.world.ledger.wrongs

    @invariant()
    def states_hold_what_exists(self) -> None:
        tables = self.world.emulator.account.world
        for on in self.stacks.values():
            for entry in on.disk.values():
                assert int(entry.id) in (tables.clusters if entry.kind is CLUSTER else tables.jobs)
                let_go = entry.kind is not CLUSTER and int(entry.id) in self.world.ledger.released
                assert not let_go or entry.pending_replacement, f"job {entry.id} was let go, and is back"

    @invariant()
    def texts_are_ours_and_tell_no_secret(self) -> None:
        for text in self.said:
            assert "an unexpected" not in text, text
            assert KEY not in text
        self.said.clear()

    # Helpers

    def _step(self) -> None:
        type(self).steps += 1

    def _declare(self, on: SimulatedStack, name: str) -> None:
        if name in CLUSTERS:
            on.cluster(name)
        else:
            self.revisions += 1
            on.job(name, JOBS[name], rev=self.revisions)

    def _end_run(self, on: SimulatedStack, report: Report, *, run: str = "up") -> None:
        self._hear(report)
        if run == "destroy":
            self._declare_let_go_anew(on)
        if run == "up" and report.calm:
            assert not self._anything_lost(on), f"after a run without failure the state has lost {self._all_lost(on)}"

    def _declare_let_go_anew(self, on: SimulatedStack) -> None:
        """A run that was let go and is asked for again on the same cluster would be taken up again for an hour."""
        for name in [name for name in on.program if name in JOBS and name not in on.disk]:
            self._declare(on, name)

    def _hear(self, report: Report) -> None:
        self.said += report.failures + report.warnings

    def _held_cluster(self, stack: str, name: str) -> int | None:
        entry: StateEntry | None = self.stacks[stack].disk.get(name)
        if entry is None or entry.pending_replacement:
            return None
        alive = self.world.emulator.cluster(int(entry.id)).status in ALIVE
        return int(entry.id) if alive else None

    def _lost(self, on: SimulatedStack, name: str) -> list[int]:
        """What lives, or has worked, for the resource `name` without its state knowing."""
        held = {int(entry.id) for entry in on.disk.values()}
        ledger, jobs = self.world.ledger, self.world.emulator.account.world.jobs
        if name in CLUSTERS:
            return [one.id for one in ledger.living(on.marker(name)) if one.id not in held]
        ours = [one for one, who in ledger.runs.items() if who == f"{on.organization}/{name}"]
        lost = [one for one in ours if one not in held and one not in ledger.released]
        return [one for one in lost if jobs[one].status in COUNTING and self._counts(jobs[one])]

    def _counts(self, job: EmulatedJob) -> bool:
        """Whether a lost run still matters: a new cluster is a new run's business, and after an hour it is unknown."""
        cluster = self.world.emulator.account.world.clusters[job.cluster_id]
        return cluster.status in ALIVE and self.world.ledger.is_known(job)

    def _all_lost(self, on: SimulatedStack) -> list[int]:
        return [number for name in (*CLUSTERS, *JOBS) for number in self._lost(on, name)]

    def _anything_lost(self, on: SimulatedStack) -> bool:
        return bool(self._all_lost(on))

    def _follow_advice(self, on: SimulatedStack) -> None:
        for name in CLUSTERS:
            for number in self._lost(on, name):
                self.world.emulator.end_cluster(number)

    def _is_true(self, on: SimulatedStack) -> None:
        """What the program says is what the account shows."""
        emulator = self.world.emulator
        assert set(on.disk) == set(on.program)
        for name, declared in on.program.items():
            number = int(on.disk[name].id)
            if declared.kind is CLUSTER:
                cluster = emulator.cluster(number)
                assert cluster.status in ("available", "idle"), f"{name} is {cluster.status}"
                assert cluster.nodes == declared.inputs["nodes"]
            else:
                assert emulator.job(number).status == "completed"


STACKS = st.sampled_from(("acme", "globex"))
OCCASIONS = st.sampled_from((FIRST, SECOND, ALWAYS))
CRASHES = st.integers(0, 160)
HOUR = 3600.0
_LIES = frozenset({"404"})
"""Faults that cannot be told from the truth when they never end, so they happen once."""


class Account(Watched):
    """The rules."""

    @initialize(names=st.sampled_from((("c1",), ("c1", "j1"), ("c1", "j1", "j2"), ("c1", "c2", "j1", "j3"))))
    def begin(self, names: tuple[str, ...]) -> None:
        """Both stacks begin with the same program."""
        for on in self.stacks.values():
            for name in names:
                self._declare(on, name)

    # What users do to their programs

    @rule(stack=STACKS, name=st.sampled_from(CLUSTERS), nodes=st.integers(2, 4), idle=st.booleans())
    def declare_cluster(self, stack: str, name: str, nodes: int, idle: bool) -> None:
        self._step()
        on = self.stacks[stack]
        if name not in on.program:
            on.cluster(name, nodes=nodes, terminate_on_idle=idle, time_to_idle=600)

    @rule(stack=STACKS, name=st.sampled_from(tuple(JOBS)))
    def declare_job(self, stack: str, name: str) -> None:
        self._step()
        on = self.stacks[stack]
        if name not in on.program and JOBS[name] in on.program:
            self._declare(on, name)

    @rule(
        stack=STACKS,
        name=st.sampled_from(CLUSTERS),
        change=st.sampled_from(
            ({"nodes": 2}, {"nodes": 5}, {"name": "other"}, {"description": "new words"}, {"stack": "blue-everest"})
        ),
    )
    def change_cluster(self, stack: str, name: str, change: dict[str, Any]) -> None:
        self._step()
        on = self.stacks[stack]
        if name in on.program and not self._lost(on, name):
            on.cluster(name, **{**on.program[name].inputs, **change})

    @rule(stack=STACKS, name=st.sampled_from(tuple(JOBS)))
    def change_job(self, stack: str, name: str) -> None:
        self._step()
        on = self.stacks[stack]
        if name in on.program and not self._lost(on, name):
            self._declare(on, name)

    @rule(stack=STACKS, name=st.sampled_from((*CLUSTERS, *JOBS)))
    def remove(self, stack: str, name: str) -> None:
        self._step()
        on = self.stacks[stack]
        gone = [one for one in on.program if one == name or JOBS.get(one) == name]
        if not any(self._lost(on, one) for one in gone):
            for one in gone:
                del on.program[one]

    # What users run

    @rule(stack=STACKS)
    def up(self, stack: str) -> None:
        self._step()
        self._end_run(self.stacks[stack], self.stacks[stack].up())

    @rule(stack=STACKS, crash_at=CRASHES)
    def up_and_crash(self, stack: str, crash_at: int) -> None:
        self._step()
        self._end_run(self.stacks[stack], self.stacks[stack].up(crash_at=crash_at))

    @rule(
        stack=STACKS,
        run=st.sampled_from(("up", "up", "up", "refresh", "destroy")),
        fault=st.tuples(st.sampled_from(tuple(OPERATIONS)), st.sampled_from(tuple(FAULTS)), OCCASIONS),
    )
    def run_in_bad_weather(self, stack: str, run: str, fault: tuple[str, str, range]) -> None:
        self._step()
        on = self.stacks[stack]
        if run == "destroy" and self._anything_lost(on):
            return
        call, what, calls = fault
        self.world.let_fail(FaultRule(call, what, calls=FIRST if what in _LIES else calls))
        report = getattr(on, run)()
        self.world.let_fail()
        self.world.pass_time(20)
        self._end_run(on, report, run=run)

    @rule(stack=STACKS, crash_at=st.none() | CRASHES)
    def refresh(self, stack: str, crash_at: int | None) -> None:
        self._step()
        self._end_run(self.stacks[stack], self.stacks[stack].refresh(crash_at=crash_at), run="refresh")

    @rule(stack=STACKS, crash_at=st.none() | CRASHES)
    def destroy(self, stack: str, crash_at: int | None) -> None:
        self._step()
        on = self.stacks[stack]
        if not self._anything_lost(on):
            self._end_run(on, on.destroy(crash_at=crash_at), run="destroy")

    @rule(at=CRASHES, first=STACKS, crash_at=st.none() | CRASHES)
    def two_at_once(self, at: int, first: str, crash_at: int | None) -> None:
        """While one stack is brought up, the other one is too."""
        self._step()
        one, other = self.stacks[first], self.stacks["globex" if first == "acme" else "acme"]
        self._end_run(one, one.up(visits={at: lambda: self._end_run(other, other.up(crash_at=crash_at))}))

    # What happens to the account

    @rule(stack=STACKS, name=st.sampled_from(CLUSTERS), number=st.integers(0, 3))
    def edit_by_hand(self, stack: str, name: str, number: int) -> None:
        self._step()
        edits: tuple[dict[str, Any], ...] = (
            {"nodes": 7}, {"name": "by hand"}, {"description": "marker gone"}, {"time_to_idle": 300},
        )  # fmt: skip
        if (held := self._held_cluster(stack, name)) is not None:
            self.world.emulator.edit_cluster(held, **edits[number])

    @rule(stack=STACKS, name=st.sampled_from(CLUSTERS))
    def end_cluster_by_hand(self, stack: str, name: str) -> None:
        self._step()
        if (held := self._held_cluster(stack, name)) is not None:
            self.world.emulator.end_cluster(held)

    @rule(stack=STACKS, name=st.sampled_from(tuple(JOBS)), how=st.sampled_from(("stop_job", "fail_job")))
    def end_job_by_hand(self, stack: str, name: str, how: str) -> None:
        self._step()
        entry = self.stacks[stack].disk.get(name)
        if entry is not None and self.world.emulator.job(int(entry.id)).status in ("running", "queued", "pending"):
            getattr(self.world.emulator, how)(int(entry.id))

    @rule(
        stack=STACKS,
        name=st.sampled_from(CLUSTERS),
        edit=st.sampled_from((("[xp1", "[xp2"), ("]", "] copy"), ("[xp1", "xp1"), (":", "::"))),
    )
    def look_alike_appears(self, stack: str, name: str, edit: tuple[str, str]) -> None:
        self._step()
        if len(self.world.emulator.living_clusters()) < 30:
            marker = str(self.stacks[stack].marker(name)).replace(*edit)
            self.world.emulator.add_cluster(name=name, description=f"words {marker}", time_to_idle=10**9)

    @rule()
    def next_cluster_breaks(self) -> None:
        self._step()
        self.world.emulator.fail_next_clusters(1)

    @rule(seconds=st.sampled_from((5.0, 60.0, 700.0, 1.2 * HOUR, 24 * HOUR)))
    def time_passes(self, seconds: float) -> None:
        self._step()
        self.world.pass_time(seconds)

    @rule(seconds=st.sampled_from((-HOUR, -60.0, 60.0, HOUR)))
    def wall_clock_jumps(self, seconds: float) -> None:
        self._step()
        self.world.clock.jump(seconds)
        self.world.ledger.note_time()

    @rule(left=st.sampled_from((0, 3, 10)))
    def credits_drain(self, left: int) -> None:
        self._step()
        self.world.emulator.set_credits_used(self.world.emulator.account.credits.limit - left)

    # All is well again

    @precondition(lambda self: any(stack.program for stack in self.stacks.values()))
    @rule(stack=STACKS)
    def calm(self, stack: str) -> None:
        """In peace, and with its user following advice, a stack comes to what its program says, and stays there."""
        self._step()
        on, emulator = self.stacks[stack], self.world.emulator
        emulator.set_credits_used(0)
        emulator.fail_next_clusters(0)
        self.world.pass_time(60)
        for _ in range(3):
            self._hear(on.refresh())
            report = on.up()
            self._end_run(on, report)
            if report.calm:
                break
            self._follow_advice(on)
        assert report.calm, f"never calm: {report.failures}"
        writes = self.world.ledger.writes
        again = on.up()
        assert again.calm
        assert not again.steps, f"a second run planned {again.steps}"
        assert self.world.ledger.writes == writes, "a second run wrote"
        self._is_true(on)


def run_programs(programs: int, *, steps: int, number: int, shrink: bool = False) -> int:
    """Run that many programs of that many steps, and return how many steps that really were."""

    class Counted(Account):
        """The machine, with a count of its own."""

    machine = seed(number)(Counted)
    quiet = settings(
        max_examples=programs,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=quiet)
    return Counted.steps


def run_parts(parts: range, *, programs: int, steps: int) -> int:
    """Run one part after the other, each with programs of its own, and return the steps of all."""
    return sum(run_programs(programs, steps=steps, number=number) for number in parts)


def test_a_thousand_steps_break_no_promise() -> None:
    """A short run, for the copies of this project that have a bug in them."""
    assert run_programs(30, steps=50, number=4) >= 1_000


def test_promises_hold_whatever_happens() -> None:
    """Ten thousand steps over two stacks of the same names break no promise."""
    done = run_parts(range(4), programs=60, steps=50)
    sys.stdout.write(f"{done:,} steps\n")
    assert done >= 10_000
    scoreboard.record("model steps", reached=done, goal=10_000, command="make test TESTS=tests/model")


PARTS = 20


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_promises_hold_for_long(part: int) -> None:
    """Half a million steps in all, in programs twice as long, break no promise."""
    done = run_programs(290, steps=100, number=100 + part)
    goal = 500_000 // PARTS
    sys.stdout.write(f"{done:,} steps\n")
    assert done >= goal
    name = f"model steps, long, part {part + 1} of {PARTS}"
    scoreboard.record(name, reached=done, goal=goal, command="make test-long TESTS=tests/model")
