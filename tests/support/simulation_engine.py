"""What the engine does around the providers, small enough to be read: state, steps, and what becomes of failures.

The providers are the real ones; only their session and the request they answer come from a simulated process.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeVar

from google.protobuf import json_format

from tests.support.simulation import Boundaries, Crash, Meddle, Process, World
from tests.support.simulation_host import (
    Properties,
    Request,
    SimulatedClusters,
    SimulatedHooks,
    SimulatedRuns,
    as_properties,
    hear,
)
from tests.support.simulation_ledger import WHO
from tests.support.simulation_state import Declared, Entry, Failed, Report
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.marker import Marker, Owner, marker_of, scope_of
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.state import OWNER, PROVIDER, SECRETS, owner_of, owner_text
from xplenty_pulumi.emulator import EmulatedCluster, EmulatedHook

__all__ = ["Declared", "Entry", "Report", "Stack", "hear"]

T = TypeVar("T")
_CLASSES = {CLUSTER.name: "EmulatedCluster", JOB_RUN.name: "JobRun", HOOK.name: "EmulatedHook"}
_PROVIDERS: Mapping[str, type[SimulatedClusters | SimulatedRuns | SimulatedHooks]] = {
    CLUSTER.name: SimulatedClusters,
    JOB_RUN.name: SimulatedRuns,
    HOOK.name: SimulatedHooks,
}
SLACK = {"type": "slack", "settings": {"url": "https://hooks.example.test/T0/token"}, "events": ["job.failed"]}


def marked_text(thing: EmulatedCluster | EmulatedHook) -> str:
    """Return the text at the end of which its marker stands."""
    return str((thing.name if isinstance(thing, EmulatedHook) else thing.description) or "")


def hand_over(world: World, thing: EmulatedCluster | EmulatedHook) -> None:
    """Sign a cluster or a hook as unfinished, as `xplenty-pulumi hand-over` does."""
    found = markers.read(marked_text(thing))
    if found is None:
        return
    signed = markers.sign(marked_text(thing), found.whose.drawn(world.clock.now(), Random(thing.id)))
    if isinstance(thing, EmulatedHook):
        world.emulator.account.world.put(replace(thing, name=signed))
    else:
        world.emulator.edit_cluster(thing.id, description=signed)


@dataclass
class Stack:
    """A program, its saved state and the account it works on; each run is a process of its own."""

    world: World
    organization: str = "acme"
    name: str = "dev"
    delete_first: bool = True
    """Whether a replacement ends the old resource first, as the resources of this package always ask for."""
    program: dict[str, Declared] = field(default_factory=dict)
    disk: dict[str, Entry] = field(default_factory=dict)
    creating: set[str] = field(default_factory=set)
    """The creates that were under way when a run was killed: what the engine calls pending operations."""

    def __post_init__(self) -> None:
        self.world.ledger.admit(self.organization, scope=scope_of(self.owner("any", CLUSTER)))

    def owner(self, name: str, kind: Kind) -> Owner:
        """Return who owns the resource of this name."""
        return owner_of({OWNER: self.owner_text(name, kind)})

    def owner_text(self, name: str, kind: Kind) -> str:
        """Return the hidden input that says so."""
        type_ = f"pulumi-python:dynamic/xplenty:{_CLASSES[kind.name]}"
        return owner_text(self.organization, f"urn:pulumi:{self.name}::loads::{type_}::{name}")

    def marker(self, name: str) -> Marker:
        """Return the marker of the cluster resource of this name."""
        return marker_of(self.owner(name, CLUSTER))

    def cluster(self, resource: str, /, **inputs: Any) -> None:
        """Declare a cluster of two nodes, or declare it anew."""
        self.program[resource] = Declared(CLUSTER, {"nodes": 2, **inputs})

    def job(self, name: str, on: str, /, *, rev: int = 0, **inputs: Any) -> None:
        """Declare a run on a cluster of the program; another `rev` makes it another run."""
        variables = {WHO: f"{self.organization}/{name}", "rev": str(rev)}
        self.program[name] = Declared(JOB_RUN, {"package_id": 101, "variables": variables, **inputs}, on=on)

    def hook(self, name: str, **inputs: Any) -> None:
        """Declare a Slack hook, or declare it anew."""
        self.program[name] = Declared(HOOK, {**SLACK, **inputs})

    def boundary(self, what: str) -> int:
        """Return where in a first run of this program the boundary of this text is."""
        twin = Stack(World(), self.organization, program=dict(self.program))
        return twin.up().boundaries.index(what)

    def up(self, **crash: Any) -> Report:
        """Bring the account to the program, as `pulumi up` does."""
        return self._run(_Engine.up, **crash)

    def refresh(self, **crash: Any) -> Report:
        """Bring the state to the account, as `pulumi refresh` does."""
        return self._run(_Engine.refresh, **crash)

    def destroy(self, **crash: Any) -> Report:
        """End everything, as `pulumi destroy` does."""
        return self._run(_Engine.destroy, **crash)

    def recover(self, *others: "Stack") -> None:
        """Clear the pending operations of a killed run, as `recover` does; `others` are in its backend too."""
        held = {int(entry.id) for stack in (self, *others) for entry in stack.disk.values()}
        owners: set[Marker | None] = {marker_of(self.owner(name, self.program[name].kind)) for name in self.creating}
        emulator = self.world.emulator
        things: list[EmulatedCluster | EmulatedHook] = [*emulator.living_clusters(), *emulator.hooks()]
        for thing in things:
            if markers.whose(marked_text(thing)) in owners and thing.id not in held:
                hand_over(self.world, thing)
        self.creating.clear()

    def _run(self, operation: "Callable[[_Engine], None]", meddle: Meddle | None = None, **crash: Any) -> Report:
        boundaries = Boundaries(**crash)
        process = Process(self.world, boundaries, stack=self.organization, meddle=meddle)
        report = Report(boundaries=boundaries.passed)
        try:
            operation(_Engine(self, process, report))
        except Failed as failed:
            report.failures.append(str(failed))
        except Crash:
            report.crashed = True
        finally:
            process.client.close()
        return report


class _Engine:
    """One run of the engine."""

    def __init__(self, stack: Stack, process: Process, report: Report) -> None:
        self._stack, self._process, self._report = stack, process, report
        self._state = dict(stack.disk)
        self._let_go: list[Entry] = []

    def up(self) -> None:
        for name, declared in self._stack.program.items():
            self._bring(name, declared)
        self._remove([name for name in self._state if name not in self._stack.program])

    def destroy(self) -> None:
        self._remove(list(self._state))

    def refresh(self) -> None:
        for name, entry in list(self._state.items()):
            if not entry.pending_replacement:
                try:
                    self._read(name, entry)
                except Failed as failed:
                    self._report.failures.append(str(failed))

    def _bring(self, name: str, declared: Declared) -> None:
        old = self._state.get(name)
        news = self._checked(name, declared)
        if old is None or old.pending_replacement:
            self._create(name, declared, news)
            return
        diff = self._ask(declared.kind, lambda provider: provider.diff(old.id, old.outputs, news))
        if diff.replaces:
            self._replace(name, declared, old=old, news=news)
        elif diff.changes or old.inputs != news or old.unfinished:
            self._update(name, old, news)

    def _replace(self, name: str, declared: Declared, *, old: Entry, news: Properties) -> None:
        if not self._stack.delete_first:
            self._create(name, declared, news)
            self._ask(old.kind, lambda provider: provider.delete(old.id, old.outputs))
            return
        for dependent, entry in list(self._state.items()):
            if entry.on == name and not entry.pending_replacement:
                self._delete(dependent, entry, replacing=True)
        self._delete(name, old, replacing=True)
        self._create(name, declared, news)

    def _checked(self, name: str, declared: Declared) -> Properties:
        owner = self._stack.owner_text(name, declared.kind)
        on = {"cluster_id": self._state[declared.on].id} if declared.on else {}
        news = as_properties({**declared.inputs, **on, OWNER: owner, SECRETS: [], PROVIDER: "pickled"})
        result = self._ask(declared.kind, lambda provider: provider.check({}, news))
        if result.failures:
            raise Failed("; ".join(failure.reason for failure in result.failures))
        return as_properties({**result.inputs, PROVIDER: "pickled"})

    def _create(self, name: str, declared: Declared, news: Properties) -> None:
        self._note("create", name)

        def keep(id_: str, outputs: Properties, unfinished: bool) -> None:
            self._put(name, Entry(declared.kind, id_, news, outputs, declared.on, unfinished))

        context = Request()
        self._stack.creating.add(name)
        try:
            result = self._ask(declared.kind, lambda provider: provider.create(news), context)
        except Failed:
            if failed := context.kept():
                keep(failed.id, json_format.MessageToDict(failed.properties), True)
            self._stack.creating.discard(name)
            raise
        keep(result.id, as_properties({**result.outs, PROVIDER: "pickled"}), False)

    def _update(self, name: str, old: Entry, news: Properties) -> None:
        self._note("update", name)
        context = Request(old.inputs)
        try:
            result = self._ask(old.kind, lambda provider: provider.update(old.id, old.outputs, news), context)
        except Failed:
            if failed := context.kept():
                outputs = json_format.MessageToDict(failed.properties)
                self._put(name, replace(old, outputs=outputs, unfinished=True))
            raise
        outputs = as_properties({**result.outs, PROVIDER: "pickled"})
        self._put(name, replace(old, inputs=news, outputs=outputs, unfinished=False))

    def _read(self, name: str, entry: Entry) -> None:
        context = Request()
        try:
            result = self._ask(entry.kind, lambda provider: provider.read(entry.id, entry.outputs), context)
        except Failed:
            failed = context.kept()
            if failed is None:
                raise
            seen = [json_format.MessageToDict(part) for part in (failed.inputs, failed.properties)]
            self._put(name, replace(entry, inputs=seen[0] or entry.inputs, outputs=seen[1], unfinished=True))
            return
        if not result.id:
            self._drop(name)
            return
        inputs = as_properties({**result.inputs, PROVIDER: "pickled"}) if result.inputs else entry.inputs
        outputs = as_properties({**result.outs, PROVIDER: "pickled"})
        self._put(name, replace(entry, inputs=inputs, outputs=outputs, unfinished=False))

    def _remove(self, names: list[str]) -> None:
        """Runs go before the clusters they are on."""
        for name in sorted(names, key=lambda name: self._state[name].kind is CLUSTER):
            if self._state[name].pending_replacement:
                self._drop(name)
            else:
                self._delete(name, self._state[name])

    def _delete(self, name: str, entry: Entry, *, replacing: bool = False) -> None:
        self._note("delete", name)
        self._ask(entry.kind, lambda provider: provider.delete(entry.id, entry.outputs))
        if replacing:
            self._let_go.append(entry)
            self._put(name, replace(entry, pending_replacement=True))
        else:
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._let_go.append(self._state.pop(name))
        self._save()

    def _put(self, name: str, entry: Entry) -> None:
        self._state[name] = entry
        self._save()

    def _save(self) -> None:
        self._process.boundaries.cross("before save")
        self._stack.disk = dict(self._state)
        self._stack.creating -= self._state.keys()
        self._stack.world.ledger.released.update(int(one.id) for one in self._let_go if one.kind is JOB_RUN)
        self._process.boundaries.cross("after save")

    def _note(self, operation: str, name: str) -> None:
        self._report.steps.append((operation, name))

    def _ask(self, kind: Kind, method: "Callable[[Any], T]", context: Request | None = None) -> T:
        provider = _PROVIDERS[kind.name]()
        provider.context, provider.process = context or Request(), self._process
        try:
            return method(provider)
        except bridge.ProviderFailure as failure:
            raise Failed(str(failure)) from None
        finally:
            self._report.warnings += provider.context.warnings
