"""Two stacks of two organizations, whose names are the same, on one account where anything may happen.

Each rule is a step. What must hold after every step stands in `watched`; `calm` makes everything well again and then
asks for more.
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.model.watched import CLUSTERS, JOBS, Watched
from xplenty_pulumi.emulator import FaultRule
from xplenty_pulumi.emulator.faults.catalogue import FAULTS
from xplenty_pulumi.emulator.faults.rules import ALWAYS, FIRST, OPERATIONS, SECOND

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
