"""An account with two stacks of the same names, and what has to hold whatever is done to them."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.model.drawn import OF_NAME, add_foreign
from tests.support.simulation.ledger import COUNTING, DEFINITIONS, key_of_record
from tests.support.simulation.program import Report, StateEntry
from tests.support.simulation.stack import SimulatedStack, hand_over
from tests.support.simulation.world import KEY, SimulatedWorld
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Key, Kind
from xplenty_pulumi.emulator import EmulatedJob


class Watched(RuleBasedStateMachine):
    """The account and its two stacks, under watch; `steps` counts what was done over all programs."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = SimulatedWorld()
        self.world.ledger.known_for = 3600.0
        self.stacks = {name: SimulatedStack(self.world, name) for name in ("acme", "globex")}
        self.foreign: list[tuple[Kind, Any]] = []
        self.is_drained = False
        self.revisions = 0
        self.said: list[str] = []

    # Invariants

    @invariant()
    def nothing_is_doubled_or_taken(self) -> None:
        self.world.faults.settle()
        assert not self.world.ledger.wrongs, self.world.ledger.wrongs

    @invariant()
    def what_is_foreign_is_as_it_was(self) -> None:
        for kind, record in self.foreign:
            assert self.table(kind)[record.id] == record

    @invariant()
    def states_hold_what_their_stack_has_made(self) -> None:
        for on in self.stacks.values():
            for name, entry in on.disk.items():
                key = entry.kind.key(entry.id)
                assert self._is_made_for(on, name, key), f"{name} is {key}, which {on.organization} has not made"
                let_go = entry.kind is JOB_RUN and key in self.world.ledger.released
                assert not let_go or entry.pending_replacement, f"job {key} was let go, and is back"

    @invariant()
    def texts_are_ours_and_tell_no_secret(self) -> None:
        for text in self.said:
            assert "an unexpected" not in text, text
            assert not any(secret in text for secret in (KEY, "pw-471", "T0/")), text
        self.said.clear()

    # Helpers

    def step(self) -> None:
        type(self).steps += 1

    def declare(self, on: SimulatedStack, name: str) -> None:
        self.revisions += 1
        OF_NAME[name].declare(on, name, self.revisions)

    def end_run(self, on: SimulatedStack, report: Report, *, run: str = "up") -> None:
        self.hear(report)
        if run == "destroy":
            self._declare_let_go_anew(on)
        if run != "refresh" and report.calm:
            assert not self.all_lost(on), f"after an {run} without failure the state has lost {self.all_lost(on)}"
            assert run == "up" or not on.disk

    def up_in_peace(self, on: SimulatedStack) -> Report:
        """Run an up that nothing disturbs: even where it is refused, no definition goes without its replacement."""
        before = self._declared_definitions(on)
        report = on.up()
        self.end_run(on, report)
        lost = before - self._declared_definitions(on)
        assert self.is_drained or not lost, f"{lost} were removed for nothing: {report.failures}"
        return report

    def hear(self, report: Report) -> None:
        self.said += report.failures + report.warnings

    def table(self, kind: Kind) -> dict[int, Any]:
        found: dict[int, Any] = getattr(self.world.emulator.account.world, kind.collection)
        return found

    def record(self, entry: StateEntry) -> Any:
        """The record of what a state holds, None where it is gone."""
        key = entry.kind.key(entry.id)
        return next((one for one in self.table(entry.kind).values() if key_of_record(one) == key), None)

    def editable(self, stack: str) -> dict[str, Any]:
        """The records of the resources that the state of a stack holds, where somebody may still edit or end them."""
        held = {name: entry for name, entry in self.stacks[stack].disk.items() if not entry.pending_replacement}
        found = {name: self.record(entry) for name, entry in held.items()}
        return {name: one for name, one in found.items() if one is not None and OF_NAME[name].is_living(one)}

    def change(self, on: SimulatedStack, name: str, way: int) -> None:
        """Change what a program declares in one of the ways of the kind."""
        changes = OF_NAME[name].changes
        if not changes:
            self.declare(on, name)
            return
        declared = on.program[name]
        on.program[name] = replace(declared, inputs={**declared.inputs, **changes[way % len(changes)]})

    def add_foreign(self, on: SimulatedStack, name: str, edit: tuple[str, str]) -> None:
        """Add the same as a resource of this stack, whose marker is a copy of that of the resource, edited."""
        kind = OF_NAME[name].kind
        marker = on.marker(name, kind).drawn(self.world.clock.now(), Random(len(self.foreign)))
        self.foreign.append((kind, add_foreign(self.world, kind, f"words {str(marker.held).replace(*edit)}")))

    def lost(self, on: SimulatedStack, name: str) -> list[Key]:
        """What lives, or has worked, for the resource `name` without its state knowing."""
        kind, ledger = OF_NAME[name].kind, self.world.ledger
        held = {entry.kind.key(entry.id) for entry in on.disk.values() if entry.kind is kind}
        if kind is JOB_RUN:
            made = self._counting(f"{on.organization}/{name}")
        elif kind is CLUSTER:
            made = [one.id for one in ledger.living(on.marker(name))]
        else:
            made = ledger.lasting(kind, on.marker(name, kind))
        return [one for one in made if one not in held]

    def all_lost(self, on: SimulatedStack) -> list[tuple[str, Key]]:
        return [(name, key) for name in OF_NAME for key in self.lost(on, name)]

    def follow_advice(self, on: SimulatedStack) -> None:
        """End lost clusters, hand over lost definitions, and release what others have with a marker of the stack."""
        for name, key in self.all_lost(on):
            kind = OF_NAME[name].kind
            if kind is CLUSTER:
                self.world.emulator.end_cluster(int(key))
            elif kind is not JOB_RUN:
                hand_over(self.world, kind, next(one for one in self.table(kind).values() if key_of_record(one) == key))
        owners = {on.marker(name, drawn.kind) for name, drawn in OF_NAME.items()}
        self.foreign = [(kind, self._released(kind, one, owners)) for kind, one in self.foreign]

    def is_true(self, on: SimulatedStack) -> None:
        """What the program says is what the account shows."""
        assert set(on.disk) == set(on.program)
        for name, declared in on.program.items():
            drawn, record = OF_NAME[name], self.record(on.disk[name])
            assert drawn.is_well(record), f"{name} is {record}"
            fields = {one.name: one.default for one in drawn.kind.fields if one.default is not None}
            wrong = _otherwise({**fields, **declared.inputs}, drawn.shown(record))
            assert not wrong, f"{name}: {wrong}"

    def is_told(self, on: SimulatedStack) -> None:
        """What the state tells is what the account shows, but for what a service never shows."""
        finished = [name for name, one in on.disk.items() if not one.pending_replacement and not one.unfinished]
        for name in finished:
            drawn, record = OF_NAME[name], self.record(on.disk[name])
            is_there = record is not None and drawn.is_living(record)
            assert is_there or drawn.kind not in DEFINITIONS, f"{name} is gone, and the state has it"
            secret = frozenset[str]().union(*(one.secret for one in drawn.kind.fields))
            wrong = _otherwise(on.disk[name].inputs, drawn.shown(record), unseen=secret)
            assert not wrong, f"{name}: {wrong}"

    def _declared_definitions(self, on: SimulatedStack) -> set[str]:
        """The definitions of the program that its state holds and that are there."""
        held = self.editable(on.organization)
        return {name for name in held if name in on.program and OF_NAME[name].kind in DEFINITIONS}

    def _is_made_for(self, on: SimulatedStack, name: str, key: Key) -> bool:
        kind, ledger = OF_NAME[name].kind, self.world.ledger
        if kind is JOB_RUN:
            return key in self.table(JOB_RUN)
        made: Mapping[Any, Any] = ledger.clusters if kind is CLUSTER else ledger.definitions[kind.name]
        return made.get(key) == on.marker(name, kind)

    def _declare_let_go_anew(self, on: SimulatedStack) -> None:
        """A run that was let go and is asked for again on the same cluster would be taken up again for an hour."""
        for name in [name for name in on.program if OF_NAME[name].kind is JOB_RUN and name not in on.disk]:
            self.declare(on, name)

    def _counting(self, who: str) -> list[Key]:
        """The runs of `who` that the engine has not let go and that another run of the same must not follow."""
        ledger = self.world.ledger
        ours = [one for one, whose in ledger.runs.items() if whose == who and one not in ledger.released]
        jobs = [self.table(JOB_RUN)[one] for one in ours]
        return [one.id for one in jobs if one.status in COUNTING and self._counts(one)]

    def _counts(self, job: EmulatedJob) -> bool:
        """Whether a lost run still matters: a new cluster is a new run's business, and after an hour it is unknown."""
        cluster = self.table(CLUSTER)[job.cluster_id]
        return OF_NAME["c1"].is_living(cluster) and self.world.ledger.is_known(job)

    def _released(self, kind: Kind, record: Any, owners: set[markers.Marker]) -> Any:
        """The foreign record without its marker, where that is one of these owners'."""
        if markers.whose(getattr(record, kind.signed)) in owners:
            record = replace(record, **{kind.signed: markers.strip(getattr(record, kind.signed))})
            self.world.emulator.account.world.put(record)
        return record


def _otherwise(
    inputs: Mapping[str, Any], shown: Mapping[str, Any], *, unseen: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The inputs that are shown otherwise, with what is shown.

    Of a mapping only those members count that are asked for and not `unseen`.
    """

    def is_shown(wanted: Any, found: Any) -> bool:
        if isinstance(wanted, Mapping) and isinstance(found, Mapping):
            return all(found.get(name) == value for name, value in wanted.items() if name not in unseen)
        return bool(wanted == found)

    return {name: shown[name] for name, value in inputs.items() if name in shown and not is_shown(value, shown[name])}
