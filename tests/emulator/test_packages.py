"""The calls that make, change, archive and export packages."""

import json
from typing import Any

import pytest

from tests.support.accounts.caller import KEY, AccountCaller, emulated
from xplenty_pulumi.emulator import PackageSeed, Seed

FLOW = '{"components": [{"id": "c1", "type": "file_source"}]}'
FIELDS = {"name": "Loads", "description": "Loads ships", "variables": {"day": "'x'"}, "data_flow_json": FLOW}


def new_package(caller: AccountCaller, **fields: Any) -> int:
    created = caller.post("packages", {**FIELDS, **fields})
    assert created.status == 201, created.body
    return int(created.json()["id"])


def read(caller: AccountCaller, number: int) -> Any:
    return caller.get(f"packages/{number}", include="flow").json()


def test_a_package_is_made_and_read() -> None:
    """The answer to a create is the package as it reads later, active, in its first version, without its flow."""
    caller = emulated()
    created = caller.post("packages", FIELDS)
    package = created.json()
    assert created.status == 201
    assert package == caller.get(f"packages/{package['id']}").json()
    assert (package["status"], package["version"], package["flow_type"]) == ("active", 1, "dataflow")
    assert read(caller, package["id"]).items() >= FIELDS.items()


def test_a_package_that_was_made_runs() -> None:
    """A run of it takes the usual time and completes."""
    caller = emulated(job_run_seconds=60)
    job = caller.new_job(caller.new_cluster(), new_package(caller))
    caller.clock.advance(30)
    assert caller.job(job)["status"] == "running"
    caller.clock.advance(60)
    assert caller.job(job)["status"] == "completed"


def test_a_body_without_a_name_makes_an_untitled_package() -> None:
    """Every field has a default."""
    package = emulated().post("packages", {}).json()
    assert (package["name"], package["variables"], package["flow_version"]) == ("Untitled package", {}, "2.0.0")


def test_a_name_may_be_required() -> None:
    """The newer reference wants a name, so that is a knob."""
    refused = emulated(package_name="required").post("packages", {"description": "d"})
    assert (refused.status, refused.json()["message"]) == (422, "name is required")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 7),
        ("variables", ["x"]),
        ("variables", {"a": {"b": "c"}}),
        ("data_flow_json", {}),
        ("data_flow_json", "{"),
        ("raw_data", "{}"),
        ("flow_type", "stream"),
        ("source_package_id", 999),
        ("package_template_id", 1),
    ],
)
def test_a_wrong_field_is_refused_by_name(field: str, value: Any) -> None:
    """The refusal begins with the name of the field, and nothing is made."""
    caller = emulated()
    before = caller.emulator.packages()
    refused = caller.post("packages", {**FIELDS, field: value})
    assert refused.status == 422
    message = refused.json()["message"]
    assert message.startswith("data_flow_json" if field == "data_flow_json" else field)
    assert caller.emulator.packages() == before


def test_a_copy_has_all_that_its_source_has() -> None:
    """A copy is a package of its own, with the source's flow and variables, and another name unless one is given."""
    caller = emulated()
    source = new_package(caller)
    copies = [caller.post("packages", {"source_package_id": source, **more}).json() for more in ({}, {"name": "n"})]
    assert [copy["name"] for copy in copies] == ["Copy of Loads", "n"]
    assert {copy["id"] for copy in copies}.isdisjoint({source})
    for copy in copies:
        assert read(caller, copy["id"])["data_flow_json"] == FLOW
        assert copy["variables"] == {"day": "'x'"}


def test_a_copy_runs_like_its_source() -> None:
    """A copy of a package that fails fails."""
    caller = emulated()
    copy = caller.post("packages", {"source_package_id": 103}).json()["id"]
    job = caller.new_job(caller.new_cluster(), copy)
    caller.clock.advance(100)
    assert caller.job(job)["status"] == "failed"


def test_a_put_changes_what_it_names() -> None:
    """What it leaves out stays, the type too; each save that changes something counts the version up."""
    caller = emulated()
    number = new_package(caller)
    caller.clock.advance(5)
    changed = caller.put(f"packages/{number}", {"description": "", "flow_type": "workflow"}).json()
    assert (changed["name"], changed["description"], changed["flow_type"]) == ("Loads", "", "dataflow")
    assert changed["updated_at"] != changed["created_at"]
    assert caller.put(f"packages/{number}", {"description": ""}).json()["version"] == changed["version"] == 2


@pytest.mark.parametrize(
    ("setting", "variables"), [("replace", {"night": "'y'"}), ("merge", {"day": "'x'", "night": "'y'"})]
)
def test_what_a_put_of_variables_leaves_out_is_a_knob(setting: str, variables: dict[str, str]) -> None:
    """Variables that a PUT leaves out are gone or stay."""
    caller = emulated(package_variables_on_put=setting)
    changed = caller.put(f"packages/{new_package(caller)}", {"variables": {"night": "'y'"}})
    assert changed.json()["variables"] == variables


