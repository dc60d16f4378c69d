"""What the engine does around the providers, small enough to be read: state, steps, and what becomes of failures.

The providers are the real ones; only their session and the request they answer come from a simulated process.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from google.protobuf import json_format

from tests.support.simulation.host import PROVIDERS, HostRequest, Properties, as_properties
from tests.support.simulation.program import Failed, Program, ProgramEntry, Report, StateEntry
from tests.support.simulation.world import Process
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.state import OWNER, PROVIDER, SECRETS

T = TypeVar("T")


class SimulatedEngine:
    """One run of the engine."""

    def __init__(self, stack: Program, process: Process, report: Report) -> None:
        self._stack, self._process, self._report = stack, process, report
        self._state = dict(stack.disk)
        self._let_go: list[StateEntry] = []

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

    def _bring(self, name: str, declared: ProgramEntry) -> None:
        old = self._state.get(name)
        news = self._checked(name, declared, None if old is None or old.pending_replacement else old)
        if old is None or old.pending_replacement:
            self._create(name, declared, news)
            return
        diff = self._ask(declared.kind, lambda provider: provider.diff(old.id, old.outputs, news))
        if diff.replaces:
            self._replace(name, declared, old=old, news=self._checked(name, declared, None))
        elif diff.changes or old.inputs != news or old.unfinished:
            self._update(name, old, news)

    def _replace(self, name: str, declared: ProgramEntry, *, old: StateEntry, news: Properties) -> None:
        if not self._stack.delete_first:
            self._create(name, declared, news)
            self._ask(old.kind, lambda provider: provider.delete(old.id, old.outputs))
            return
        for dependent, entry in list(self._state.items()):
            if entry.on == name and not entry.pending_replacement:
                self._delete(dependent, entry, replacing=True)
        self._delete(name, old, replacing=True)
        self._create(name, declared, news)

    def _checked(self, name: str, declared: ProgramEntry, old: StateEntry | None) -> Properties:
        olds = {key: value for key, value in old.inputs.items() if key != PROVIDER} if old else {}
        owner = self._stack.owner_text(name, declared.kind)
        on = {"cluster_id": self._state[declared.on].id} if declared.on else {}
        news = as_properties({**declared.inputs, **on, OWNER: owner, SECRETS: [], PROVIDER: "pickled"})
        result = self._ask(declared.kind, lambda provider: provider.check(olds, news))
        if result.failures:
            raise Failed("; ".join(failure.reason for failure in result.failures))
        return _kept(result.inputs)

    def _create(self, name: str, declared: ProgramEntry, news: Properties) -> None:
        self._note("create", name)

        def keep(id_: str, outputs: Properties, unfinished: bool) -> None:
            self._put(name, StateEntry(declared.kind, id_, news, outputs, declared.on, unfinished))

        context = HostRequest()
        self._stack.creating.add(name)
        try:
            result = self._ask(declared.kind, lambda provider: provider.create(news), context)
        except Failed:
            if failed := context.kept():
                keep(failed.id, json_format.MessageToDict(failed.properties), True)
            self._stack.creating.discard(name)
            raise
        keep(result.id, _kept(result.outs), False)

    def _update(self, name: str, old: StateEntry, news: Properties) -> None:
        self._note("update", name)
        context = HostRequest(old.inputs)
        try:
            result = self._ask(old.kind, lambda provider: provider.update(old.id, old.outputs, news), context)
        except Failed:
            if failed := context.kept():
                outputs = json_format.MessageToDict(failed.properties)
                self._put(name, replace(old, outputs=outputs, unfinished=True))
            raise
        outputs = _kept(result.outs)
        self._put(name, replace(old, inputs=news, outputs=outputs, unfinished=False))

    def _read(self, name: str, entry: StateEntry) -> None:
        context = HostRequest()
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
        inputs = _kept(result.inputs) if result.inputs else entry.inputs
        outputs = _kept(result.outs)
        self._put(name, replace(entry, inputs=inputs, outputs=outputs, unfinished=False))

    def _remove(self, names: list[str]) -> None:
        """Runs go before the clusters they are on."""
        for name in sorted(names, key=lambda name: self._state[name].kind is CLUSTER):
            if self._state[name].pending_replacement:
                self._drop(name)
            else:
                self._delete(name, self._state[name])

    def _delete(self, name: str, entry: StateEntry, *, replacing: bool = False) -> None:
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

    def _put(self, name: str, entry: StateEntry) -> None:
        self._state[name] = entry
        self._save()

    def _save(self) -> None:
        self._process.boundaries.cross("before save")
        self._stack.disk = dict(self._state)
        self._stack.saves += 1
        self._stack.creating -= self._state.keys()
        self._stack.world.ledger.released.update(int(one.id) for one in self._let_go if one.kind is JOB_RUN)
        self._process.boundaries.cross("after save")

    def _note(self, operation: str, name: str) -> None:
        self._report.steps.append((operation, name))

    def _ask(self, kind: Kind, method: Callable[[Any], T], context: HostRequest | None = None) -> T:
        provider = PROVIDERS[kind.name]()
        provider.context, provider.process = context or HostRequest(), self._process
        try:
            return method(provider)
        except bridge.ProviderFailure as failure:
            raise Failed(str(failure)) from None
        finally:
            self._report.warnings += provider.context.warnings


def _kept(values: Mapping[str, Any]) -> Properties:
    """Return properties as the state keeps them, with the provider that the engine adds."""
    return as_properties({**values, PROVIDER: "pickled"})
