"""The calls on hooks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xplenty_pulumi.emulator.calls.call import Call, answer_list
from xplenty_pulumi.emulator.hooks.fields import (
    HOOK_FIELDS,
    PASSWORD,
    SECRETS,
    name_of,
    read_settings,
    salt_of,
    subscriptions,
)
from xplenty_pulumi.emulator.knobs import Knobs
from xplenty_pulumi.emulator.life.events import Happening
from xplenty_pulumi.emulator.life.records import HOOK_TYPES, EmulatedHook, EmulatedSubscription
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.lists import ListRules
from xplenty_pulumi.emulator.wire.messages import Answer, invalid
from xplenty_pulumi.emulator.wire.views import Json, time_or_none


def hook_json(hook: EmulatedHook, *, knobs: Knobs) -> Json:
    """Return a hook; no published example has times or an address of its own."""
    return {
        "id": hook.id,
        "salt": hook.salt,
        "active": hook.active,
        "type": hook.type,
        "settings": _settings(hook, knobs=knobs),
        "events": list(hook.events),
        "name": name_of(hook),
    }


def pinged_json(hook: EmulatedHook, *, knobs: Knobs) -> Json:
    """Return a hook as a ping does, with what came of telling it last, event by event."""
    events = [_subscription(subscription) for subscription in hook.subscriptions]
    return hook_json(hook, knobs=knobs) | {"events": events}


def _settings(hook: EmulatedHook, *, knobs: Knobs) -> dict[str, Any]:
    hidden = {"all": frozenset[str](), "all_but_password": PASSWORD, "none": SECRETS}[knobs.hook_secrets_shown]
    return {name: value for name, value in hook.settings.items() if name not in hidden}


def _subscription(subscription: EmulatedSubscription) -> Json:
    return {
        "id": subscription.id,
        "name": subscription.event,
        "last_response": dict(subscription.last_response),
        "last_trigger_status": subscription.last_status,
        "last_trigger_time": time_or_none(subscription.last_trigger_at),
    }


_KNOWN = frozenset(HOOK_FIELDS) | {"id", "salt"}
_LISTING: ListRules[EmulatedHook] = ListRules(
    sorts={
        "created": lambda hook: (hook.created_at, hook.id),
        "updated": lambda hook: (hook.updated_at, hook.id),
        "name": lambda hook: (name_of(hook), hook.id),
    },
    updated_at=lambda hook: hook.updated_at,
    created_at=lambda hook: hook.created_at,
)


def view(call: Call, hook: EmulatedHook) -> Json:
    """Return a hook as JSON."""
    return hook_json(hook, knobs=call.knobs)


def find(call: Call) -> EmulatedHook:
    """Return the hook that the path names; raises the 404 refusal."""
    hook = call.world.hooks.get(call.ids[0])
    if hook is None:
        raise call.not_found()
    return hook


def list_hooks(call: Call) -> Answer:
    """GET hooks; `type` takes one type or several with commas between."""
    types = _types(call)
    kept = {number: hook for number, hook in call.world.hooks.items() if hook.type in types}
    return answer_list(call, kept, listing=_LISTING, path="hooks", view=lambda hook: view(call, hook))


def _types(call: Call) -> tuple[str, ...]:
    given = call.parameters.get("type")
    wanted = tuple(word.strip().lower() for word in str(given or "").split(",") if word.strip())
    unknown = [word for word in wanted if word not in HOOK_TYPES]
    if unknown and call.knobs.unknown_list_value == "refuse":
        raise invalid("type", f"must be one of {', '.join(HOOK_TYPES)}, got {values.shown(unknown[0])}")
    return tuple(word for word in wanted if word in HOOK_TYPES) or HOOK_TYPES


def get_hook(call: Call) -> Answer:
    """GET hooks/{id}."""
    return Answer(view(call, find(call)))


def create_hook(call: Call) -> Answer:
    """POST hooks."""
    fields = _fields(call)
    for name in ("type", "settings", "events"):
        if name not in fields:
            raise invalid(name, "is required")
    settings = read_settings(fields["type"], fields["settings"], before={}, knobs=call.knobs)
    number = call.world.take_id(EmulatedHook)
    hook = EmulatedHook(
        id=number,
        type=fields["type"],
        created_at=call.now,
        updated_at=call.now,
        salt=salt_of(number, 0, key=call.seed.api_key),
        name=fields.get("name", ""),
        active=fields.get("active", True),
        settings=settings,
        subscriptions=subscriptions(number, fields["events"], before=()),
    )
    call.world.put(hook)
    return Answer(view(call, hook), status=201)


def _fields(call: Call) -> dict[str, Any]:
    values.check_unknown(call.parameters, known=_KNOWN, knobs=call.knobs)
    return values.read_fields(call.parameters, HOOK_FIELDS)


def update_hook(call: Call) -> Answer:
    """PUT hooks/{id}: events are replaced as a whole, the type stays."""
    hook = find(call)
    fields = _fields(call)
    changed = _with_fields(call, hook, fields)
    if changed != hook:
        changed = replace(changed, updated_at=call.now)
        call.world.put(changed)
    return Answer(view(call, changed))


def _with_fields(call: Call, hook: EmulatedHook, fields: Mapping[str, Any]) -> EmulatedHook:
    given = fields.get("settings")
    before = hook.settings if given is None or call.knobs.hook_settings_on_put == "merge" else {}
    return replace(
        hook,
        name=fields.get("name", hook.name),
        active=fields.get("active", hook.active),
        settings=read_settings(hook.type, given or {}, before=before, knobs=call.knobs),
        subscriptions=subscriptions(hook.id, fields.get("events", hook.events), before=hook.subscriptions),
    )


def delete_hook(call: Call) -> Answer:
    """DELETE hooks/{id}: it is gone at once."""
    hook = find(call)
    call.world.remove(EmulatedHook, hook.id)
    return Answer(view(call, hook))


def ping_hook(call: Call) -> Answer:
    """GET hooks/{id}/ping: a test event is on its way when this answers."""
    hook = find(call)
    call.world.happenings.append(Happening("ping", call.now, None, (hook,)))
    return Answer(pinged_json(hook, knobs=call.knobs))


def reset_salt(call: Call) -> Answer:
    """PUT hooks/{id}/reset_salt."""
    hook = find(call)
    count = hook.salts_before + 1
    salt = salt_of(hook.id, count, key=call.seed.api_key)
    call.world.put(replace(hook, salt=salt, salts_before=count, updated_at=call.now))
    return Answer({"salt": salt})
