"""The dynamic provider of definitions: of whatever has no status, and is there as declared or not.

What only the provider process needs is loaded where it is used; see `base`.
"""

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xplenty_pulumi.core.kinds.compare import ChangePlan, changed_places, place_text
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.properties import Inputs, declared, key_of
from xplenty_pulumi.dynamic.providers.base import Provider
from xplenty_pulumi.dynamic.secrets import outside_secrets
from xplenty_pulumi.dynamic.state import OWED, Properties, nonces_in, owner_of
from xplenty_pulumi.settings import is_saved_at_once

if TYPE_CHECKING:
    from xplenty_pulumi.core.reconcile import DefinitionReconciler, DesiredDefinition, Observation

_MOST_PLACES = 20
"""Places in lists that a preview names."""


class DefinitionProvider(Provider):
    """Creates, changes, reads and removes definitions of the `kind` of its class."""

    removed = "removed"
    """What its row says in the end, once it is seen to be gone."""

    def end(self, call: EngineCall, key: Any, props: Properties) -> str:
        """Return how it was seen once it is gone."""
        owner, nonces = marker_of(owner_of(props)), nonces_in(props)
        made = self.origin(call, props)
        seen = str(self.reconciler(call).delete(key, owner=owner, nonces=nonces, made=made))
        return self.removed if seen == DefinitionProvider.removed else seen

    def settled(self, id_: str, found: ChangePlan, news: Properties) -> ChangePlan:
        """Return the plan with a replacement where an input cannot change any more, by what the service shows now."""
        if found.replaces:
            return found
        call, key = self.call(), key_of(id_, self.kind)
        names = {*Inputs.of(news).unknown, *(one.field for one in found.updates)}
        fixed = self.reconciler(call).fixed(key, names) if names.intersection(self.kind.fixed) else ()
        if fixed:
            text = f"{self.kind.name} {id_} does not let its {' and '.join(fixed)} change any more, so it is replaced"
            bridge.say(call, text)
        return replace(found, replaces=fixed)

    def planned(self, found: ChangePlan, id_: str, _olds: Properties, news: Properties) -> None:
        """Name what changes inside a list, which the row names as a whole; no values, since they may be secret."""
        listed = [one for one in found.updates if self.kind.by_name[one.field].private == "items"]
        ways = [outside_secrets(news, way) for one in listed for way in changed_places(self.kind, one)]
        if places := [place_text(way) for way in dict.fromkeys(ways) if len(way) > 1]:
            left = len(places) - _MOST_PLACES
            named = ", ".join(places[:_MOST_PLACES]) + (f" and {left} more" if left > 0 else "")
            verb = "changes" if len(places) == 1 else "change"
            bridge.note(self.call(), f"{self.kind.name} {id_}: {named} {verb}")

    def headline(self, shown: Properties) -> str:
        """Return whether it is active; one that cannot be switched off always is."""
        return "active" if shown.get("active", True) else "not active"

    def observe(self, call: EngineCall, key: Any, props: Properties) -> "Observation[Any]":
        """Return what the service shows."""
        seen = {} if OWED in props else props  # an update that has failed may have sent what no list shows
        inputs, nonces = declared(props, self.kind), nonces_in(props)
        owner, made = self.owner(props), self.origin(call, props)
        return self.reconciler(call).read(key, inputs=inputs, owner=owner, nonces=nonces, seen=seen, made=made)

    def reconciler(self, call: EngineCall) -> "DefinitionReconciler[Any]":
        """Return what acts on the definitions of this kind."""
        return self.session().definitions(self.kind, call)

    def desired(self, call: EngineCall, props: Properties) -> "DesiredDefinition":
        """Return the definition as the program declares it."""
        from xplenty_pulumi.core.reconcile import DesiredDefinition  # noqa: PLC0415 - see above
        from xplenty_pulumi.core.reconcile.intent import everything  # noqa: PLC0415 - see above

        return DesiredDefinition(
            Inputs.of(props).checked(self.kind).inputs,
            owner_of(props),
            everything(self.kind),
            nonces=nonces_in(props),
            keeps_id=call.keeps_state,
            is_saved_at_once=is_saved_at_once(os.environ),
        )
