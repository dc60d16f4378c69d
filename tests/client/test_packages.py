"""Packages and validations through the client, against the emulated service and against scripted answers."""

import json
from collections.abc import Callable, Iterator
from random import Random

import httpx
import pytest

from tests.support.faults.script import Script, client_on
from tests.support.faults.transport import in_process
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.client import Client, Package
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Emulator, Knobs
from xplenty_pulumi.errors import InvalidError, NotFoundError, ServerError, SpecError, UnsureError

FLOW = '{"components": [{"id": "c1", "fails_validation": "Unknown field"}]}'
FIELDS: dict[str, object] = {"name": "Loads", "variables": {"day": "'x'"}, "data_flow_json": FLOW}
URL = "https://api.xplenty.com/acme/api/packages"
VALIDATION: dict[str, object] = {
    "id": 7,
    "package_id": 3,
    "status": "failed",
    "errors": [{"message": "Invalid expression"}, 5, {"message": "Unknown field", "component_id": "c1"}],
    "url": f"{URL}/3/validations/7",
}


@pytest.fixture
def clock() -> ManualClock:
    """The time of the service."""
    return ManualClock()


@pytest.fixture
def client(clock: ManualClock, schema_watch: SchemaWatch) -> Iterator[Client]:
    """A client of an emulated account; what it is answered fits the description."""
    with client_of(Emulator(clock=clock)) as made:
        yield made


def client_of(emulator: Emulator) -> Client:
    return Client(
        api_key=emulator.api_key,
        account_id=emulator.account_id,
        clock=ManualClock(),
        random=Random(1),
        http=in_process(emulator.account),
    )


def test_the_life_of_a_package(client: Client) -> None:
    """A package is made, changed and archived; its flow shows where it is asked for."""
    made = client.packages.create(FIELDS)
    assert made == client.packages.get(made.id)
    assert (made.name, made.variables, made.version, made.data_flow_json) == ("Loads", {"day": "'x'"}, 1, None)
    assert client.packages.get(made.id, include=["flow"]).data_flow_json == FLOW
    changed = client.packages.update(made.id, {"data_flow_json": "{}", "description": "d"})
    assert (changed.name, changed.description, changed.version) == ("Loads", "d", 2)
    assert client.packages.delete(made.id).status == "archived"
    assert made.id not in {package.id for package in client.packages.list()}


def test_a_copy(client: Client) -> None:
    """A copy of a package has its flow."""
    source = client.packages.create(FIELDS)
    copy = client.packages.create({"source_package_id": source.id, "name": "Copy"})
    assert copy.id != source.id
    assert client.packages.get(copy.id, include=["flow"]).data_flow_json == FLOW


def test_an_export_is_a_body(client: Client) -> None:
    """What an export returns makes an equal package."""
    document = client.packages.export(client.packages.create(FIELDS).id)
    again = client.packages.create(document)
    assert (again.name, again.variables) == ("Loads", {"day": "'x'"})
    assert client.packages.export(again.id) == document


def test_a_validation_is_followed(client: Client, clock: ManualClock) -> None:
    """A validation is started, read while it runs, and read with what it has found."""
    number = client.packages.create(FIELDS).id
    begun = client.packages.start_validation(number)
    assert (begun.status, begun.package_id) == ("running", number)
    assert client.packages.validation(number, begun.id) == begun
    clock.advance(60)
    found = client.packages.validation(number, begun.id)
    assert (found.status, found.errors is not None) == ("failed", True)
    assert [(one.message, one.component_id) for one in found.errors or ()] == [("Unknown field", "c1")]
    client.packages.update(number, {"data_flow_json": "{}"})
    passed = client.packages.validate(number)
    assert (passed.status, passed.errors) == ("completed", ())
    assert [one.id for one in client.packages.validations(number, page_size=1)] == [passed.id, begun.id]
    assert [one.id for one in client.packages.validations(number, status="failed")] == [begun.id]


def test_a_service_without_validations() -> None:
    """A service that lacks the calls raises NotFoundError for each of them."""
    with client_of(Emulator(clock=ManualClock(), knobs=Knobs(validation_calls="none"))) as client:
        for call in (client.packages.validate, client.packages.start_validation):
            with pytest.raises(NotFoundError):
                call(101)


