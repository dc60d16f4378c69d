"""Connections are made once and found again, changed setting by setting, tested where that is wanted, and removed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import DATABASE, OWNER, desired_connection, signed
from tests.support.faults.behaviours import answers, lost_after
from xplenty_pulumi.client import Connection
from xplenty_pulumi.core.kinds.connection import CONNECTION
from xplenty_pulumi.core.kinds.marker import marker_of, read, strip
from xplenty_pulumi.core.reconcile import DesiredDefinition
from xplenty_pulumi.core.reconcile.intent import Intent, intent_of
from xplenty_pulumi.emulator import Knobs, Seed
from xplenty_pulumi.errors import ReadyFailed, RefusedError

LEAST = {"type": "s3", "name": "loads", "username": "loads-key", "password": "pw-4711"}
"""What makes a connection; see `tests/core/kinds/test_registry.py`."""
TOKENS = {"password": "tkn-1", "refresh_token": "tkn-2", "code": "tkn-3", "redirect_uri": "https://a.example.test"}


@pytest.fixture(params=["unique", "by_type"])
def anyhow(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """A bench on an account whose ids are unique, and on one where they are that only within a type."""
    made = Bench.new(knobs=Knobs(connection_ids=request.param))
    yield made
    assert not made.wire.mismatches


def add(bench: Bench, **fields: Any) -> Connection:
    """Return a connection that somebody made."""
    return bench.client.connections.create({"type": "mysql", "name": signed("loads", held=True), **DATABASE, **fields})


def update(before: Mapping[str, Any], **inputs: Any) -> DesiredDefinition:
    """Return a connection as it should be after an update from the inputs `before`."""
    old, wanted = desired_connection(**before), desired_connection(**inputs)
    intent = intent_of(CONNECTION, old.inputs, wanted.inputs, owed=(), status="", signs=False)
    return replace(wanted, intent=intent)


def test_create_makes_one_signed_connection(anyhow: Bench) -> None:
    """Its name ends in the marker, and its type stands in the path alone, whatever else has the same id."""
    other = anyhow.client.connections.create(LEAST)
    outcome = anyhow.connections.create(desired_connection())
    assert outcome.problem is None
    posted = anyhow.wire.bodies("POST connections/mysql")[-1]
    assert {**posted, "name": strip(posted["name"])} == {"name": "loads", **DATABASE}
    made = next(one for one in anyhow.emulator.connections() if one.type == "mysql")
    marker = read(made.name)
    assert marker is not None
    assert (marker.whose, marker.is_unfinished) == (marker_of(OWNER), False)
    assert outcome.record.key == f"mysql/{made.number}" != other.key


def test_a_lost_answer_is_looked_for(anyhow: Bench) -> None:
    """What was made without an answer is found by its marker, and nothing is sent again."""
    anyhow.wire.on("POST connections/.*", lost_after)
    assert anyhow.connections.create(desired_connection()).problem is None
    assert (len(anyhow.emulator.connections()), anyhow.wire.count("POST connections/.*")) == (1, 1)


def test_one_of_another_type_is_not_adopted(bench: Bench) -> None:
    """A type cannot be changed, so the one that carries the marker is named by its key."""
    left = bench.client.connections.create({**LEAST, "name": signed("loads")})
    with pytest.raises(RefusedError, match=f"connection {left.key}: .*hand-over connection:{left.key} --release"):
        bench.connections.create(desired_connection())


def test_only_the_settings_that_change_are_sent(bench: Bench) -> None:
    """What the service has renewed itself, such as a token, is not set back, nor is what a hand has changed."""
    made = add(bench, **TOKENS, type="xero")
    old, new = {"type": "xero", "settings": TOKENS}, {**TOKENS, "refresh_token": "tkn-9"}
    bench.emulator.edit_connection(made.id, settings={"password": "renewed", "redirect_uri": "https://b.example.test"})
    outcome = bench.connections.update(made.key, update(old, type="xero", settings=new))
    assert outcome.problem is None
    assert bench.wire.bodies("PUT .*") == [{"refresh_token": "tkn-9", "name": signed("loads", held=True)}]
    assert bench.emulator.connections()[0].settings["password"] == "renewed"


def test_a_new_name_sends_no_setting(bench: Bench) -> None:
    """The marker stays at its end."""
    made = add(bench)
    assert bench.connections.update(made.key, update({}, name="sales")).problem is None
    assert bench.wire.bodies("PUT .*") == [{"name": signed("sales", held=True)}]


@pytest.mark.parametrize(
    ("given", "sent"),
    [({"port": 3307}, {"port": 3306}), ({"database": "loads"}, {"database": ""}), ({"ssl": True}, {"ssl": False})],
)
def test_a_setting_that_is_given_no_more_gets_its_default(
    bench: Bench, given: dict[str, Any], sent: dict[str, Any]
) -> None:
    """A change that sent nothing would leave it as it is."""
    made = add(bench, **given)
    before = {"settings": {**DATABASE, **given}}
    assert bench.connections.update(made.key, update(before)).problem is None
    assert bench.wire.bodies("PUT .*") == [{**sent, "name": signed("loads", held=True)}]


def test_a_secret_that_is_given_no_more_stays(bench: Bench) -> None:
    """A code has done its work when the connection is made, and goes from the program."""
    made = add(bench, **TOKENS, type="xero")
    before = {"type": "xero", "settings": TOKENS}
    rest = {name: value for name, value in TOKENS.items() if name != "code"}
    assert bench.connections.update(made.key, update(before, type="xero", settings=rest)).problem is None
    assert bench.emulator.connections()[0].settings["code"] == "tkn-3"


@pytest.mark.parametrize("shown", ["all", "some", "username"])
def test_a_change_is_as_declared_however_little_is_shown(shown: Any) -> None:
    """What is not shown is taken to be as it was sent."""
    bench = Bench.new(knobs=Knobs(connection_fields_shown=shown))
    outcome = bench.connections.create(desired_connection(settings={**DATABASE, "port": 3307}))
    assert outcome.problem is None
    wanted = update({}, settings={**DATABASE, "host": "db2.example.test", "password": "pw-4712"})
    assert bench.connections.update(outcome.record.key, wanted).problem is None
    assert bench.emulator.connections()[0].settings["host"] == "db2.example.test"


def test_a_reverse_tunnel_has_no_host(bench: Bench) -> None:
    """The service empties the host and sets the port (documented), which is no difference."""
    settings = {"username": "etl", "password": "pw", "tunnel_type": "reverse", "port": 5000}
    assert bench.connections.create(desired_connection(settings=settings)).problem is None
    assert bench.emulator.connections()[0].settings["port"] == 1


@pytest.mark.parametrize(("fields", "tests"), [({"name": "sales"}, 1), ({}, 0)])
def test_each_change_is_tested(bench: Bench, fields: dict[str, Any], tests: int) -> None:
    """Where nothing changes, nothing is tested."""
    made = bench.connections.create(desired_connection(test=True)).record
    assert bench.wire.count("POST .*/test") == 1
    assert bench.connections.update(made.key, update({"test": True}, test=True, **fields)).problem is None
    assert bench.wire.count("POST .*/test") == 1 + tests


def test_a_test_that_is_new_is_run(bench: Bench) -> None:
    """Nothing else is sent."""
    made = add(bench)
    assert bench.connections.update(made.key, update({}, test=True)).problem is None
    assert (bench.wire.count("POST .*/test"), bench.wire.count("PUT .*")) == (1, 0)


def test_a_failed_test_is_the_problem_and_all_that_is_owed() -> None:
    """It has the service's words; the connection exists and is held."""
    bench = Bench.new(seed=Seed(connections_that_fail=("loads*",)))
    outcome = bench.connections.create(desired_connection(test=True))
    assert isinstance(outcome.problem, ReadyFailed)
    assert outcome.problem.reason.startswith("Could not connect to the data source")
    assert f"its test failed: {outcome.problem.reason}. Correct its settings" in str(outcome.problem)
    assert outcome.owed == ("test",)
    (made,) = bench.emulator.connections()
    marker = read(made.name)
    assert marker is not None
    assert not marker.is_unfinished


