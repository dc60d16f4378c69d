"""Hooks of the service as plain values, and how they differ from what is wanted."""

from collections.abc import Mapping

from xplenty_pulumi.client import Hook
from xplenty_pulumi.core import marker as markers
from xplenty_pulumi.core.diff import differences
from xplenty_pulumi.core.hook_kind import HOOK
from xplenty_pulumi.redact import Secret


def hook_view(hook: Hook, asked: Mapping[str, object]) -> dict[str, object]:
    """Return the hook without its id, with the user's own name only; settings and salt are in clear.

    What the service does not show, such as a password (documented), is taken to be as it was `asked` for. Only settings
    that were asked for are in it, or all that are shown where nothing was.
    """
    shown = _shown_settings(hook)
    wanted = asked.get("settings")
    if isinstance(wanted, Mapping):
        shown = {name: shown.get(name, value) for name, value in wanted.items()}
    return {
        "type": hook.type,
        "name": asked.get("name", "") if hook.name is None else markers.strip(hook.name),
        "active": asked.get("active") if hook.active is None else hook.active,
        "events": asked.get("events") if hook.events is None else list(hook.events),
        "settings": shown,
        "salt": hook.salt.reveal() if hook.salt else None,
    }


def wrong_fields(hook: Hook, desired: Mapping[str, object]) -> list[str]:
    """Return the names of the fields in which the hook is seen to be another one than is desired."""
    return [one.field for one in differences(HOOK, desired, hook_view(hook, desired))]


def _shown_settings(hook: Hook) -> dict[str, object]:
    pairs = {name: value for name, value in (hook.settings or ()) if value is not None}
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in pairs.items()}
