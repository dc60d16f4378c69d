"""Packages: the flow is sent as a text and known by its digest, and what is not valid is put back."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER
from tests.support.faults.behaviours import answers, lost_after, preceded_by
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.flows.document import canonical, digest
from xplenty_pulumi.core.kinds.marker import read, strip
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.reconcile import DefinitionReconciler, DesiredDefinition, KnownDefinitions, definition_of
from xplenty_pulumi.core.reconcile.intent import Intent, everything, intent_of
from xplenty_pulumi.emulator import EmulatedPackage, Knobs
from xplenty_pulumi.errors import RefusedError

LEAST = {"name": "loads", "data_flow_json": "{}"}


def flow(table: str, **load: Any) -> str:
    """Return a flow in canonical form."""
    return canonical({"components": [{"id": "load", "table": table, **load}]})


def desired(content: str | None, *fields: str, signs: bool = False, **inputs: Any) -> DesiredDefinition:
    """Return a package with this flow as it should be, after an update of these fields or after its create."""
    given = {"name": "loads", "variables": {"a": "1"}, **inputs}
    if content is not None:
        given["flow"] = digest(content)
    checked = check(PACKAGE, given)
    assert not checked.problems, checked.problems
    intent = Intent(frozenset(fields), waits=False, signs=signs) if fields or signs else everything(PACKAGE)
    return DesiredDefinition(checked.inputs, OWNER, intent, contents={} if content is None else {"flow": content})


def changed(old: dict[str, Any], new: dict[str, Any]) -> DesiredDefinition:
    """Return a package with the flow `sales` after an update from `old` to `new` inputs."""
    before, after = desired(flow("sales"), **old), desired(flow("sales"), **new)
    intent = intent_of(PACKAGE, before.inputs, after.inputs, owed=(), status="active", signs=False)
    return replace(after, intent=intent)


def reconciler(bench: Bench) -> DefinitionReconciler[Any]:
    """Return what acts on packages in a process of its own."""
    return DefinitionReconciler(KnownDefinitions(definition_of(PACKAGE, bench.client), bench.clock), bench.patience)


def theirs(bench: Bench, number: int) -> EmulatedPackage:
    """Return the package as the account really has it."""
    return next(one for one in bench.emulator.packages() if one.id == number)


def bodies(bench: Bench) -> list[dict[str, Any]]:
    """Return the bodies of all changes of packages."""
    return bench.wire.bodies("PUT packages/[0-9]+")


def test_it_is_made_with_its_flow_validated_and_held(bench: Bench) -> None:
    """The change that signs it repeats the whole document, since the service may replace it."""
    made = reconciler(bench).create(desired(flow("sales"), description="nightly"))
    found = theirs(bench, made.record.id)
    assert (made.problem, found.data_flow_json, found.variables) == (None, flow("sales"), {"a": "1"})
    marker = read(found.description)
    assert (strip(found.description), marker and marker.is_unfinished) == ("nightly", False)
    (sent,) = bodies(bench)
    assert {**sent, "description": "nightly"} == {
        "name": "loads",
        "description": "nightly",
        "variables": {"a": "1"},
        "flow_version": "2.0.0",
        "data_flow_json": flow("sales"),
    }
    assert [call.path.rpartition("/")[2] for call in bench.emulator.calls()].count("validations") == 1


@pytest.mark.parametrize("on_put", ["merge", "replace"])
def test_a_change_of_the_name_keeps_what_was_edited_by_hand(on_put: Any) -> None:
    """The flow is sent as the service shows it, which a service may need that replaces the whole."""
    bench = Bench.new(knobs=Knobs(package_on_put=on_put))
    number = reconciler(bench).create(desired(flow("sales"))).record.id
    edited = '{ "components": [] }'
    bench.emulator.edit_package(number, data_flow_json=edited)
    outcome = reconciler(bench).update(number, desired(flow("sales"), "name", name="other"))
    found = theirs(bench, number)
    assert (outcome.problem, found.name, found.data_flow_json) == (None, "other", edited)


def test_a_flow_that_the_service_has_already_is_not_sent(bench: Bench) -> None:
    """As after a pull; however the service spells it."""
    number = reconciler(bench).create(desired(flow("sales"))).record.id
    bench.emulator.edit_package(number, data_flow_json=json.dumps(json.loads(flow("by_hand")), indent=1))
    before = len(bodies(bench))
    assert reconciler(bench).update(number, desired(flow("by_hand"), "flow")).problem is None
    assert len(bodies(bench)) == before


def test_a_flow_that_is_not_on_this_machine_is_not_sent(bench: Bench) -> None:
    """Nothing is made or changed, and the text says what reads it anew."""
    given = desired(flow("sales"))
    without = DesiredDefinition(given.inputs, OWNER, given.intent)
    with pytest.raises(RefusedError, match="is not on this machine") as told:
        reconciler(bench).create(without)
    assert "Run `pulumi up`" in str(told.value)
    assert not [call for call in bench.emulator.calls() if call.method != "GET"]


@pytest.mark.parametrize(("on_invalid", "table"), [("restore", "sales"), ("keep", "bad")])
def test_a_change_that_is_not_valid_is_a_problem(bench: Bench, on_invalid: str, table: str) -> None:
    """The service has the former flow again, or the invalid one where that is wanted."""
    number = reconciler(bench).create(desired(flow("sales"), name="before")).record.id
    bad = flow("bad", fails_validation="no such table")
    outcome = reconciler(bench).update(number, desired(bad, "flow", "name", name="after", on_invalid=on_invalid))
    assert "no such table (component load)" in str(outcome.problem)
    found = theirs(bench, number)
    assert json.loads(found.data_flow_json)["components"][0]["table"] == table
    assert found.name == ("before" if on_invalid == "restore" else "after")
    assert outcome.record.name == found.name
    assert read(found.description) is not None


def test_a_new_one_that_is_not_valid_stays_for_the_next_up(bench: Bench) -> None:
    """There is nothing to put back."""
    outcome = reconciler(bench).create(desired(flow("bad", fails_validation="no such table")))
    assert "the service has it as it is declared" in str(outcome.problem)
    assert theirs(bench, outcome.record.id).status == "active"


def test_what_an_interrupted_change_owes_is_validated(bench: Bench) -> None:
    """Although the service has it already, so that nothing is sent; there is nothing to put back."""
    bad = flow("bad", fails_validation="no such table")
    number = reconciler(bench).create(desired(bad, validate=False)).record.id
    before = len(bodies(bench))
    outcome = reconciler(bench).update(number, desired(bad, "validate"))
    assert "no such table" in str(outcome.problem)
    assert "as it is declared" in str(outcome.problem)
    assert (outcome.owed, len(bodies(bench))) == (("validate",), before)


def test_what_a_killed_change_has_sent_is_validated(bench: Bench) -> None:
    """Although the service has it already, so that nothing is sent."""
    bad = flow("bad", fails_validation="no such table")
    number = reconciler(bench).create(desired(flow("sales"))).record.id
    bench.emulator.edit_package(number, data_flow_json=bad)
    before = len(bodies(bench))
    outcome = reconciler(bench).update(number, desired(bad, "flow"))
    assert "no such table" in str(outcome.problem)
    assert (outcome.owed, len(bodies(bench))) == (("validate",), before)


@pytest.mark.parametrize("status", [400, 503])
@pytest.mark.parametrize(("on_invalid", "table"), [("restore", "sales"), ("keep", "new")])
def test_a_change_without_a_result_is_a_problem(bench: Bench, status: int, on_invalid: str, table: str) -> None:
    """The former flow is put back while it is known, or stays where that is wanted; the text says which."""
    number = reconciler(bench).create(desired(flow("sales"))).record.id
    bench.wire.on("POST .*validations", answers(status))
    outcome = reconciler(bench).update(number, desired(flow("new"), "flow", on_invalid=on_invalid))
    assert json.loads(theirs(bench, number).data_flow_json)["components"][0]["table"] == table
    text = str(outcome.problem)
    assert text.startswith(f"package {number}: its validation has no result: ")
    exists = "it was put back as it was before" if on_invalid == "restore" else "the service has it as it is declared"
    assert f"; {exists}. Run `pulumi up` again, which repeats the validation" in text
    assert "Nothing was changed" not in text
    assert outcome.owed == (() if on_invalid == "restore" else ("validate",))


def test_what_was_put_back_without_an_answer_is_seen(bench: Bench) -> None:
    """The state and the text have what the service shows, not what was sent before."""
    number = reconciler(bench).create(desired(flow("sales"))).record.id
    bench.wire.on("PUT packages/[0-9]+", lost_after, calls={2})
    outcome = reconciler(bench).update(
        number, desired(flow("bad", fails_validation="no"), "flow", on_invalid="restore")
    )
    assert theirs(bench, number).data_flow_json == outcome.record.data_flow_json == flow("sales")
    assert "it was put back as it was before" in str(outcome.problem)


def test_a_flow_that_was_perhaps_put_back_is_sent_again(bench: Bench) -> None:
    """Where no look shows it, the text does not say which one is there, and the next update owes the flow too."""
    number = reconciler(bench).create(desired(flow("sales"))).record.id
    unreadable = preceded_by(lambda: bench.wire.on("GET packages/[0-9]+", answers(503)))
    bench.wire.on("PUT packages/[0-9]+", unreadable, calls={2})
    outcome = reconciler(bench).update(
        number, desired(flow("bad", fails_validation="no"), "flow", on_invalid="restore")
    )
    assert theirs(bench, number).data_flow_json == flow("sales")
    assert "whether it was put back as it was before was not seen: " in str(outcome.problem)
    assert outcome.owed == ()


def test_one_without_validation_is_not_validated(bench: Bench) -> None:
    """Where the program says so."""
    made = reconciler(bench).create(desired(flow("bad", fails_validation="no"), validate=False))
    assert made.problem is None


def test_a_service_without_validation_is_one_warning() -> None:
    """However many packages there are."""
    bench = Bench.new(knobs=Knobs(validation_calls="none"))
    packages = reconciler(bench)
    first = packages.create(desired(flow("sales")))
    assert first.problem is None
    assert packages.update(first.record.id, desired(flow("sales_2"), "flow")).problem is None
    assert bench.warned == ["packages were not validated: the service does not know that call (404)"]


@pytest.mark.parametrize("read_archived", [200, 404])
def test_its_removal_archives_it(read_archived: Any) -> None:
    """Whether or not the service shows an archived one, it counts as gone."""
    bench = Bench.new(knobs=Knobs(read_archived_package=read_archived))
    number = reconciler(bench).create(desired(flow("sales"))).record.id
    reconciler(bench).delete(number)
    assert theirs(bench, number).status == "archived"
    seen = reconciler(bench).read(number)
    assert (seen.gone, seen.remark) == (True, "it is archived, or the service does not know it")


@pytest.mark.parametrize("on_put", ["replace", "merge"])
def test_variables_are_sent_whole(on_put: Any) -> None:
    """A service that keeps those that are left out is told apart: the problem names them."""
    bench = Bench.new(knobs=Knobs(package_variables_on_put=on_put))
    number = reconciler(bench).create(desired(flow("sales"), variables={"a": "1", "b": "2"})).record.id
    outcome = reconciler(bench).update(number, desired(flow("sales"), "variables", variables={"a": "3"}))
    expected = {"a": "3"} if on_put == "replace" else {"a": "3", "b": "2"}
    assert theirs(bench, number).variables == expected
    assert (outcome.problem is None) is (on_put == "replace")
    assert outcome.problem is None or "another variables.b than was sent" in str(outcome.problem)


@pytest.mark.parametrize("on_put", ["replace", "merge"])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"a": "2", "c": "3"}, {"a": "2", "b": "hand", "c": "3"}),
        ({"a": "2", "c": "4"}, {"a": "2", "b": "hand", "c": "4"}),
    ],
)
def test_variables_change_one_by_one(on_put: Any, given: dict[str, str], expected: dict[str, str]) -> None:
    """What was added by hand stays until a refresh shows it, whatever a PUT does with what it leaves out."""
    bench = Bench.new(knobs=Knobs(package_variables_on_put=on_put, package_on_put=on_put))
    old = {"variables": {"a": "1", "c": "3"}}
    number = reconciler(bench).create(desired(flow("sales"), variables=old["variables"])).record.id
    bench.emulator.edit_package(number, variables={"a": "1", "b": "hand", "c": "3"})
    assert reconciler(bench).update(number, changed(old, {"variables": given})).problem is None
    assert theirs(bench, number).variables == expected


@pytest.mark.parametrize("by_hand", [{}, {"b": "hand"}])
def test_a_variable_that_is_not_declared_any_more_is_removed(bench: Bench, by_hand: dict[str, str]) -> None:
    """And nothing else, be it one of the program or one that a refresh has shown."""
    old = {"variables": {"a": "1", "c": "3"}}
    number = reconciler(bench).create(desired(flow("sales"), variables=old["variables"])).record.id
    bench.emulator.edit_package(number, variables={**old["variables"], **by_hand})
    assert reconciler(bench).update(number, changed(old, {"variables": {"a": "1"}})).problem is None
    assert theirs(bench, number).variables == {"a": "1", **by_hand}
    after_refresh = changed({"variables": {"a": "1", **by_hand}}, {"variables": {"a": "1"}})
    assert reconciler(bench).update(number, after_refresh).problem is None
    assert theirs(bench, number).variables == {"a": "1"}


def test_one_that_an_interrupted_create_left_behind_is_adopted(bench: Bench) -> None:
    """By the marker in its description; its flow is made as declared."""
    lost = replace(desired(flow("old")), is_saved_at_once=False)
    number = reconciler(bench).create(lost).record.id
    assert reconciler(bench).create(desired(flow("new"))).record.id == number
    assert theirs(bench, number).data_flow_json == flow("new")
    assert bench.warned[0].startswith(f"adopted package {number}")


def test_an_edit_within_the_second_of_the_last_save_is_seen() -> None:
    """Times have whole seconds, so the version counts as well where a list shows it."""
    bench = Bench.new()
    shown = PACKAGE.view(reconciler(bench).create(desired(flow("sales"))).record, {})
    (listed,) = [one for one in bench.client.packages.list() if one.name == "loads"]
    assert PACKAGE.is_whole(listed, shown)
    edited = bench.emulator.edit_package(listed.id, data_flow_json=flow("by_hand"))
    (listed,) = [one for one in bench.client.packages.list() if one.id == edited.id]
    assert not PACKAGE.is_whole(listed, shown)
    assert PACKAGE.is_whole(listed.model_copy(update={"version": None}), {**shown, "version": None})