def test_a_package_the_service_refuses(client: Client) -> None:
    """The refusal names the field, in the service's words."""
    with pytest.raises(InvalidError, match="data_flow_json"):
        client.packages.create({"name": "p", "data_flow_json": "{"})


@pytest.mark.parametrize("body", [{"id": 41}, {"status": "active"}, [], {"id": "x", "status": "active"}])
def test_a_create_without_a_package_in_its_answer_is_unsure(body: object) -> None:
    """A success that shows no package is not taken for one, and not repeated."""
    script = Script(httpx.Response(201, json=body))
    with client_on(script) as client, pytest.raises(UnsureError, match="new package"):
        client.packages.create(FIELDS)
    assert script.calls == 1


@pytest.mark.parametrize("bad", [0, -1, True, "7"])
def test_what_is_no_id_is_not_asked_for(bad: int) -> None:
    """A wrong id of a package or a validation is an error before anything is sent."""
    script = Script(httpx.Response(200, json=VALIDATION))
    with client_on(script) as client:
        for call in (lambda: client.packages.delete(bad), lambda: client.packages.validations(bad)):
            with pytest.raises(SpecError, match="package_id"):
                call()
        with pytest.raises(SpecError, match="validation_id"):
            client.packages.validation(3, bad)
    assert script.calls == 0


READS: dict[str, Callable[[Client], object]] = {
    "validation": lambda client: client.packages.validation(3, 7),
    "validations": lambda client: list(client.packages.validations(3)),
}
WRITES: dict[str, Callable[[Client], object]] = {
    "start_validation": lambda client: client.packages.start_validation(3),
    "validate": lambda client: client.packages.validate(3),
}


@pytest.mark.parametrize("call", [*READS, *WRITES])
@pytest.mark.parametrize("wrong", [{"package_id": 4}, {"url": f"{URL}/4/validations/7"}, {"id": "x"}, {"status": None}])
def test_a_validation_of_another_package(call: str, wrong: dict[str, object]) -> None:
    """A validation of another package is none: a read fails, a start may have begun one."""
    record = {**VALIDATION, **wrong}
    script = Script(httpx.Response(200, json=[record] if call == "validations" else record))
    with client_on(script) as client, pytest.raises(ServerError if call in READS else UnsureError):
        (READS | WRITES)[call](client)


def test_another_validation() -> None:
    """The validation that was asked for is the one that is answered."""
    script = Script(httpx.Response(200, json={**VALIDATION, "id": 8, "url": None}))
    with client_on(script) as client, pytest.raises(ServerError, match="another Validation"):
        client.packages.validation(3, 7)


def test_errors_that_cannot_be_read_are_left_out() -> None:
    """Of several errors those that can be read are kept."""
    with client_on(Script(httpx.Response(200, json=VALIDATION))) as client:
        found = client.packages.validation(3, 7)
    assert [(one.message, one.component_id) for one in found.errors or ()] == [
        ("Invalid expression", None),
        ("Unknown field", "c1"),
    ]


def test_no_repr_shows_a_flow_or_an_error() -> None:
    """A flow is long and may hold secrets, and the errors quote it."""
    with client_on(Script(httpx.Response(200, json=VALIDATION))) as client:
        found = client.packages.validation(3, 7)
    package = Package.model_validate({"id": 3, "status": "active", "name": "Loads", "data_flow_json": FLOW})
    assert repr(package) == "Package(id=3, name='Loads', status='active')"
    for text in (repr(package), str(package), repr(found), str(found), repr(found.errors)):
        assert "Unknown field" not in text
        assert "Invalid expression" not in text


@pytest.mark.parametrize(("sent", "read"), [({"a": [1]}, {"a": [1]}), ([{"a": 1}], [{"a": 1}]), ("[1]", [1])])
def test_a_flow_that_is_sent_as_json_is_a_text(sent: object, read: object) -> None:
    """The flow is a text, also where the service sends it as JSON."""
    package = Package.model_validate({"id": 3, "status": "active", "data_flow_json": sent})
    assert package.data_flow_json is not None
    assert json.loads(package.data_flow_json) == read


@pytest.mark.parametrize("sent", [None, ["\ud800"], float("nan")])
def test_a_flow_of_another_kind_reads_as_none_or_text(sent: object) -> None:
    """No value of the flow makes the package unreadable."""
    flow = Package.model_validate({"id": 3, "status": "active", "data_flow_json": sent}).data_flow_json
    assert flow is None or isinstance(flow, str)
