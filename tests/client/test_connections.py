"""Connections through the client, against the emulated service and against scripted answers."""

import json
from collections.abc import Callable, Iterator
from random import Random

import httpx
import pytest

from tests.support.faults.script import Script, client_on, refusal
from tests.support.faults.transport import in_process
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.client import Client, Connection
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Emulator, Knobs
from xplenty_pulumi.errors import InvalidError, NotFoundError, ServerError, SpecError, UnsureError, XplentyError
from xplenty_pulumi.redact import Secret

BUCKET: dict[str, object] = {"type": "s3", "name": "quay", "username": "quay-key", "password": Secret("tide-tables")}
BASE: dict[str, object] = {
    "type": "mysql",
    "name": "pier",
    "username": "pier",
    "password": "moored",
    "host": "db.example.test",
}
ANSWER: dict[str, object] = {"id": 41, "type": "s3", "name": "quay", "username": "quay-key"}


@pytest.fixture(params=["unique", "by_type"])
def emulator(request: pytest.FixtureRequest) -> Emulator:
    """An account whose ids are unique, and one where they are that only within a type."""
    return Emulator(clock=ManualClock(), knobs=Knobs(connection_ids=request.param))


@pytest.fixture
def client(emulator: Emulator, schema_watch: SchemaWatch) -> Iterator[Client]:
    """A client of that account; what it is answered fits the description."""
    with Client(
        api_key=emulator.api_key,
        account_id=emulator.account_id,
        clock=ManualClock(),
        random=Random(1),
        http=in_process(emulator.account),
    ) as made:
        yield made


def test_the_life_of_a_connection(client: Client) -> None:
    """It is made, read, changed in one field, and removed."""
    made = client.connections.create(BASE)
    assert made == client.connections.get(made.key)
    assert (made.key, made.unique_id) == (f"mysql/{made.id}", f"MYSQL_CONNECTION_{made.id}")
    changed = client.connections.update(made.key, {"port": 3307})
    assert (changed.settings["port"], changed.settings["host"]) == (3307, "db.example.test")
    assert client.connections.delete(made.key) == changed
    with pytest.raises(NotFoundError, match=f"connection {made.key}"):
        client.connections.get(made.key)


def test_a_secret_arrives_and_is_never_kept(client: Client, emulator: Emulator) -> None:
    """A Secret is sent as it is, and no record shows one, even where the service should."""
    made = client.connections.create(BUCKET)
    client.connections.update(made.key, {"password": Secret("ebb")})
    assert emulator.connections()[0].settings["password"] == "ebb"
    shown = Connection.model_validate({**ANSWER, "password": "ebb", "refresh_token": "flow", "code": "c0de", "url": 7})
    for text in (repr(shown), shown.model_dump_json(), str(shown.settings), repr(made), made.model_dump_json()):
        assert not [secret for secret in ("ebb", "flow", "c0de", "tide-tables") if secret in text]
    assert "quay" not in repr(shown)


def test_connections_are_listed(client: Client) -> None:
    """All pages come, also of several with the same id, and types narrow the list."""
    made = [client.connections.create(fields).key for fields in (BASE, BUCKET, {**BASE, "name": "wharf"})]
    listed = client.connections.list(sort="name", direction="asc", page_size=1)
    assert [one.key for one in listed] == [made[0], made[1], made[2]]
    assert [one.key for one in client.connections.list(types=["s3"])] == [made[1]]
    assert {one.key for one in client.connections.list(types=["s3", "mysql"])} == {*made}


def test_the_types_are_those_of_the_service(client: Client) -> None:
    """Each with its name."""
    assert ("redshift", "Amazon Redshift") in [(one.type, one.name) for one in client.connections.types()]


def test_a_test_passes_or_says_why(client: Client, emulator: Emulator) -> None:
    """Of a connection that exists, and of settings."""
    made = client.connections.create(BASE)
    client.connections.test(made.key)
    client.connections.test_new(BASE)
    (row,) = emulator.connections()
    emulator.edit_connection(row.id, failure="no route to db.example.test")
    with pytest.raises(InvalidError) as caught:
        client.connections.test(made.key)
    assert caught.value.said == "no route to db.example.test"
    with pytest.raises(InvalidError, match="host is required"):
        client.connections.test_new({**BASE, "host": ""})
    assert len(emulator.connections()) == 1


