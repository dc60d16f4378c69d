"""A program with its state on an account, and the commands that are run on it."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from random import Random
from typing import Any

from tests.support.faults.exchange import Behaviour, Exchange
from tests.support.simulation.engine import SimulatedEngine
from tests.support.simulation.ledger import ALIVE, DEFINITIONS, key_of_record
from tests.support.simulation.program import Failed, Program, Report
from tests.support.simulation.world import Boundaries, Crash, Process, SimulatedWorld
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.marker import Marker, marker_of
from xplenty_pulumi.core.kinds.registry import MARKED


def hand_over(world: SimulatedWorld, kind: Kind, thing: Any) -> None:
    """Sign a cluster or a definition as unfinished, as `xplenty-pulumi recover` does."""
    text = str(getattr(thing, kind.signed) or "")
    found = markers.read(text)
    if found is None:
        return
    signed = markers.sign(text, found.whose.drawn(world.clock.now(), Random(thing.id)))
    world.emulator.account.world.put(replace(thing, **{kind.signed: signed}))


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
        entries = [entry for stack in (self, *others) for entry in stack.disk.values()]
        held = {(entry.kind.name, entry.kind.key(entry.id)) for entry in entries}
        owners: set[Marker | None] = {marker_of(self.owner(name, self.program[name].kind)) for name in self.creating}
        tables = self.world.emulator.account.world
        for kind in MARKED.values():
            for thing in [*getattr(tables, kind.collection).values()]:
                key = key_of_record(thing)
                is_there = key in self.world.ledger.there(kind) if kind in DEFINITIONS else thing.status in ALIVE
                if is_there and markers.whose(getattr(thing, kind.signed)) in owners and (kind.name, key) not in held:
                    hand_over(self.world, kind, thing)
        self.creating.clear()

    def _what_lasts(self) -> Hashable:
        """What tells apart what a process that dies now leaves behind: the time, the account, and the state."""
        world = self.world
        return world.clock.monotonic(), world.ledger.writes, self.saves, frozenset(self.creating)

    def _run(
        self, operation: Callable[[SimulatedEngine], None], behaviour: Behaviour = Exchange.forward, **crash: Any
    ) -> Report:
        boundaries = Boundaries(self._what_lasts, **crash)
        process = Process(self.world, boundaries, stack=self.organization, behaviour=behaviour)
        report = Report(boundaries=boundaries.passed, lasting=boundaries.lasting)
        try:
            operation(SimulatedEngine(self, process, report))
        except Failed as failed:
            report.failures.append(str(failed))
        except Crash:
            report.crashed = True
        finally:
            process.client.close()
        return report
