"""The calls on hooks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xplenty_pulumi.emulator.calls.call import Call, answer_list
from xplenty_pulumi.emulator.calls.hook_fields import (
    HOOK_FIELDS,
    name_of,
    read_settings,
    salt_of,
    subscriptions,
)
from xplenty_pulumi.emulator.calls.views import hook_json, pinged_json
from xplenty_pulumi.emulator.life.events import Happening
from xplenty_pulumi.emulator.life.records import HOOK_TYPES, EmulatedHook
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.lists import ListRules
from xplenty_pulumi.emulator.wire.messages import Answer, Json, invalid

_KNOWN = frozenset(HOOK_FIELDS) | {"id", "salt"}
_RULES: ListRules[EmulatedHook] = ListRules(name=name_of)


def view(call: Call, hook: EmulatedHook) -> Json:
    """Return a hook as JSON."""
    return hook_json(hook, knobs=call.knobs)


def list_hooks(call: Call) -> Answer:
    """GET hooks; `type` takes one type or several with commas between."""
    types = _types(call)
    kept = [hook for hook in call.world.hooks.values() if hook.type in types]
    return answer_list(call, kept, rules=_RULES, path="hooks", view=lambda hook: view(call, hook))


def _types(call: Call) -> tuple[str, ...]:
    given = call.parameters.get("type")
    wanted = tuple(word.strip().lower() for word in str(given or "").split(",") if word.strip())
    unknown = [word for word in wanted if word not in HOOK_TYPES]
    if unknown and call.knobs.unknown_list_value == "refuse":
        raise invalid("type", f"must be one of {', '.join(HOOK_TYPES)}, got {values.shown(unknown[0])}")
    return tuple(word for word in wanted if word in HOOK_TYPES) or HOOK_TYPES


def get_hook(call: Call) -> Answer:
    """GET hooks/{id}."""
    return Answer(view(call, call.find(call.world.hooks)))


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
    hook = call.find(call.world.hooks)
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
    hook = call.find(call.world.hooks)
    call.world.remove(EmulatedHook, hook.id)
    return Answer(view(call, hook))


def ping_hook(call: Call) -> Answer:
    """GET hooks/{id}/ping: a test event is on its way when this answers."""
    hook = call.find(call.world.hooks)
    call.world.happenings.append(Happening("ping", call.now, None, (hook,)))
    return Answer(pinged_json(hook, knobs=call.knobs))


def reset_salt(call: Call) -> Answer:
    """PUT hooks/{id}/reset_salt."""
    hook = call.find(call.world.hooks)
    count = hook.salts_before + 1
    salt = salt_of(hook.id, count, key=call.seed.api_key)
    call.world.put(replace(hook, salt=salt, salts_before=count, updated_at=call.now))
    return Answer({"salt": salt})