@pytest.mark.parametrize("bad", ["53", 53, "S3/53", "s3/0", "s3/53/test", "s3/../53", ""])
def test_what_is_no_key_is_not_asked_for(bad: str) -> None:
    """A wrong key is an error before anything is sent."""
    script = Script(httpx.Response(200, json=ANSWER))
    with client_on(script) as client, pytest.raises(SpecError, match="connection_key"):
        client.connections.get(bad)
    assert script.calls == 0


@pytest.mark.parametrize("bad", [None, "", "S3", "s3/53", "../hooks"])
def test_what_is_no_type_is_not_asked_for(bad: object) -> None:
    """It stands in the path."""
    script = Script(httpx.Response(201, json=ANSWER))
    with client_on(script) as client, pytest.raises(SpecError, match="type must be the name of a type"):
        client.connections.create({**BUCKET, "type": bad})
    assert script.calls == 0


@pytest.mark.parametrize(
    "other",
    [
        {**ANSWER, "id": 42},
        {**ANSWER, "type": "mysql"},
        {**ANSWER, "url": "https://a.test/acme/api/connections/mysql/41"},
        {**ANSWER, "url": "https://a.test/acme/api/clusters/41"},
        [ANSWER],
    ],
)
def test_another_connection_than_the_one_asked_for_is_not_believed(other: object) -> None:
    """Type, id and address are those that were asked for."""
    with (
        client_on(Script(httpx.Response(200, json=other)), deadline=1000.0) as client,
        pytest.raises(ServerError, match="connection s3/41"),
    ):
        client.connections.get("s3/41")


@pytest.mark.parametrize("body", [{"id": 41}, {**ANSWER, "type": "mysql"}, True, []])
def test_a_create_without_the_connection_in_its_answer_is_unsure(body: object) -> None:
    """A success that shows another one, or none, is not taken for it, and not repeated."""
    script = Script(httpx.Response(201, json=body))
    with client_on(script) as client, pytest.raises(UnsureError, match="new connection"):
        client.connections.create(BUCKET)
    assert script.calls == 1
    assert json.loads(script.requests[0].content) == {"name": "quay", "username": "quay-key", "password": "tide-tables"}


@pytest.mark.parametrize("body", [False, {}, {"id": 41}, None])
def test_a_test_that_does_not_say_true_has_not_passed(body: object) -> None:
    """Only `true` is documented."""
    with client_on(Script(httpx.Response(200, json=body)), deadline=1000.0) as client, pytest.raises(ServerError):
        client.connections.test("s3/41")


CHANGES: dict[str, Callable[[Client], object]] = {
    "create": lambda client: client.connections.create(BUCKET),
    "update": lambda client: client.connections.update("s3/41", {"name": "pier"}),
    "delete": lambda client: client.connections.delete("s3/41"),
}
READS: dict[str, Callable[[Client], object]] = {
    "get": lambda client: client.connections.get("s3/41"),
    "list": lambda client: list(client.connections.list()),
    "test": lambda client: client.connections.test("s3/41"),
    "test_new": lambda client: client.connections.test_new(BUCKET),
    "types": lambda client: client.connections.types(),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize(("status", "error"), [(404, NotFoundError), (422, InvalidError), (502, UnsureError)])
def test_a_change_is_never_repeated(name: str, status: int, error: type[XplentyError]) -> None:
    """Refused or unsure, at once."""
    script = Script(refusal(status, "Sorry."))
    with client_on(script, deadline=1000.0) as client, pytest.raises(error):
        CHANGES[name](client)
    assert script.calls == 1


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize(("status", "error", "calls"), [(404, NotFoundError, 1), (502, ServerError, 5)])
def test_a_read_is_repeated(name: str, status: int, error: type[XplentyError], calls: int) -> None:
    """So is a test, which changes nothing."""
    script = Script(refusal(status, "Sorry."))
    with client_on(script, deadline=1000.0) as client, pytest.raises(error):
        READS[name](client)
    assert script.calls == calls
