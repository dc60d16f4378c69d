"""The dynamic provider of definitions: of whatever has no status, and is there as declared or not.

What only the provider process needs is loaded where it is used; see `base`.
"""

import os
from typing import TYPE_CHECKING, Any

from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.properties import Inputs, nonces_in
from xplenty_pulumi.dynamic.providers.base import Provider
from xplenty_pulumi.dynamic.state import Properties, owner_of
from xplenty_pulumi.settings import is_saved_at_once

if TYPE_CHECKING:
    from xplenty_pulumi.core.reconcile import DefinitionReconciler, DesiredDefinition, Observation


class DefinitionProvider(Provider):
    """Creates, changes, reads and removes definitions of the `kind` of its class."""

    def end(self, call: EngineCall, key: Any, props: Properties) -> str:
        """Return once it is seen to be gone."""
        self.reconciler(call).delete(key, owner=marker_of(owner_of(props)), nonces=nonces_in(props))
        return "removed"

    def headline(self, shown: Properties) -> str:
        """Return whether it is active; one that cannot be switched off always is."""
        return "active" if shown.get("active", True) else "not active"

    def observe(self, call: EngineCall, key: Any, props: Properties) -> "Observation[Any]":
        """Return what the service shows."""
        return self.reconciler(call).read(key, owner=self.owner(props), nonces=nonces_in(props))

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
