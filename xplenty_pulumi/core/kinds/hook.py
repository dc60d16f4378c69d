"""What is known about hooks, as data; they have no status: one that is there is ready."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import urlsplit

from xplenty_pulumi.core.kinds import inputs, marker
from xplenty_pulumi.core.kinds.inputs import shown
from xplenty_pulumi.core.kinds.kind import Change, Drift, Ending, Field, Kind
from xplenty_pulumi.errors import SpecError
from xplenty_pulumi.redact import Secret

if TYPE_CHECKING:
    from xplenty_pulumi.client import Hook

HookType = Literal["web", "slack", "email", "pagerduty"]
"""How a hook notifies."""
HookEvent = Literal[
    "job",
    "job.submitted",
    "job.started",
    "job.stopped",
    "job.completed",
    "job.failed",
    "cluster",
    "cluster.requested",
    "cluster.available",
    "cluster.terminated",
    "cluster.idled",
    "cluster.error",
]
"""What a hook reports; `job` and `cluster` mean all of theirs."""
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        group: tuple(event for event in get_args(HookEvent) if event.startswith(f"{group}."))
        for group in ("job", "cluster")
    }
)
"""The documented events; the name of a group stands for all of its events."""
SETTINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "web": ("url", "basic_auth", "basic_auth_data", "insecure_ssl"),
        "slack": ("url", "team", "channel"),
        "email": ("emails",),
        "pagerduty": ("pd_account", "service_name", "service_key"),
    }
)
"""The documented settings by type; of each type the one in `NEEDED` must be given."""
NEEDED: Mapping[str, str] = MappingProxyType(
    {"web": "url", "slack": "url", "email": "emails", "pagerduty": "service_key"}
)
SECRET_SETTINGS = frozenset({"url", "basic_auth_data", "service_key"})
"""An address counts, because that of a Slack hook lets anybody write, and others may hold a token."""
_DERIVED = "encrypted_basic_auth_data"
"""A setting that the service derives from another one and does not accept."""
_FLAGS = frozenset({"basic_auth", "insecure_ssl"})


def events(value: object) -> list[str]:
    """Accept a list of documented events; give each once, in the documented order, a whole group as its name."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or not value:
        raise ValueError(f"must be a list of one event or more, got {shown(value)}")
    known = {*get_args(HookEvent)}
    for event in value:
        if not isinstance(event, str) or event not in known:
            raise ValueError(f"has {shown(event)}, which is none of {', '.join(sorted(known))}")
    wanted, found = {*value}, list[str]()
    for group, all_of_it in GROUPS.items():
        is_whole = group in wanted or wanted >= {*all_of_it}
        found += [group] if is_whole else [event for event in all_of_it if event in wanted]
    return found


def _setting(name: str, value: object) -> object:
    try:
        if name in _FLAGS:
            return inputs.flag(value)
        if name == "emails":
            return _addresses(value)
        text = str(inputs.text(blank=False)(value))
    except ValueError:
        kind = "true or false" if name in _FLAGS else "a text that is not empty"
        raise ValueError(f"has a {shown(name)} that is not {kind}") from None
    if name == "url" and not _is_address(text):
        raise ValueError("has a 'url' that is not an address beginning with http:// or https://")
    return text


def _addresses(value: object) -> str:
    """The service wants one text with commas between; a list is fine too."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, Sequence) or not all(isinstance(part, str) for part in parts):
        raise ValueError
    found = ",".join(part.strip() for part in parts if part.strip())
    return str(inputs.text(blank=False)(found))


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _settings_fit_type(inputs: Mapping[str, object]) -> SpecError | None:
    type_, given = inputs.get("type"), inputs.get("settings")
    if not isinstance(given, Mapping) or type_ not in SETTINGS:
        return None
    allowed, needed = SETTINGS[str(type_)], NEEDED[str(type_)]
    strange = sorted({*given} - {*allowed})
    if strange:
        known = ", ".join(allowed)
        return SpecError(f"settings of a {type_} hook have no {shown(strange[0])}; they have {known}", field="settings")
    if needed not in given:
        return SpecError(f"settings of a {type_} hook need {needed!r}", field="settings")
    return None


def hook_view(hook: "Hook", asked: Mapping[str, object]) -> dict[str, object]:
    """Return the hook without its id, with the user's own name only; settings and salt are in clear.

    What the service does not show, such as a password (documented), is taken to be as it was `asked` for. Only settings
    that were asked for are in it, or all that are shown where nothing was.
    """
    return {
        "type": hook.type,
        "name": asked.get("name", "") if hook.name is None else marker.strip(hook.name),
        "active": asked.get("active") if hook.active is None else hook.active,
        "events": asked.get("events") if hook.events is None else list(hook.events),
        "settings": _visible(hook, asked),
        "salt": hook.salt.reveal() if hook.salt else None,
    }


def _visible(hook: "Hook", asked: Mapping[str, object]) -> dict[str, object]:
    """Its settings in clear: those asked for, with what it hides of them as that was, or else all that it shows."""
    pairs = {name: value for name, value in (hook.settings or ()) if value is not None}
    found = {name: value.reveal() if isinstance(value, Secret) else value for name, value in pairs.items()}
    wanted = asked.get("settings")
    return {name: found.get(name, value) for name, value in wanted.items()} if isinstance(wanted, Mapping) else found


def _repeated(hook: "Hook", asked: Mapping[str, object]) -> Mapping[str, object] | None:
    """The service wants the settings each time (documented), so they are sent as it shows them.

    Where some were asked for, those are sent, and what it hides of them is as it was asked for.
    """
    shown = {name: value for name, value in _visible(hook, asked).items() if name != _DERIVED}
    needed = {"hipchat": "auth_token", "pagerduty": "service_key"}.get(hook.type, "")
    if shown.get("basic_auth"):
        needed = "basic_auth_data"
    return {"settings": shown} if shown and (not needed or needed in shown) else None


def _summary(hook: "Hook") -> str:
    """A hook's own name shows its address, so that its type stands for it."""
    return f"{hook.type}, {'on' if hook.active else 'off'}"


HOOK = Kind(
    name="hook",
    resource="Hook",
    collection="hooks",
    fields=(
        Field("type", inputs.choice(*get_args(HookType)), Change.REPLACE, required=True),
        Field(
            "settings",
            inputs.members(_setting),
            Change.IN_PLACE,
            required=True,
            private="members",
            secret=SECRET_SETTINGS,
        ),
        Field("events", events, Change.IN_PLACE, required=True),
        Field("name", inputs.description, Change.IN_PLACE, default="", drift=Drift.HARMLESS),
        Field("active", inputs.flag, Change.IN_PLACE, default=True),
        Field("ping", inputs.flag, Change.LOCAL, default=True),
    ),
    signed="name",
    ends=Ending.REMOVED,
    shown={"salt": Drift.NONE},
    view=hook_view,
    rules=(_settings_fit_type,),
    secret_outputs=("settings", "salt"),
    repeated=_repeated,
    summary=_summary,
)
