"""Changing definitions: what their update is about, and that they are held; each call repeats what is there by then."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Generic

from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.ownership import adopted_elsewhere, marker_on
from xplenty_pulumi.core.reconcile.definitions.definition import DesiredDefinition, RecordT
from xplenty_pulumi.core.reconcile.definitions.known import KnownDefinitions
from xplenty_pulumi.core.reconcile.intent import Intent
from xplenty_pulumi.core.reconcile.known import held_now, held_text
from xplenty_pulumi.core.reconcile.outcome import Outcome
from xplenty_pulumi.core.reconcile.repeat import act_until
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import NotFoundError, UnsureError, XplentyError


class DefinitionSending(Generic[RecordT]):
    """Changes definitions of one kind in an account."""

    def __init__(self, known: KnownDefinitions[RecordT], patience: Patience) -> None:
        self._known = known
        self._definition = known.definition
        self._patience = patience

    def send(self, record: RecordT, desired: DesiredDefinition) -> None:
        """Send it until the service answers: it is the same however often it arrives, and is not all seen.

        What is sent again repeats the record as it is by then, lest it undo what somebody has edited in between.
        """
        latest = [record]

        def look_again() -> bool:
            with suppress(XplentyError):
                latest.append(self._known.find(record.key) or latest[-1])
            if refused := adopted_elsewhere(latest[-1], desired.made):
                raise refused
            return False

        self._patience.allowance.require_write()
        act_until(
            look_again,
            lambda: self._definition.calls.update(record.key, self._body(latest[-1], desired)),
            clock=self._patience.clock,
            tolerate=(UnsureError, NotFoundError),
            is_due=True,
        )

    def _body(self, record: RecordT, desired: DesiredDefinition) -> Mapping[str, object]:
        """What makes the record as desired.

        The text ends in the marker that the record carries, or in a new one where that is not the owner's.
        """
        text, signed, marker = self._definition.text(record), self._definition.signed, marker_on(record)
        if marker is None or marker.whose != desired.marker or not marker.nonce:
            marker = self._known.drawn(desired.marker).held
        if text is None or signed in desired.intent.fields:
            text = str(desired.inputs.get(signed, ""))
        changes = {**self._definition.changes(record, desired), signed: markers.sign(text, marker)}
        return self._definition.change(record, desired, changes)

    def signed_as_held(self, outcome: Outcome[RecordT], desired: DesiredDefinition) -> Outcome[RecordT]:
        """Return the outcome once the record says that it is held; an update makes up for it where that failed."""
        record, text = outcome.record, held_text(outcome.record, desired)
        if text is None or desired.stays_unfinished(failed=outcome.problem is not None):
            return outcome
        kind, signed = self._definition.kind, self._definition.signed
        try:
            now = held_now(record, desired, look=lambda: self._definition.get(record.key), warn=self._patience.warn)
            if now is None:
                return outcome
            nothing, held = replace(desired, intent=Intent(frozenset())), held_text(now, desired)
            answer = self._definition.calls.update(record.key, self._definition.change(now, nothing, {signed: held}))
        except XplentyError:
            return outcome
        # By the version in the state, a refresh would not look at an edit.
        is_same = kind.repeated(now, {}) == kind.repeated(record, {})
        filled = {name: getattr(answer, name, None) for name in kind.shown} if is_same else {}
        shown = {name: value for name, value in filled.items() if value is not None}
        return replace(outcome, record=record.model_copy(update={**shown, signed: text}))
