"""The dynamic provider of definitions: of whatever has no status, and is there as declared or not.

What only the provider process needs is loaded where it is used; see `base`.
"""

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import CreateResult, ReadResult, UpdateResult

from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.inputs import Inputs
from xplenty_pulumi.dynamic.properties import nonces_in
from xplenty_pulumi.dynamic.providers.base import Provider, answered, number_of
from xplenty_pulumi.dynamic.state import OWED, OWNER, Properties, owner_of
from xplenty_pulumi.settings import is_saved_at_once

if TYPE_CHECKING:
    from xplenty_pulumi.core.reconcile import DefinitionReconciler, DesiredDefinition


class DefinitionProvider(Provider):
    """Creates, changes, reads and removes definitions of the `kind` of its class."""

    @answered
    def create(self, props: Properties) -> CreateResult:
        """Return the id and the outputs once it is read back as desired."""
        call = self.call()
        outcome = self._definitions(call).create(self._desired(call, props))
        return CreateResult(str(outcome.record.id), self.achieved(call, outcome, {**props, OWED: "*"}))

    @answered
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Return the outputs once it is read back as desired."""
        self.require_account(_olds)
        call = self.call()
        intent, props = self.due(call, _olds, _news)
        desired = replace(self._desired(call, props), intent=intent, is_saved_at_once=True)
        outcome = self._definitions(call).update(number_of(_id, self.kind), desired)
        return UpdateResult(self.achieved(call, outcome, props))

    @answered
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Return it as it is now, or as gone."""
        self.require_account(props)
        call = self.call()
        owner = marker_of(owner_of(props)) if OWNER in props else None
        sight = self._definitions(call).read(number_of(id_, self.kind), owner=owner, nonces=nonces_in(props))
        if sight.gone or sight.record is None:
            return self.gone(call, id_, sight.remark, props)
        return self.sighted(call, sight.record, sight.remark, props)

    @answered
    def delete(self, _id: str, _props: Properties) -> None:
        """Return once it is seen to be gone."""
        self.require_account(_props)
        call = self.call()
        owner = marker_of(owner_of(_props))
        self._definitions(call).delete(number_of(_id, self.kind), owner=owner, nonces=nonces_in(_props))
        bridge.say(call, "removed")

    def headline(self, seen: Properties) -> str:
        """Return whether it does anything; all that can be said of one that is not to be switched off."""
        return "active" if seen.get("active", True) else "not active"

    def _definitions(self, call: EngineCall) -> "DefinitionReconciler[Any]":
        return self.session().definitions(self.kind, call)

    def _desired(self, call: EngineCall, props: Properties) -> "DesiredDefinition":
        from xplenty_pulumi.core.reconcile import DesiredDefinition  # noqa: PLC0415 - see above
        from xplenty_pulumi.core.reconcile.intent import everything  # noqa: PLC0415 - see above

        return DesiredDefinition(
            Inputs.of(props).checked(self.kind).inputs,
            owner_of(props),
            everything(self.kind),
            nonces=nonces_in(props),
            keeps_id=bridge.keeps_half_made(call),
            is_saved_at_once=is_saved_at_once(os.environ),
        )
