"""The dynamic provider of hooks.

What only the provider process needs is loaded where it is used; see `base`.
"""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from pulumi.dynamic import CreateResult, ReadResult, UpdateResult

from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.dynamic import PUBLIC_MODULE, bridge
from xplenty_pulumi.dynamic.bridge import Call
from xplenty_pulumi.dynamic.inputs import Inputs
from xplenty_pulumi.dynamic.properties import nonces_in
from xplenty_pulumi.dynamic.providers.base import Provider, answered, number_of
from xplenty_pulumi.dynamic.state import OWED, OWNER, Properties, owner_of
from xplenty_pulumi.settings import is_saved_at_once

if TYPE_CHECKING:
    from xplenty_pulumi.client import Hook
    from xplenty_pulumi.core.reconcile import Definitions, DesiredDefinition


class HookProvider(Provider):
    """Creates, changes, reads and removes hooks."""

    kind = HOOK

    @answered
    def create(self, props: Properties) -> CreateResult:
        """Return the hook's id and outputs once it is read back as desired."""
        call = self.call()
        outcome = self._hooks(call).create(_desired_hook(call, props))
        return CreateResult(str(outcome.record.id), self.achieved(call, outcome, {**props, OWED: "*"}))

    @answered
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Return the outputs once the hook is read back as desired."""
        self.require_account(_olds)
        call = self.call()
        intent = self.intent(call, _olds, _news)
        props = {**_news, **self.owing(_olds, intent)}
        desired = replace(_desired_hook(call, props), intent=intent, is_saved_at_once=True)
        outcome = self._hooks(call).update(number_of(_id, self.kind), desired)
        return UpdateResult(self.achieved(call, outcome, props))

    @answered
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Return the hook as it is now, or as gone."""
        self.require_account(props)
        call = self.call()
        owner = marker_of(owner_of(props)) if OWNER in props else None
        sight = self._hooks(call).read(number_of(id_, self.kind), owner=owner)
        if sight.gone or sight.record is None:
            return self.gone(call, id_, sight.remark, props)
        return self.sighted(call, sight.record, sight.remark, props)

    @answered
    def delete(self, _id: str, _props: Properties) -> None:
        """Return once the hook is seen to be gone."""
        self.require_account(_props)
        call = self.call()
        owner = marker_of(owner_of(_props))
        self._hooks(call).delete(number_of(_id, self.kind), owner=owner, nonces=nonces_in(_props))
        bridge.say(call, "removed")

    def headline(self, seen: Properties) -> str:
        """Return whether it tells anything."""
        return "active" if seen["active"] else "not active"

    def _hooks(self, call: Call) -> "Definitions[Hook]":
        return self.session().hooks(call)


def _desired_hook(call: Call, props: Properties) -> "DesiredDefinition":
    from xplenty_pulumi.core.reconcile import DesiredDefinition  # noqa: PLC0415 - see above
    from xplenty_pulumi.core.reconcile.intent import everything  # noqa: PLC0415 - see above

    inputs = Inputs.of(props).checked(HOOK).inputs
    return DesiredDefinition(
        inputs,
        owner_of(props),
        everything(HOOK),
        nonces=nonces_in(props),
        keeps_id=bridge.keeps_half_made(call),
        is_saved_at_once=is_saved_at_once(os.environ),
    )


HookProvider.__module__ = PUBLIC_MODULE