def test_a_test_without_an_answer_is_a_problem_too(bench: Bench) -> None:
    """Whether it works is not known."""
    bench.wire.on("POST .*/test", answers(500))
    outcome = bench.connections.create(desired_connection(test=True))
    text = str(outcome.problem)
    assert text.startswith(f"connection {outcome.record.key}: its test has no result: ")
    assert "gave no usable answer" in text
    assert "it exists as declared. Run `pulumi up` again, which repeats the test" in text
    assert "Nothing was changed" not in text
    assert outcome.owed == ("test",)


def test_what_a_killed_change_has_sent_is_tested(bench: Bench) -> None:
    """Although the service has it already, so that nothing is sent."""
    made = add(bench, name=signed("sales", held=True))
    assert bench.connections.update(made.key, update({"test": True}, test=True, name="sales")).problem is None
    assert (bench.wire.count("POST .*/test"), bench.wire.count("PUT .*")) == (1, 0)


def test_its_removal_is_seen(anyhow: Bench) -> None:
    """Another one with the same id is left alone."""
    other = anyhow.client.connections.create(LEAST)
    made = anyhow.connections.create(desired_connection()).record
    anyhow.connections.delete(made.key)
    assert [(one.type, one.number) for one in anyhow.emulator.connections()] == [("s3", other.id)]
    assert anyhow.connections.read(made.key).gone


def test_an_intent_knows_the_members_that_change() -> None:
    """Those that an earlier update owes are among them; one that owes all of a field knows none."""
    old, new = {"settings": DATABASE}, {"settings": {**DATABASE, "host": "b", "port": 1}}
    inputs = [{"type": "mysql", "name": "loads", **one} for one in (old, new)]

    def members(*owed: str) -> Intent:
        return intent_of(CONNECTION, *inputs, owed=owed, status="", signs=False)

    assert members().names(CONNECTION) == ["settings/host", "settings/port"]
    assert members("settings/password").names(CONNECTION) == ["settings/host", "settings/password", "settings/port"]
    assert members("settings").names(CONNECTION) == ["settings"]
    assert members("test").names(CONNECTION) == ["settings/host", "settings/port", "test"]
