"""Which fields of a record are seen to be others than is desired."""

from collections.abc import Mapping

from xplenty_pulumi.client import Hook
from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.hook import HOOK, hook_view

__all__ = ["hook_view", "wrong_fields"]


def wrong_fields(hook: Hook, desired: Mapping[str, object]) -> list[str]:
    """Return the names of the fields in which the hook is seen to be another one than is desired."""
    return [one.field for one in differences(HOOK, desired, hook_view(hook, desired))]
