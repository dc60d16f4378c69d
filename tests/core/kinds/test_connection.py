"""The types of connections as data: what each takes, what it refuses in words that name the setting, what is shown."""

from collections.abc import Mapping
from typing import Any

import pytest

from xplenty_pulumi.client import Connection
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.compare import plan
from xplenty_pulumi.core.kinds.connection import CONNECTION, SECRET_SETTINGS, TYPES, value_unset
from xplenty_pulumi.emulator.calls.connection_types import CONNECTION_TYPES, read_settings
from xplenty_pulumi.emulator.wire.messages import Refusal

PORTS = {"port", "local_port", "name_node_port", "httpfs_port"}
VALUES: dict[str, Any] = {
    **dict.fromkeys(PORTS, 5000),
    **dict.fromkeys(("ssl", "expires"), True),
    "tunnel_type": "direct",
    "auth_method": "password",
    "environment": "sandbox",
}
EVERY_TYPE = pytest.mark.parametrize("type_", TYPES)


def least(type_: str) -> dict[str, Any]:
    """Return the settings that a connection of this type must have."""
    known, given = TYPES[type_], dict[str, Any]()
    for name in (*known.needed, *(one.name for one in known.sometimes if one.applies({**known.defaults, **given}))):
        given[name] = VALUES.get(name, f"a-{name}")
    return given


def whole(type_: str) -> dict[str, Any]:
    """Return all settings that a connection of this type can have."""
    return {name: VALUES.get(name, f"a-{name}") for name in TYPES[type_].names}


def problems(type_: str, settings: Mapping[str, object]) -> list[str]:
    """Return what is wrong with a connection."""
    return [str(one) for one in check(CONNECTION, {"type": type_, "name": "loads", "settings": settings}).problems]


def shown(type_: str = "mysql", **fields: object) -> Connection:
    """Return a connection as the service may show it."""
    return Connection.model_validate({"id": 7, "type": type_, "name": "loads", **fields})


def test_there_are_33_types() -> None:
    """As many as are documented; the emulator, which has a table of its own, has the same with the same settings."""
    assert len(TYPES) == 33
    assert {name: {*one.names} for name, one in TYPES.items()} == {
        name: {*one.names} for name, one in CONNECTION_TYPES.items()
    }


@EVERY_TYPE
def test_both_tables_need_and_fill_in_the_same(type_: str) -> None:
    """What is enough here is enough there, without any one of it neither is, and defaults are the same."""
    assert problems(type_, least(type_)) == []
    assert read_settings(type_, least(type_), before={}) == {**TYPES[type_].defaults, **least(type_)}
    for name in least(type_):
        rest = {one: value for one, value in least(type_).items() if one != name}
        (problem,) = problems(type_, rest)
        assert problem.startswith(f"settings of a {type_} connection need {name!r}")
        with pytest.raises(Refusal, match=f"{name} is required"):
            read_settings(type_, rest, before={})


@EVERY_TYPE
def test_each_setting_is_read_or_refused_by_its_name(type_: str) -> None:
    """No value is shown, since any may be secret."""
    assert problems(type_, whole(type_)) == []
    for name in TYPES[type_].names:
        (problem,) = problems(type_, {**whole(type_), name: ["tkn-4711"]})
        assert problem.startswith(f"settings has a {name!r} that is not ")
        assert "tkn-4711" not in problem


@EVERY_TYPE
def test_what_no_type_has_is_refused(type_: str) -> None:
    """So is what only the service sets; what another type has is doubted and left to the service."""
    (problem,) = problems(type_, {**least(type_), "hosst": "a"})
    assert problem.startswith(f"settings of a {type_} connection have no 'hosst'; they have ")
    for name in TYPES[type_].read_only:
        assert f"must leave {name!r} to the service" in problems(type_, {**least(type_), name: "a"})[0]
    foreign = next(name for name in ("s3_staging_dir", "warehouse") if name not in TYPES[type_].names)
    settings = {**least(type_), foreign: "a"}
    found = check(CONNECTION, {"type": type_, "name": "loads", "settings": settings})
    assert (found.problems, foreign in found.doubts["settings"]) == ((), True)


@pytest.mark.parametrize(
    ("type_", "settings", "missing"),
    [
        ("xero", {}, "'password' unless code is given"),
        ("xero", {"code": "c"}, "'redirect_uri' if code is given"),
        ("sftp", {"username": "u", "host": "h"}, "'password' if auth_method is password"),
        ("mysql", {"username": "u", "password": "p"}, "'host' unless tunnel_type is reverse"),
        ("s3", {"username": "", "password": "p"}, "'username'"),
    ],
)
def test_what_is_needed_sometimes_says_when(type_: str, settings: dict[str, Any], missing: str) -> None:
    """The text names what decides."""
    assert problems(type_, settings) == [f"settings of a {type_} connection need {missing}"]


