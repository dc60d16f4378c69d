"""The calls on connections."""

from typing import Any

import pytest

from tests.support.accounts.caller import KEY, AccountCaller, emulated
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.emulator import Seed
from xplenty_pulumi.emulator.calls.connection_types import CONNECTION_TYPES

BASE = {"name": "pier", "username": "pier", "password": "moored", "host": "db.example.test"}


def new(caller: AccountCaller, type_: str = "mysql", **fields: Any) -> Any:
    """Return a connection that was made just now."""
    created = caller.post(f"connections/{type_}", {**BASE, **fields})
    assert created.status == 201, created.body
    return created.json()


def test_a_connection_is_made_and_read_without_its_secret() -> None:
    """Defaults are filled in, and the address is that of the type."""
    caller = emulated()
    made = new(caller)
    assert made == caller.get(f"connections/mysql/{made['id']}").json()
    assert (made["port"], made["ssl"], made["unique_id"]) == (3306, False, f"MYSQL_CONNECTION_{made['id']}")
    assert made["url"].endswith(f"/connections/mysql/{made['id']}")
    assert "password" not in made
    assert "moored" not in repr(caller.emulator.connections())


@pytest.mark.parametrize(
    ("knob", "fields"),
    [("all", {"username", "host", "port"}), ("some", {"username", "host"}), ("username", {"username"})],
)
def test_what_is_shown_is_a_knob(knob: str, fields: set[str]) -> None:
    """Common fields always are."""
    made = new(emulated(connection_fields_shown=knob))
    assert {"username", "host", "port"} & {*made} == fields
    assert {"id", "name", "type", "unique_id", "created_at", "updated_at", "url"} <= {*made}


@pytest.mark.parametrize(("knob", "ids"), [("unique", [601, 602, 603]), ("by_type", [1, 2, 1])])
def test_where_ids_are_unique_is_a_knob(knob: str, ids: list[int]) -> None:
    """Within a type they always are."""
    caller = emulated(connection_ids=knob)
    made = [new(caller), new(caller), new(caller, "s3")]
    assert [one["id"] for one in made] == ids
    assert caller.delete(f"connections/mysql/{ids[0]}").status == 200
    assert sorted(one["type"] for one in caller.get("connections").json()) == ["mysql", "s3"]


def test_a_change_keeps_what_is_not_given() -> None:
    """Any field may come alone."""
    caller = emulated()
    number = new(caller, port=3307)["id"]
    caller.clock.advance(5)
    changed = caller.put(f"connections/mysql/{number}", {"host": "db2.example.test"}).json()
    assert (changed["host"], changed["port"], changed["name"]) == ("db2.example.test", 3307, "pier")
    assert changed["updated_at"] > changed["created_at"]
    assert caller.emulator.connections()[0].settings["password"] == "moored"


def test_a_removed_connection_is_gone() -> None:
    """The answer is the connection as it was."""
    caller = emulated()
    made = new(caller)
    path = f"connections/mysql/{made['id']}"
    assert caller.delete(path).json() == made
    assert [caller.get(path).status, caller.delete(path).status] == [404, 404]


def test_the_type_belongs_to_the_address() -> None:
    """A connection is not there under another type, and an unknown type is a path that is not there."""
    caller = emulated()
    number = new(caller)["id"]
    assert caller.get(f"connections/s3/{number}").status == 404
    assert caller.post("connections/parrot", BASE).status == 404
    assert caller.get("connections/parrot/1").status == 404


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"name": ""}, "name is required"),
        ({"host": None}, "host is required"),
        ({"port": "mast"}, "port must be a number"),
        ({"tunnel_type": "hole"}, "tunnel_type must be one of direct, reverse"),
        ({"password": 7}, "password must be a text"),
        ({"username": ["a"]}, "username must be a text or a number"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], text: str) -> None:
    """A secret is not repeated."""
    refused = emulated().post("connections/mysql", {**BASE, **fields})
    assert (refused.status, refused.json()["message"][: len(text)]) == (422, text)


@pytest.mark.parametrize("name", ["pier", "doomed pier"])
def test_a_test_passes_unless_a_failure_is_planted(name: str) -> None:
    """By name in the seed, before it is made and after; by text backstage."""
    caller = emulated(Seed(api_key=KEY, connections_that_fail=("doomed*",)))
    path = f"connections/mysql/{new(caller, name=name)['id']}/test"
    for answer in (caller.post(path), caller.post("connections/mysql/test", {**BASE, "name": name})):
        assert answer.status == (200 if name == "pier" else 400)
        assert answer.json() is True or set(answer.json()) == {"error_message"}
    caller.emulator.edit_connection(601, failure="no tide")
    assert caller.post(path).json() == {"error_message": "no tide"}
    assert caller.get("connections").json()[0]["name"] == name


def test_types_are_listed_and_filtered_by() -> None:
    """All of them, one, several, and not an unknown one."""
    caller = emulated()
    new(caller)
    new(caller, "s3", name="buoy")
    assert [one["type"] for one in caller.get("connections/types").json()] == [*CONNECTION_TYPES]
    found = {given: [one["type"] for one in caller.get("connections", type=given).json()] for given in ("all", "s3")}
    assert found == {"all": ["mysql", "s3"], "s3": ["s3"]}
    assert [one["type"] for one in caller.get("connections", type="s3,mysql", sort="type").json()] == ["s3", "mysql"]
    assert caller.get("connections", type="parrot").status == 422
    lenient = emulated(unknown_list_value="ignore")
    new(lenient)
    assert len(lenient.get("connections", type="parrot").json()) == 1


def test_a_wrapped_body_makes_the_same_connection() -> None:
    """The fields may come within `connection`, as older clients send them."""
    caller = emulated()
    assert caller.post("connections/mysql", {"connection": BASE}).json()["host"] == "db.example.test"


def test_what_is_documented_and_left_out_says_so(schema_watch: SchemaWatch) -> None:
    """Help, validation, import of schemas and metadata are not emulated."""
    schema_watch.look_away()  # they are not described either
    caller = emulated()
    number = new(caller)["id"]
    assert caller.get("connections/mysql/help").status == 501
    assert caller.get(f"connections/mysql/{number}/schema").status == 501
    assert caller.post(f"connections/mysql/{number}/validate").status == 501
    assert caller.post("connections/curl/test").status == 501
    assert caller.get(f"connections/metadata/bingads/{number}/accounts").status == 501
    assert caller.put("connections/mysql", {}).status == 405
