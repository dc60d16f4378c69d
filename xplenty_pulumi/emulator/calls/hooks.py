"""The calls on hooks, and their settings by type: how each is read, and which are needed."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from xplenty_pulumi.emulator.calls.call import Call, answer_list
from xplenty_pulumi.emulator.calls.views import hook_json, pinged_json
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.records import EVENT_NAMES, HOOK_TYPES, EmulatedHook, EmulatedSubscription
from xplenty_pulumi.emulator.life.world import Happening
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.lists import ListRules
from xplenty_pulumi.emulator.wire.messages import Answer, Json, invalid
from xplenty_pulumi.emulator.wire.values import Reader


def _address(field: str, value: Any) -> str:
    """An address of the web, which may hold a token and is not repeated either."""
    address = values.hidden(field, value)
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise invalid(field, "must be an address that begins with http:// or https://")
    return address


_SETTINGS: Mapping[str, Mapping[str, Reader]] = {
    "web": {"url": _address, "basic_auth": values.flag, "basic_auth_data": values.hidden, "insecure_ssl": values.flag},
    "slack": {"url": _address, "team": values.text, "channel": values.text},
    "email": {"emails": values.text},
    "pagerduty": {"pd_account": values.text, "service_name": values.text, "service_key": values.hidden},
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "web": ("url",),
    "slack": ("url",),
    "email": ("emails",),
    "pagerduty": ("service_key",),
}
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {"web": {"basic_auth": False, "insecure_ssl": False}}


def _events(field: str, value: Any) -> tuple[str, ...]:
    """Return the names of known events, each once; there must be one."""
    entries = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(entries, list) or not entries:
        raise invalid(field, "must be a list of one event or more")
    for entry in entries:
        if entry not in EVENT_NAMES:
            raise invalid(field, f"must be of {', '.join(EVENT_NAMES)}, got {values.shown(entry)}")
    return tuple(dict.fromkeys(entries))


_FIELDS: Mapping[str, Reader] = {
    "type": values.one_of(*HOOK_TYPES),
    "name": values.text,
    "active": values.flag,
    "settings": values.mapping,
    "events": _events,
}


def _read_settings(
    hook_type: str, given: Mapping[str, Any], *, before: Mapping[str, Any], knobs: Knobs
) -> dict[str, Any]:
    """Return the settings of a hook of this type, where `before` has what is not given."""
    values.check_unknown(given, known=frozenset(_SETTINGS[hook_type]), knobs=knobs)
    readers = {f"settings.{name}": read for name, read in _SETTINGS[hook_type].items()}
    named = values.read_fields({f"settings.{name}": value for name, value in given.items()}, readers)
    read = {name.removeprefix("settings."): value for name, value in named.items()}
    settings = {**_DEFAULTS.get(hook_type, {}), **before, **read}
    for name in _NEEDED[hook_type]:
        if not settings.get(name):
            raise invalid(f"settings.{name}", "is required")
    return settings


def _subscriptions(
    number: int, names: tuple[str, ...], *, before: tuple[EmulatedSubscription, ...]
) -> tuple[EmulatedSubscription, ...]:
    """Return the subscriptions of a hook, keeping those it has; their ids are the emulator's choice."""
    known = {subscription.event: subscription for subscription in before}
    new = {name: EmulatedSubscription(number * 100 + EVENT_NAMES.index(name), name) for name in names}
    return tuple(known.get(name, new[name]) for name in names)


def _salt_of(number: int, salts_before: int, *, key: str) -> str:
    """Return a salt in the documented form, 64 hexadecimal digits, that nobody guesses who does not have the key."""
    return hmac.new(key.encode(), f"salt {salts_before} of hook {number}".encode(), hashlib.sha256).hexdigest()


_KNOWN = frozenset(_FIELDS) | {"id", "salt"}
_RULES: ListRules[EmulatedHook] = ListRules(name=lambda hook: hook.shown_name)


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
    settings = _read_settings(fields["type"], fields["settings"], before={}, knobs=call.knobs)
    number = call.world.take_id(EmulatedHook)
    hook = EmulatedHook(
        id=number,
        type=fields["type"],
        created_at=call.now,
        updated_at=call.now,
        salt=_salt_of(number, 0, key=call.seed.api_key),
        name=fields.get("name", ""),
        active=fields.get("active", True),
        settings=settings,
        subscriptions=_subscriptions(number, fields["events"], before=()),
    )
    call.world.put(hook)
    return Answer(view(call, hook), status=201)


def _fields(call: Call) -> dict[str, Any]:
    values.check_unknown(call.parameters, known=_KNOWN, knobs=call.knobs)
    return values.read_fields(call.parameters, _FIELDS)


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
        settings=_read_settings(hook.type, given or {}, before=before, knobs=call.knobs),
        subscriptions=_subscriptions(hook.id, fields.get("events", hook.events), before=hook.subscriptions),
    )


def delete_hook(call: Call) -> Answer:
    """DELETE hooks/{id}: it is gone at once."""
    hook = call.find(call.world.hooks)
    call.world.remove(EmulatedHook, hook.id)
    return Answer(view(call, hook))


def ping_hook(call: Call) -> Answer:
    """GET hooks/{id}/ping: a test event is queued when this answers."""
    hook = call.find(call.world.hooks)
    call.world.happenings.append(Happening("ping", call.now, None, (hook,)))
    return Answer(pinged_json(hook, knobs=call.knobs))


def reset_salt(call: Call) -> Answer:
    """PUT hooks/{id}/reset_salt."""
    hook = call.find(call.world.hooks)
    count = hook.salts_before + 1
    salt = _salt_of(hook.id, count, key=call.seed.api_key)
    call.world.put(replace(hook, salt=salt, salts_before=count, updated_at=call.now))
    return Answer({"salt": salt})
