"""What differs for hooks."""

from collections.abc import Mapping

from xplenty_pulumi.client import Hook
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.reconcile.definitions.definition import Definition
from xplenty_pulumi.core.reconcile.outcome import Outcome
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import XplentyError


class HookDefinition(Definition[Hook]):
    """The marker ends their name, which no published example shows; a test is sent through a new one.

    The service does not show all secrets in their settings.
    """

    kind = HOOK
    hides_marker = True
    hidden = ("settings",)
    has_maker = False

    def follow_up(
        self, record: Hook, inputs: Mapping[str, object], patience: Patience, *, before: Hook | None
    ) -> Outcome[Hook]:
        """Send a test through a new hook that is active, where a test is wanted; one that fails is a warning."""
        if before is None and inputs.get("ping") and inputs.get("active"):
            try:
                self.client.hooks.ping(record.id)
            except XplentyError as failed:
                patience.warn(
                    f"{self.label_of(record)} is made, but no test could be sent through it: {failed.message}"
                )
        return Outcome(record)
