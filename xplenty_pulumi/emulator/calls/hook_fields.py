"""The settings of a hook, by its type: how each is read, which are needed, and which are secret."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.records import EVENT_NAMES, HOOK_TYPES, EmulatedHook, EmulatedSubscription
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.messages import invalid
from xplenty_pulumi.emulator.wire.values import Reader

PASSWORD = frozenset({"basic_auth_data"})
SECRETS = PASSWORD | {"service_key"}


def _hidden(field: str, value: Any) -> str:
    """A text that no refusal repeats."""
    if not isinstance(value, str):
        raise invalid(field, "must be a text")
    return value


def _address(field: str, value: Any) -> str:
    """An address of the web, which may hold a token and is not repeated either."""
    address = _hidden(field, value)
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise invalid(field, "must be an address that begins with http:// or https://")
    return address


_SETTINGS: Mapping[str, Mapping[str, Reader]] = {
    "web": {"url": _address, "basic_auth": values.flag, "basic_auth_data": _hidden, "insecure_ssl": values.flag},
    "slack": {"url": _address, "team": values.text, "channel": values.text},
    "email": {"emails": values.text},
    "pagerduty": {"pd_account": values.text, "service_name": values.text, "service_key": _hidden},
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "web": ("url",),
    "slack": ("url",),
    "email": ("emails",),
    "pagerduty": ("service_key",),
}
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {"web": {"basic_auth": False, "insecure_ssl": False}}


def events(field: str, value: Any) -> tuple[str, ...]:
    """Return the names of known events, each once; there must be one."""
    entries = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(entries, list) or not entries:
        raise invalid(field, "must be a list of one event or more")
    for entry in entries:
        if entry not in EVENT_NAMES:
            raise invalid(field, f"must be of {', '.join(EVENT_NAMES)}, got {values.shown(entry)}")
    return tuple(dict.fromkeys(entries))


HOOK_FIELDS: Mapping[str, Reader] = {
    "type": values.one_of(*HOOK_TYPES),
    "name": values.text,
    "active": values.flag,
    "settings": values.mapping,
    "events": events,
}


def read_settings(
    hook_type: str, given: Mapping[str, Any], *, before: Mapping[str, Any], knobs: Knobs
) -> dict[str, Any]:
    """Return the settings of a hook of this type, where `before` says what is not given."""
    values.check_unknown(given, known=frozenset(_SETTINGS[hook_type]), knobs=knobs)
    readers = {f"settings.{name}": read for name, read in _SETTINGS[hook_type].items()}
    named = values.read_fields({f"settings.{name}": value for name, value in given.items()}, readers)
    read = {name.removeprefix("settings."): value for name, value in named.items()}
    settings = {**_DEFAULTS.get(hook_type, {}), **before, **read}
    for name in _NEEDED[hook_type]:
        if not settings.get(name):
            raise invalid(f"settings.{name}", "is required")
    return settings


def subscriptions(
    number: int, names: tuple[str, ...], *, before: tuple[EmulatedSubscription, ...]
) -> tuple[EmulatedSubscription, ...]:
    """Return the subscriptions of a hook, keeping those it has; their ids are the emulator's choice."""
    known = {subscription.event: subscription for subscription in before}
    new = {name: EmulatedSubscription(number * 100 + EVENT_NAMES.index(name), name) for name in names}
    return tuple(known.get(name, new[name]) for name in names)


def salt_of(number: int, salts_before: int, *, key: str) -> str:
    """Return a salt in the documented form, 64 hexadecimal digits, that nobody guesses who does not have the key."""
    return hmac.new(key.encode(), f"salt {salts_before} of hook {number}".encode(), hashlib.sha256).hexdigest()


def name_of(hook: EmulatedHook) -> str:
    """Return the hook's name: its own, or the documented default out of its settings."""
    settings = hook.settings
    team_and_channel = f"{settings.get('team') or ''} {settings.get('channel') or ''}".strip()
    defaults = {
        "web": settings.get("url"),
        "slack": team_and_channel or settings.get("url"),
        "email": settings.get("emails"),
        "pagerduty": settings.get("service_name"),
    }
    return hook.name or str(defaults[hook.type] or "")
