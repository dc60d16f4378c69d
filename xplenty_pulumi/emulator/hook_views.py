"""Hooks as the JSON that the API answers with."""

from typing import Any

from xplenty_pulumi.emulator.hook_fields import PASSWORD, SECRETS, name_of
from xplenty_pulumi.emulator.knobs import Knobs
from xplenty_pulumi.emulator.records import Hook, Subscription
from xplenty_pulumi.emulator.views import Json, time_or_none


def hook_json(hook: Hook, *, knobs: Knobs) -> Json:
    """Return a hook; no published example has times or an address of its own."""
    document: Json = {
        "id": hook.id,
        "salt": hook.salt,
        "active": hook.active,
        "type": hook.type,
        "settings": _settings(hook, knobs=knobs),
        "events": list(hook.events),
    }
    return document | ({"name": name_of(hook)} if knobs.hook_name_shown else {})


def pinged_json(hook: Hook, *, knobs: Knobs) -> Json:
    """Return a hook as a ping does, with what came of telling it last, event by event."""
    events = [_subscription(subscription) for subscription in hook.subscriptions]
    return hook_json(hook, knobs=knobs) | {"events": events}


def _settings(hook: Hook, *, knobs: Knobs) -> dict[str, Any]:
    hidden = {"all": frozenset[str](), "all_but_password": PASSWORD, "none": SECRETS}[knobs.hook_secrets_shown]
    return {name: value for name, value in hook.settings.items() if name not in hidden}


def _subscription(subscription: Subscription) -> Json:
    return {
        "id": subscription.id,
        "name": subscription.event,
        "last_response": dict(subscription.last_response),
        "last_trigger_status": subscription.last_status,
        "last_trigger_time": time_or_none(subscription.last_trigger_at),
    }