@pytest.mark.parametrize("setting", ["data_flow_json", "raw_data"])
def test_an_export_makes_and_overwrites_packages(setting: str) -> None:
    """The document, with its flow as a text or as an object, is a body for create and for update."""
    caller = emulated(export_flow=setting)
    exported = caller.get(f"packages/{new_package(caller)}/export")
    document = exported.json()
    assert exported.headers["Content-Type"] == "application/json"
    assert setting in document
    overwritten = new_package(caller, data_flow_json="{}", name="other")
    caller.put(f"packages/{overwritten}", document)
    for number in (caller.post("packages", document).json()["id"], overwritten):
        package = read(caller, number)
        assert json.loads(package["data_flow_json"]) == json.loads(FLOW)
        assert (package["name"], package["variables"]) == ("Loads", {"day": "'x'"})


def test_delete_archives() -> None:
    """An archived package leaves the list of active ones and shows among the archived ones; its version stays."""
    caller = emulated()
    number = new_package(caller)
    archived = caller.delete(f"packages/{number}")
    assert (archived.status, archived.json()["status"], archived.json()["version"]) == (200, "archived", 1)
    assert number not in [one["id"] for one in caller.get("packages").json()]
    assert number in [one["id"] for one in caller.get("packages", status="archived").json()]


@pytest.mark.parametrize("status", [200, 404])
def test_whether_an_archived_package_is_read_is_a_knob(status: int) -> None:
    """Reading one by id works, or it counts as gone."""
    caller = emulated(read_archived_package=status)
    number = new_package(caller)
    caller.delete(f"packages/{number}")
    for path in (f"packages/{number}", f"packages/{number}/export", f"packages/{number}/validations"):
        assert caller.get(path).status == status


@pytest.mark.parametrize("status", [200, 404, 422])
def test_changes_of_an_archived_package_are_knobs(status: int) -> None:
    """PUT and DELETE of one that is archived already take effect or are refused."""
    caller = emulated(update_archived_package=status, delete_archived_package=status)
    number = new_package(caller)
    caller.delete(f"packages/{number}")
    assert caller.put(f"packages/{number}", {"name": "new"}).status == status
    assert caller.delete(f"packages/{number}").status == status
    assert (caller.emulator.packages()[-1].name == "new") is (status == 200)


@pytest.mark.parametrize(("setting", "is_whole"), [("whole", True), ("short", False)])
def test_lists_show_types_and_versions_by_a_knob(setting: str, is_whole: bool) -> None:
    """The published list has no types and versions; the flow shows in either where it is asked for."""
    caller = emulated(package_in_lists=setting)
    for package in caller.get("packages", include="flow").json():
        assert {"name", "variables", "status", "data_flow_json"} <= set(package)
        assert ({"flow_type", "version", "flow_version"} <= set(package)) is is_whole


def test_a_long_description_follows_the_knob_of_all_descriptions() -> None:
    """A description above the longest is cut where the knob says so."""
    caller = emulated(description_max_length=5, description_too_long="cut")
    assert read(caller, new_package(caller))["description"] == "Loads"


@pytest.mark.parametrize(("setting", "status"), [("ignore", 201), ("refuse", 422)])
def test_unknown_fields_follow_the_knob(setting: str, status: int) -> None:
    """A field that no package has is ignored or refused; one that answers show is always ignored."""
    caller = emulated(unknown_body_field=setting)
    assert caller.post("packages", {**FIELDS, "colour": "red"}).status == status
    assert caller.post("packages", {**FIELDS, "id": 7, "status": "archived"}).json()["status"] == "active"


def test_somebody_else_can_save_a_package() -> None:
    """A save in the editor shows as another flow and the next version."""
    caller = emulated(Seed(api_key=KEY, packages=(PackageSeed(7, "p"),)))
    caller.emulator.edit_package(7, data_flow_json="[]")
    assert (read(caller, 7)["data_flow_json"], read(caller, 7)["version"]) == ("[]", 2)


@pytest.mark.parametrize(
    ("on_put", "left"), [("merge", FIELDS), ("replace", {"variables": {}, "data_flow_json": "{}"})]
)
def test_a_put_keeps_or_replaces_what_it_leaves_out(on_put: Any, left: dict[str, Any]) -> None:
    """Which of the two is not documented, so that is a knob."""
    caller = emulated(package_on_put=on_put)
    number = new_package(caller)
    assert caller.put(f"packages/{number}", {"name": "Other"}).status == 200
    assert read(caller, number).items() >= {**left, "name": "Other"}.items()
