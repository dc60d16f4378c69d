"""Definitions: created once, changed as their update says, removed verifiably."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Generic

from xplenty_pulumi.core.kinds.compare import Difference
from xplenty_pulumi.core.kinds.kind import Key
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import (
    UNKNOWN,
    Origin,
    adopted_elsewhere,
    is_unfinished,
    marker_on,
    origin_on,
    taken_by_namesake,
    taken_over,
    way_out,
)
from xplenty_pulumi.core.reconcile.definitions.create import DefinitionCreation
from xplenty_pulumi.core.reconcile.definitions.definition import ANEW, DesiredDefinition, RecordT
from xplenty_pulumi.core.reconcile.definitions.end import DefinitionEnding
from xplenty_pulumi.core.reconcile.definitions.known import KnownDefinitions
from xplenty_pulumi.core.reconcile.definitions.send import DefinitionSending
from xplenty_pulumi.core.reconcile.kept import require_kept
from xplenty_pulumi.core.reconcile.known import warn_of_duplicates
from xplenty_pulumi.core.reconcile.notify import WatcherList
from xplenty_pulumi.core.reconcile.outcome import LEFT_ALONE, Observation, Outcome
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import ReadyFailed, XplentyError


class DefinitionReconciler(Generic[RecordT]):
    """The definitions of one kind in an account; every method returns once what it says is seen to be true."""

    def __init__(self, known: KnownDefinitions[RecordT], patience: Patience) -> None:
        self._known = known
        self._definition = known.definition
        self._patience = patience
        self._sending = DefinitionSending(known, patience)
        self._ending = DefinitionEnding(known, patience)
        self._watchers = WatcherList(known.definition.client, known.definition.calls, patience)

    def create(self, desired: DesiredDefinition) -> Outcome[RecordT]:
        """Return the one definition of the resource, as desired, after what else belongs to a create was done.

        1 FIND one that an interrupted create call left behind and adopt it; 2 POST once; 3 where the answer is lost,
        VERIFY by the marker; 4 read back what was made; 5 remove what the create call made besides it; 6 sign that it
        is held.

        Raises:
            XplentyError: none exists, or (UnsureError, RefusedError) which one is meant cannot be told.
        """
        creation = DefinitionCreation(self._known, self._patience, desired)
        found = creation.adopted()
        record = found or creation.post()
        key, nonces = record.key, tuple(creation.nonces)
        desired = replace(desired, nonces=nonces)
        made = replace(origin_on(record), nonces=nonces, is_new=found is None)
        converged = self._converge(record, desired, send=found is not None, made=made)
        outcome = self._followed_up(converged, desired, before=None)
        outcome = self._notified(outcome, desired)
        if desired.is_taken(outcome.record, record):
            raise taken_by_namesake(outcome.record)
        if outcome.problem is None or desired.keeps_id:
            self._known.hold_record(outcome.record)
        self._ending.end_surplus(key, desired.marker, nonces)
        return replace(self._sending.signed_as_held(outcome, desired), nonces=nonces)

    def update(self, key: Key, desired: DesiredDefinition) -> Outcome[RecordT]:
        """Return the definition once it is as its update is to make it.

        Inputs that the service wants with each change and that are no matter of the update are sent as it shows them.

        Raises:
            ReadyFailed: it is gone.
            UnsureError: it was created a moment ago, and is not shown yet.
            RefusedError: another stack has adopted it, or it was edited since its preview, in what the update changes.
            XplentyError: it cannot be looked at.
        """
        self._known.hold(key, made=desired.made)
        record = self._known.find(key)
        self._definition.require_shown(key, record, desired.made)
        other = taken_over(record, desired.made)
        if record is None or other:
            raise self._definition.not_updatable(key, why=other)
        if refused := adopted_elsewhere(record, desired.made):
            raise refused
        self._definition.require_unedited(record, desired)
        fields, is_changed = desired.intent.fields, bool(self._definition.changes(record, desired))
        outcome = self._converge(record, desired, send=is_changed or desired.intent.signs)
        if is_changed or self._definition.kind.is_followed_up(fields):
            outcome = self._followed_up(outcome, desired, before=record)
        outcome = self._notified(outcome, desired)
        marker = marker_on(record)
        if marker is not None and is_unfinished(record, desired.marker):
            self._ending.end_surplus(key, desired.marker, (*desired.nonces, marker.nonce))
        return replace(self._sending.signed_as_held(outcome, desired), nonces=desired.nonces)

    def refusal_of_update(self, key: Key, shown: RecordT | None, *, made: Origin) -> XplentyError | None:
        """Return why an update of what was `made` then will be refused by how it is shown now; None for no reason."""
        other = taken_over(shown, made)
        if shown is None or other:
            return self._definition.not_updatable(key, why=other)
        return adopted_elsewhere(shown, made)

    def plan_replacement(self, key: Key, owner: Marker) -> str:
        """Note that one of `owner` is to replace it; return why its delete will be refused, as far as it is known."""
        return self._known.plan_replacement(key, owner)

    def fixed(self, key: Key, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of the inputs that cannot be changed any more in the definition as it is now."""
        asked = [name for name in names if name in self._definition.kind.fixed]
        record = self._known.find(key) if asked else None
        return tuple(name for name in asked if record is not None and self._definition.kind.fixed[name](record))

    def read(
        self,
        key: Key,
        *,
        inputs: Mapping[str, object] | None = None,
        owner: Marker | None = None,
        nonces: tuple[str, ...] = (),
        seen: Mapping[str, object] = MappingProxyType({}),
        made: Origin = UNKNOWN,
    ) -> Observation[RecordT]:
        """Return the definition as it is now; warns of others that unfinished create calls of its `owner` made.

        A delete ends those of `nonces`. Its watchers are read where `inputs`, as they were declared, have `notify`.
        `seen` are its outputs in the state. One that was not `made` when the state says is another's.
        """
        self._patience.allowance.require_read()
        listed = self._known.listed(key, seen)
        record = listed or self._known.find(key)
        other = taken_over(record, made)
        if other:
            self._known.lose(key, made=made)
            return Observation(None, gone=True, remark=other)
        self._definition.require_shown(key, record, made)
        if record is None:
            self._known.release(key)
            return Observation(None, gone=True, remark=self._definition.gone)
        self._known.hold_record(record)
        if refused := adopted_elsewhere(record, made):
            self._patience.warn(str(refused))
        if owner is not None:
            warn_of_duplicates(
                self._definition.label(key),
                lambda: self._known.unfinished(owner, is_listed=listed is not None),
                way_out=lambda one: way_out(one, nonces),
                warn=self._patience.warn,
            )
        return self._watchers.observed(Observation(record), record.id, inputs or {})

    def delete(
        self, key: Key, *, owner: Marker | None = None, nonces: tuple[str, ...] = (), made: Origin = UNKNOWN
    ) -> str:
        """Return how it was seen once the service shows that it is gone, with those that its create calls made besides.

        It is `removed`, or `unknown to the service` where that was so before. One that was not `made` when the state
        says is another's: it is `left alone` and named in a warning.

        Raises:
            RefusedError: another stack has adopted it.
            ReadyFailed: it is still there 17 seconds after it was removed.
        """
        self._known.hold(key, made=made)
        self._patience.allowance.require_write()
        self._known.require_replaceable(key)
        how = self._ending.end(key, made=made)
        if owner is not None and nonces:
            self._ending.end_surplus(key, owner, nonces)
        if how != LEFT_ALONE and (remains := self._definition.remains(key)):
            self._patience.warn(f"{self._definition.label(key)} is removed; {remains}")
        return how

    def _converge(
        self, record: RecordT, desired: DesiredDefinition, *, send: bool, made: Origin = UNKNOWN
    ) -> Outcome[RecordT]:
        """Send what the update is about, read it back, and say where it is not so; `made` is that of a new one."""
        last, definition = record, self._definition
        resource = definition.label_of(record)

        def look() -> tuple[Difference, ...]:
            nonlocal last
            found = self._known.find(record.key)
            definition.require_shown(record.key, found, made)
            if found is None:
                raise ReadyFailed(definition.gone, resource=resource, advice=ANEW)
            last = found
            return definition.wrong(last, definition.meant(last, desired))

        try:
            if send:
                self._sending.send(record, desired)
            require_kept(definition.kind, look(), look, resource=resource, patience=self._patience)
        except XplentyError as failed:
            return Outcome(last, failed)
        return Outcome(last)

    def _notified(self, outcome: Outcome[RecordT], desired: DesiredDefinition) -> Outcome[RecordT]:
        """Bring the watchers to what `notify` says, where that is a matter of the create or update."""
        if outcome.problem is not None or "notify" not in desired.intent.fields:
            return outcome
        resource, notified = self._definition.label_of(outcome.record), desired.inputs.get("notify")
        try:
            self._watchers.set(outcome.record.id, notified=notified, resource=resource)
        except XplentyError as problem:
            return replace(outcome, problem=problem, is_notify_due=True)
        return outcome

    def _followed_up(
        self, outcome: Outcome[RecordT], desired: DesiredDefinition, *, before: RecordT | None
    ) -> Outcome[RecordT]:
        if outcome.problem is not None:
            return outcome
        try:
            return self._definition.follow_up(outcome.record, desired.inputs, self._patience, before=before)
        except XplentyError as problem:
            return replace(outcome, problem=problem, owed=tuple(self._definition.kind.follow_ups))