@pytest.mark.parametrize(
    ("type_", "settings"),
    [
        ("xero", {"code": "c", "redirect_uri": "https://a.example.test"}),
        ("sftp", {"username": "u", "host": "h", "auth_method": "key"}),
        ("mysql", {"username": "u", "password": "p", "tunnel_type": "reverse"}),
    ],
)
def test_what_is_needed_sometimes_may_be_left_out(type_: str, settings: dict[str, Any]) -> None:
    """Where something else stands for it, the emulator agrees."""
    assert problems(type_, settings) == []
    assert read_settings(type_, settings, before={})


@pytest.mark.parametrize("wrong", [0, 65536, "a", 1.5, True])
def test_a_port_is_a_port(wrong: object) -> None:
    """A text of digits is one too, as a setting of a stack is."""
    given = {**least("mysql"), "port": wrong}
    assert "'port' that is not a port, a whole number from 1 to 65535" in problems("mysql", given)[0]
    read = check(CONNECTION, {"type": "mysql", "name": "loads", "settings": {**given, "port": "3307"}})
    assert dict(read.inputs["settings"])["port"] == 3307  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ({"type": "mysqll"}, "type must be one of 'adwords', "),
        ({"name": " "}, "name must not be empty"),
        ({"settings": "host=a"}, "settings must be a mapping of names to values, got a str"),
        ({"name": "loads [xp1:dev-0f3a91c:5b1c0d9e7a42]"}, "name must not end in an ownership marker"),
        ({"test": "perhaps"}, "test must be true or false"),
        ({"host": "a"}, "a connection has no input 'host'; it has type, settings, name, test"),
    ],
)
def test_bad_inputs_are_named(inputs: dict[str, Any], text: str) -> None:
    """Each by its own name."""
    good = {"type": "mysql", "name": "loads", "settings": least("mysql")}
    assert any(text in str(one) for one in check(CONNECTION, {**good, **inputs}).problems)


def test_only_what_was_asked_for_is_seen() -> None:
    """What is hidden is as it was asked for; numbers that come as texts are the same numbers."""
    asked = {"settings": {"host": "a", "port": 3306, "password": "pw", "database": "loads"}}
    view = CONNECTION.view(shown(host="b", port="3306", ssl=True, database=None), asked)
    assert view["settings"] == {"host": "b", "port": 3306, "password": "pw", "database": "loads"}


def test_without_inputs_all_that_is_shown_is_seen() -> None:
    """It could be an input; a lookup has it."""
    fields = {"username": "etl", "host": "a", "ssl": "t", "password": "pw", "shop": "s", "html_url": "https://a.test"}
    assert CONNECTION.view(shown(**fields), {})["settings"] == {"username": "etl", "host": "a", "ssl": True}
    assert CONNECTION.view(shown("unheard", host="a"), {})["settings"] == {}


def test_a_reverse_tunnel_hides_host_and_port() -> None:
    """The service sets both; a tunnel that was changed by hand is seen all the same."""
    asked = {"settings": {"tunnel_type": "reverse", "host": "a", "port": 5000}}
    same = CONNECTION.view(shown(tunnel_type="reverse", host="", port=1), asked)
    assert same["settings"] == asked["settings"]
    changed = CONNECTION.view(shown(tunnel_type="direct", host="b", port=1), asked)
    assert changed["settings"] == {"tunnel_type": "direct", "host": "b", "port": 1}


def test_another_type_replaces_and_all_else_changes_in_place() -> None:
    """What is only a matter of this tool changes nothing."""
    old = {"type": "mysql", "name": "loads", "settings": least("mysql"), "test": False}
    new = {"type": "s3", "name": "sales", "settings": least("s3"), "test": True}
    found = plan(CONNECTION, new, old)
    assert (found.replaces, [one.field for one in found.updates]) == (("type",), ["settings", "name"])


@pytest.mark.parametrize(
    ("id_", "is_key"), [("s3/53", True), ("53", False), (53, False), ("s3/0", False), ("/", False)]
)
def test_it_is_known_by_its_type_and_number(id_: object, *, is_key: bool) -> None:
    """An id alone may be that of several."""
    if is_key:
        assert CONNECTION.key(id_) == id_
        return
    with pytest.raises(ValueError, match="must be its type and its number, such as s3/53"):
        CONNECTION.key(id_)


def test_secrets_are_named_once() -> None:
    """What is secret has no default, and unset settings have the documented one."""
    assert not any(SECRET_SETTINGS & {*one.defaults} for one in TYPES.values())
    assert [value_unset("mysql", name) for name in ("port", "database", "ssl")] == [3306, "", False]
    assert value_unset("hdfs", "name_node_port") is None
