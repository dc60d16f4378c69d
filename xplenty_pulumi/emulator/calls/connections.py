"""The calls on connections, each of which has its type in its path."""

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from xplenty_pulumi.emulator.calls.call import Call, answer_list
from xplenty_pulumi.emulator.calls.connection_types import CONNECTION_TYPES, GROUP_NAMES, SECRETS, read_settings
from xplenty_pulumi.emulator.life.records import EmulatedConnection
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.lists import ListRules
from xplenty_pulumi.emulator.wire.messages import Answer, Json, invalid, time_text

_SHOWN_FIELDS = {"all": (), "some": ("username", "database", "host", "region"), "username": ("username",)}
_SHOWN = frozenset({"id", "type", "name", "unique_id", "created_at", "updated_at", "url"})
_RULES: ListRules[EmulatedConnection] = ListRules(
    name=lambda connection: connection.name,
    others={"id": lambda connection: connection.number, "type": lambda connection: connection.type},
    sort="name",
)
_CANNOT_CONNECT = (
    "Could not connect to the data source, please verify connection settings and security/firewall options"
)


def view(call: Call, connection: EmulatedConnection) -> Json:
    """Return a connection as JSON; which fields of its type it shows is a knob, and secrets are none of them."""
    shown = _SHOWN_FIELDS[call.knobs.connection_fields_shown] or connection.settings
    return {
        "id": connection.number,
        "name": connection.name,
        **{name: value for name, value in connection.settings.items() if name in shown and name not in SECRETS},
        "unique_id": f"{connection.type.upper()}_CONNECTION_{connection.number}",
        "created_at": time_text(connection.created_at),
        "updated_at": time_text(connection.updated_at),
        "type": connection.type,
        "url": call.links.api(f"connections/{connection.type}/{connection.number}"),
    }


def find(call: Call) -> EmulatedConnection:
    """Return the connection that the path names by its type and its id; raises the 404 refusal."""
    for connection in call.world.connections.values():
        if (connection.type, connection.number) == (call.type, call.ids[0]):
            return connection
    raise call.not_found()


def list_connections(call: Call) -> Answer:
    """GET connections; `type` takes one type, several with commas between, or `all`."""
    types = _types(call)
    kept = [one for one in call.world.connections.values() if one.type in types]
    return answer_list(call, kept, rules=_RULES, path="connections", view=lambda one: view(call, one))


def _types(call: Call) -> frozenset[str]:
    given = str(call.parameters.get("type") or "all").split(",")
    wanted = frozenset(word.strip().lower() for word in given if word.strip())
    unknown = sorted(wanted - {*CONNECTION_TYPES, "all"})
    if unknown and call.knobs.unknown_list_value == "refuse":
        raise invalid("type", f"must be one of {', '.join(CONNECTION_TYPES)}, got {values.shown(unknown[0])}")
    known = wanted & {*CONNECTION_TYPES}
    return known if known and "all" not in wanted else frozenset(CONNECTION_TYPES)


def list_types(_call: Call) -> Answer:
    """GET connections/types."""
    return Answer(
        [
            {
                "type": type_,
                "name": fields.title,
                "description": f"Reads from and writes to {fields.title}.",
                "icon_url": f"https://xplenty.com/assets/vendor/{type_}.png",
                "groups": [{"group_type": fields.group, "group_name": GROUP_NAMES[fields.group]}],
            }
            for type_, fields in CONNECTION_TYPES.items()
        ]
    )


def get_connection(call: Call) -> Answer:
    """GET connections/{type}/{id}."""
    return Answer(view(call, find(call)))


def create_connection(call: Call) -> Answer:
    """POST connections/{type}."""
    name, settings = _read(call, before={})
    if not name:
        raise invalid("name", "is required")
    row = call.world.take_id(EmulatedConnection)
    connection = EmulatedConnection(
        id=row,
        number=_number(call, row),
        type=call.type,
        name=name,
        created_at=call.now,
        updated_at=call.now,
        settings=settings,
    )
    call.world.put(connection)
    return Answer(view(call, connection), status=201)


def _number(call: Call, row: int) -> int:
    """The id that clients get."""
    if call.knobs.connection_ids == "unique":
        return row
    taken = [one.number for one in call.world.connections.values() if one.type == call.type]
    return max(taken, default=0) + 1


def _read(call: Call, *, before: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    fields = CONNECTION_TYPES[call.type]
    known = frozenset({*fields.names, *fields.read_only}) | _SHOWN
    values.check_unknown(call.parameters, known=known, knobs=call.knobs)
    name = values.read_fields(call.parameters, {"name": values.text}).get("name", "")
    return name, read_settings(call.type, call.parameters, before=before)


def update_connection(call: Call) -> Answer:
    """PUT connections/{type}/{id}: what is not given stays as it is."""
    connection = find(call)
    name, settings = _read(call, before=connection.settings)
    changed = replace(connection, name=name or connection.name, settings=settings)
    if changed != connection:
        changed = replace(changed, updated_at=call.now)
        call.world.put(changed)
    return Answer(view(call, changed))


def delete_connection(call: Call) -> Answer:
    """DELETE connections/{type}/{id}: it is gone at once."""
    connection = find(call)
    call.world.remove(EmulatedConnection, connection.id)
    return Answer(view(call, connection))


def test_connection(call: Call) -> Answer:
    """POST connections/{type}/{id}/test."""
    connection = find(call)
    return _tested(call, connection.name, failure=connection.failure)


def test_new_connection(call: Call) -> Answer:
    """POST connections/{type}/test: nothing is made."""
    name, _ = _read(call, before={})
    return _tested(call, name, failure=None)


def _tested(call: Call, name: str, *, failure: str | None) -> Answer:
    """`true`, or the text that explains the failure, which the account's seed or somebody backstage has planted."""
    planted = any(fnmatchcase(name, pattern) for pattern in call.seed.connections_that_fail)
    if failure is None and not planted:
        return Answer(payload=True)
    return Answer({"error_message": failure or _CANNOT_CONNECT}, status=400)
