"""What the rules of the machine share: the two stacks, what must hold after each step, and questions to the ledger."""

from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.support.simulation.ledger import ALIVE, COUNTING
from tests.support.simulation.program import Entry, Report
from tests.support.simulation.stack import Stack
from tests.support.simulation.world import KEY, World
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.emulator import EmulatedJob

CLUSTERS = ("c1", "c2")
JOBS = {"j1": "c1", "j2": "c1", "j3": "c2"}


class Watched(RuleBasedStateMachine):
    """The account and its two stacks, under watch; `steps` counts what was done over all programs."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.world.ledger.known_for = 3600.0
        self.stacks = {name: Stack(self.world, name) for name in ("acme", "globex")}
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

    def _declare(self, on: Stack, name: str) -> None:
        if name in CLUSTERS:
            on.cluster(name)
        else:
            self.revisions += 1
            on.job(name, JOBS[name], rev=self.revisions)

    def _end_run(self, on: Stack, report: Report, *, run: str = "up") -> None:
        self._hear(report)
        if run == "destroy":
            self._declare_let_go_anew(on)
        if run == "up" and report.calm:
            assert not self._anything_lost(on), f"after a run without failure the state has lost {self._all_lost(on)}"

    def _declare_let_go_anew(self, on: Stack) -> None:
        """A run that was let go and is asked for again on the same cluster would be taken up again for an hour."""
        for name in [name for name in on.program if name in JOBS and name not in on.disk]:
            self._declare(on, name)

    def _hear(self, report: Report) -> None:
        self.said += report.failures + report.warnings

    def _held_cluster(self, stack: str, name: str) -> int | None:
        entry: Entry | None = self.stacks[stack].disk.get(name)
        if entry is None or entry.pending_replacement:
            return None
        alive = self.world.emulator.cluster(int(entry.id)).status in ALIVE
        return int(entry.id) if alive else None

    def _lost(self, on: Stack, name: str) -> list[int]:
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

    def _all_lost(self, on: Stack) -> list[int]:
        return [number for name in (*CLUSTERS, *JOBS) for number in self._lost(on, name)]

    def _anything_lost(self, on: Stack) -> bool:
        return bool(self._all_lost(on))

    def _follow_advice(self, on: Stack) -> None:
        for name in CLUSTERS:
            for number in self._lost(on, name):
                self.world.emulator.end_cluster(number)

    def _is_true(self, on: Stack) -> None:
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
