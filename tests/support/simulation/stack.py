"""A program with its state on an account, and the commands that are run on it."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from tests.support.faults.exchange import Behaviour, Exchange
from tests.support.simulation.engine import SimulatedEngine
from tests.support.simulation.program import Failed, Program, Report
from tests.support.simulation.world import Boundaries, Crash, Process, SimulatedWorld
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.marker import Marker, marker_of
from xplenty_pulumi.emulator import EmulatedCluster, EmulatedHook


def marked_text(thing: EmulatedCluster | EmulatedHook) -> str:
    """Return the text at the end of which its marker stands."""
    return str((thing.name if isinstance(thing, EmulatedHook) else thing.description) or "")


def hand_over(world: SimulatedWorld, thing: EmulatedCluster | EmulatedHook) -> None:
    """Sign a cluster or a hook as unfinished, as `xplenty-pulumi hand-over` does."""
    found = markers.read(marked_text(thing))
    if found is None:
        return
    signed = markers.sign(marked_text(thing), found.whose.drawn(world.clock.now(), Random(thing.id)))
    if isinstance(thing, EmulatedHook):
        world.emulator.account.world.put(replace(thing, name=signed))
    else:
        world.emulator.edit_cluster(thing.id, description=signed)


class SimulatedStack(Program):
    """A program on an account; each run is a process of its own."""

    def boundary(self, what: str) -> int:
        """Return where in a first run of this program the boundary of this text is."""
        same = SimulatedStack(SimulatedWorld(), self.organization, program=dict(self.program))
        return same.up().boundaries.index(what)

    def up(self, **crash: Any) -> Report:
        """Bring the account to the program, as `pulumi up` does."""
        return self._run(SimulatedEngine.up, **crash)

    def refresh(self, **crash: Any) -> Report:
        """Bring the state to the account, as `pulumi refresh` does."""
        return self._run(SimulatedEngine.refresh, **crash)

    def destroy(self, **crash: Any) -> Report:
        """End everything, as `pulumi destroy` does."""
        return self._run(SimulatedEngine.destroy, **crash)

    def recover(self, *others: "SimulatedStack") -> None:
        """Clear the pending operations of a killed run, as `recover` does; `others` are in its backend too."""
        held = {int(entry.id) for stack in (self, *others) for entry in stack.disk.values()}
        owners: set[Marker | None] = {marker_of(self.owner(name, self.program[name].kind)) for name in self.creating}
        emulator = self.world.emulator
        things: list[EmulatedCluster | EmulatedHook] = [*emulator.living_clusters(), *emulator.hooks()]
        for thing in things:
            if markers.whose(marked_text(thing)) in owners and thing.id not in held:
                hand_over(self.world, thing)
        self.creating.clear()

    def _run(
        self, operation: Callable[[SimulatedEngine], None], behaviour: Behaviour = Exchange.forward, **crash: Any
    ) -> Report:
        boundaries = Boundaries(**crash)
        process = Process(self.world, boundaries, stack=self.organization, behaviour=behaviour)
        report = Report(boundaries=boundaries.passed)
        try:
            operation(SimulatedEngine(self, process, report))
        except Failed as failed:
            report.failures.append(str(failed))
        except Crash:
            report.crashed = True
        finally:
            process.client.close()
        return report
