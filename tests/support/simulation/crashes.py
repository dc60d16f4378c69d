"""Ending a run at each of its boundaries in turn, and what has to be true after the runs that follow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.support.faults.exchange import Behaviour, Exchange
from tests.support.simulation.ledger import DEFINITIONS
from tests.support.simulation.program import Report
from tests.support.simulation.stack import SimulatedStack
from tests.support.simulation.world import QUICK, SimulatedWorld
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Key
from xplenty_pulumi.emulator import Knobs

Step = Callable[[SimulatedWorld, SimulatedStack], object]
RUNS_TO_QUIET = 2
_RECOVERY = 121.0
"""Seconds that a recovery waits for what a killed run may have sent."""
_LATEST = 301.0


def nothing(_world: SimulatedWorld, _stack: SimulatedStack) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Scenario:
    """A run that is to be ended everywhere.

    `before` is what the stack has come to by then, `change` what the run is to bring about; `away` is how many seconds
    pass until somebody runs again, and `advice` what that person does when a run is refused.
    """

    name: str
    change: Step
    before: Step = nothing
    run: str = "up"
    knobs: Knobs = QUICK
    away: float = 0.0
    advice: Step | None = None

    def __str__(self) -> str:
        return self.name


@dataclass
class Findings:
    """How many points were tried, and what was wrong after which of them."""

    points: int = 0
    wrongs: list[str] = field(default_factory=list)


def crash_everywhere(scenario: Scenario, *, at_each: bool = False) -> Findings:
    """Run the scenario once to see its boundaries, then once for each of them, ended there.

    Of boundaries that leave the same behind, such as those before and after a GET, one is tried unless `at_each`.
    """
    findings = Findings()
    report = Attempt(scenario).report
    for number in range(len(report.boundaries)) if at_each else report.endings():
        findings.points += 1
        wrongs = Attempt(scenario, crash_at=number).aftermath(must_crash=True)
        findings.wrongs += [f"{number} {report.boundaries[number]}: {wrong}" for wrong in wrongs]
    return findings


class Attempt:
    """One world in which the run of a scenario ends at one boundary, or meets trouble at one call, or goes well."""

    def __init__(
        self,
        scenario: Scenario,
        crash_at: int | None = None,
        trouble: Callable[[SimulatedWorld], Behaviour] | None = None,
    ) -> None:
        self._scenario = scenario
        self.world = world = SimulatedWorld(knobs=scenario.knobs)
        self.stack = stack = SimulatedStack(world)
        self._foreign = _settle_foreigners(world)
        scenario.before(world, stack)
        scenario.change(world, stack)
        behaviour = trouble(world) if trouble else Exchange.forward
        self.report: Report = getattr(stack, scenario.run)(crash_at=crash_at, behaviour=behaviour)

    def aftermath(self, *, must_crash: bool, doubles: bool = False) -> Iterator[str]:
        """Yield everything that is wrong after the run, the runs to quiet and the destroy.

        Where a call `doubles`, what it made besides is left to the destroy, and the ledger is not asked about it.
        """
        if must_crash:
            yield from self._recovered()
        self.world.pass_time(_LATEST if doubles else self._scenario.away)
        yield from self._run_to_quiet()
        if not doubles:
            yield from self._orphans()
        destroyed = self.stack.destroy()
        if not destroyed.calm or self.stack.disk:
            yield f"destroy did not go through: {destroyed.failures}"
        yield from self._survivors()
        yield from [wrong for wrong in self.world.ledger.wrongs if not (doubles and _is_of_a_double(wrong))]

    def _recovered(self) -> Iterator[str]:
        if not self.report.crashed:
            yield "the run was not ended there"
        self.world.pass_time(_RECOVERY)
        self.stack.recover()

    def _run_to_quiet(self) -> Iterator[str]:
        reports = []
        for _ in range(RUNS_TO_QUIET):
            reports.append(self.stack.up())
            if reports[-1].calm:
                break
            self._follow_advice(reports[-1])
        if not reports[-1].calm:
            yield f"not quiet after {RUNS_TO_QUIET} runs: {reports[-1].failures}"
            return
        writes = self.world.ledger.writes
        again = self.stack.up()
        if again.steps or self.world.ledger.writes != writes:
            yield f"a run after the quiet one did {again.steps or 'writes'}"

    def _follow_advice(self, report: Report) -> None:
        """Do what the failure says: `pulumi up --refresh` where it names that, and what the scenario adds."""
        if any("up --refresh" in failure for failure in report.failures):
            self.stack.refresh()
        if self._scenario.advice is not None:
            self._scenario.advice(self.world, self.stack)

    def _orphans(self) -> Iterator[str]:
        """The state holds exactly what lives, and only what the account knows."""
        held = {(entry.kind.name, entry.kind.key(entry.id)) for entry in self.stack.disk.values()}
        emulator, ledger = self.world.emulator, self.world.ledger
        living = {("cluster", one.id) for one in emulator.living_clusters() if one.id not in self._foreign}
        active = {("job", one.id) for one in emulator.unfinished_jobs() if one.id in ledger.runs}
        if orphans := (living | active | self._definitions()) - held:
            yield f"orphans {sorted(orphans, key=str)}; the state holds {sorted(held, key=str)}"
        known: set[tuple[str, Key]] = {("cluster", one.id) for one in emulator.clusters()} | {
            ("job", one.id) for one in emulator.jobs()
        }
        # Like an ended cluster, a definition that was removed counts.
        known |= {(name, key) for name, made in ledger.definitions.items() for key in made}
        if strangers := held - known:
            yield f"the state holds {sorted(strangers, key=str)}, which the account does not know"

    def _survivors(self) -> Iterator[str]:
        emulator = self.world.emulator
        if {one.id for one in emulator.living_clusters()} != self._foreign:
            yield f"after destroy these live: {[one.id for one in emulator.living_clusters()]}"
        if jobs := [one.id for one in emulator.unfinished_jobs() if one.id in self.world.ledger.runs]:
            yield f"after destroy these jobs are active: {jobs}"
        if left := self._definitions():
            yield f"after destroy these definitions are there: {sorted(left, key=str)}"

    def _definitions(self) -> set[tuple[str, Key]]:
        """The definitions that processes of ours made and that are there."""
        ledger = self.world.ledger
        return {
            (kind.name, key) for kind in DEFINITIONS for key in ledger.there(kind) & {*ledger.definitions[kind.name]}
        }


def _settle_foreigners(world: SimulatedWorld) -> set[int]:
    """Put clusters of other people into the account, one of which another organization's stack of this name made."""
    namesake = SimulatedStack(SimulatedWorld(), organization="globex").marker("main")
    texts = ("somebody's own", f"nightly {namesake}", "")
    made = [world.emulator.add_cluster(name="main", description=text, time_to_idle=10**9).id for text in texts]
    world.foreign = {"clusters": made[0], "jobs": world.foreign_job(made[0])}
    return set(made)


def _is_of_a_double(wrong: str) -> bool:
    return "are duplicates" in wrong or "runs again" in wrong


def end_lost_clusters(world: SimulatedWorld, stack: SimulatedStack) -> None:
    """Terminate by hand what a refusal names: living clusters of this stack that its state does not hold."""
    held = {int(entry.id) for entry in stack.disk.values() if entry.kind is CLUSTER}
    for number, marker in world.ledger.clusters.items():
        if number not in held and marker is not None:
            world.emulator.end_cluster(number)
