"""The settings of connections: read, checked by type, and as the service shows them."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from xplenty_pulumi.core.kinds import inputs, marker
from xplenty_pulumi.core.kinds.connection.types import ALL_SETTINGS, SECRET_SETTINGS, TYPES
from xplenty_pulumi.core.kinds.inputs import Reader, shown
from xplenty_pulumi.errors import SpecError

if TYPE_CHECKING:
    from xplenty_pulumi.client import Connection

_KEY = re.compile(r"[a-z][a-z0-9]*/[1-9][0-9]{0,17}")
TunnelType = Literal["direct", "reverse"]
"""How the service reaches a host."""
AuthMethod = Literal["password", "key"]
"""How a connection signs in."""
SalesforceEnvironment = Literal["production", "sandbox"]
"""Which Salesforce it is."""
_CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "tunnel_type": get_args(TunnelType),
        "auth_method": get_args(AuthMethod),
        "environment": get_args(SalesforceEnvironment),
    }
)
_PORTS = frozenset({"port", "local_port", "name_node_port", "httpfs_port"})
_FLAGS = frozenset({"ssl", "expires"})
_SHOWN = {"type", "unique_id", "created_at", "updated_at", "url"}
_BY_TUNNEL = frozenset({"host", "port"})
"""What the service sets itself where the tunnel is a reverse one (documented)."""


def connection_key(value: object) -> str:
    """Accept the type and the id of a connection, such as `s3/53`: an id alone may be that of several."""
    if isinstance(value, str) and _KEY.fullmatch(value.strip()):
        return value.strip()
    raise ValueError(f"must be its type and its number, such as s3/53, got {shown(value)}")


def _setting(name: str, value: object) -> object:
    read, kind = _reader(name)
    try:
        return read(value)
    except ValueError:
        raise ValueError(f"has a {shown(name)} that is not {kind}") from None


connection_settings = inputs.members(_setting)
"""Accepts the settings of a connection, of whatever type."""


def _reader(name: str) -> tuple[Reader, str]:
    """How a setting is read, and what it must be."""
    if name in _CHOICES:
        return inputs.choice(*_CHOICES[name]), f"one of {', '.join(_CHOICES[name])}"
    if name in _PORTS:
        return _port, "a port, a whole number from 1 to 65535"
    if name in _FLAGS:
        return inputs.flag, "true or false"
    return _scalar, "a text or a number"


def _port(value: object) -> object:
    is_text = isinstance(value, str) and value.strip().isdecimal()
    return inputs.whole(lowest=1, highest=65535)(int(str(value)) if is_text else value)


def _scalar(value: object) -> str:
    """A text; the engine has only floats, so that a number is given as the whole one that was meant."""
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, int | float):
        return str(inputs.whole(lowest=0)(value))
    return str(inputs.text()(value))


def settings_fit_type(given: Mapping[str, object]) -> SpecError | None:
    """Return what is wrong with the settings of a connection of this type."""
    type_, settings = given.get("type"), given.get("settings")
    if not isinstance(settings, Mapping) or type_ not in TYPES:
        return None
    known, what = TYPES[str(type_)], f"settings of a {type_} connection"
    if strange := sorted({*settings} - ALL_SETTINGS):
        if strange[0] in known.read_only:
            return SpecError(f"{what} must leave {strange[0]!r} to the service, which sets it", field="settings")
        return SpecError(f"{what} have no {shown(strange[0])}; they have {', '.join(known.names)}", field="settings")
    if missing := known.missing(settings):
        return SpecError(f"{what} need {missing}", field="settings")
    return None


def doubts(given: Mapping[str, object]) -> dict[str, str]:
    """Return which settings are documented for other types only: an example has one of them, so the service decides."""
    type_, settings = given.get("type"), given.get("settings")
    if not isinstance(settings, Mapping) or type_ not in TYPES:
        return {}
    strange = sorted({*settings} & ALL_SETTINGS - {*TYPES[str(type_)].names})
    if not strange:
        return {}
    return {"settings": f"{', '.join(strange)}: not documented for a {type_} connection; the service decides"}


def connection_view(connection: "Connection", asked: Mapping[str, object]) -> dict[str, object]:
    """Return the connection without its id, with the user's own name only.

    What the service does not show, such as a secret (documented), is taken to be as it was `asked` for. Only settings
    that were asked for are in it, or all that are shown where nothing was.
    """
    wanted = asked.get("settings")
    return {
        **connection.model_dump(mode="json", include=_SHOWN),
        "name": asked.get("name", "") if connection.name is None else marker.strip(connection.name),
        "settings": _visible(connection, wanted if isinstance(wanted, Mapping) else None),
    }


def _visible(connection: "Connection", wanted: Mapping[str, object] | None) -> dict[str, object]:
    known = TYPES[connection.type].names if connection.type in TYPES else ()
    found = {name: _as_read(name, value) for name, value in connection.settings.items() if name in known}
    if wanted is None:
        return found
    if wanted.get("tunnel_type") == "reverse" == found.get("tunnel_type", "reverse"):
        found = {name: value for name, value in found.items() if name not in _BY_TUNNEL}
    return {name: value if name in SECRET_SETTINGS else found.get(name, value) for name, value in wanted.items()}


def _as_read(name: str, value: object) -> object:
    try:
        return _reader(name)[0](value)
    except ValueError:
        return value


def value_unset(type_: object, name: str) -> object:
    """Return what stands for a setting that a program does not give any more: its default, or nothing."""
    defaults = TYPES[str(type_)].defaults if type_ in TYPES else {}
    return defaults.get(name, None if name in _PORTS else "")


def summary(connection: "Connection") -> str:
    """Return what a line says of it."""
    return f"{connection.type}, {marker.strip(connection.name)}"
