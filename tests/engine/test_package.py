"""Packages whose flow is a file of the project, through the real engine."""

import json
import shutil
from typing import Any

from tests.support.engine.stack import Declared, Stack, writes
from xplenty_pulumi.emulator import EmulatedPackage, Emulator, PackageSeed

FILE = "packages/loads.json"


def flow(table: str = "sales", **load: Any) -> dict[str, Any]:
    """Return a flow of two components."""
    return {"components": [{"id": "load", "destination": {"table": table}, **load}, {"id": "clean", "keep": True}]}


def write(stack: Stack, document: object, *, file: str = FILE) -> None:
    """Write a file of the project."""
    path = stack.folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document))


def package(resource: str = "loads", /, **inputs: Any) -> Declared:
    """Declare a package from the file, unless `inputs` say otherwise."""
    return Declared("Package", resource, {"source": FILE, **inputs})


def ours(account: Emulator) -> EmulatedPackage:
    """Return the one package with a marker."""
    (found,) = [one for one in account.packages() if "[xp2:" in (one.description or "") and one.status == "active"]
    return found


def table_of(found: EmulatedPackage) -> object:
    """Return the destination of its flow."""
    return json.loads(found.data_flow_json)["components"][0]["destination"]["table"]


def test_life_of_a_package(stack: Stack, account: Emulator) -> None:
    """It is made of a file, changed with it, quiet when nothing has changed, and archived by a destroy without it."""
    exported = {"id": 7, "name": "Loads", "variables": {"a": "1"}, "data_flow_json": json.dumps(flow())}
    write(stack, exported)
    stack.declare(package(description="nightly")).up().succeeded()
    made = ours(account)
    assert (made.name, made.variables, table_of(made)) == ("Loads", {"a": "1"}, "sales")
    assert stack.state()["loads"]["inputs"]["source"] == FILE
    calls = len(account.calls())
    stack.up("--expect-no-changes").succeeded()
    assert len(account.calls()) == calls

    write(stack, flow("sales_2"))
    shown = stack.run("preview", "--diff").succeeded().output
    assert 'component "load": destination.table "sales" -> "sales_2"' in shown
    stack.up().succeeded()
    assert (ours(account).id, table_of(ours(account)), ours(account).variables) == (made.id, "sales_2", {})

    shutil.rmtree(stack.folder / "packages")
    shutil.rmtree(stack.folder / ".xplenty")
    stack.refresh().succeeded()
    stack.destroy().succeeded()
    (gone,) = [one for one in account.packages() if one.id == made.id]
    assert gone.status == "archived"
    assert stack.state() == {}


def test_a_package_that_has_its_id_by_now_is_not_pulled(stack: Stack, account: Emulator) -> None:
    """As after the service was restored from a backup: the file keeps what the next `up` creates again."""
    write(stack, flow())
    stack.declare(package()).up().succeeded()
    account.edit_package(
        ours(account).id, created_at=0.0, description="another", data_flow_json=json.dumps(flow("of_another"))
    )
    refused = stack.command("pull", "--all", "--force").failed().output
    assert "its id is that of another package by now" in refused
    assert json.loads((stack.folder / FILE).read_text()) == flow()


def test_an_edit_in_the_service_is_told_kept_and_pulled(stack: Stack, account: Emulator) -> None:
    """It is told part by part; a change of the file as well is refused, naming both, until it is pulled."""
    write(stack, flow())
    stack.declare(package()).up().succeeded()
    made = ours(account)
    account.edit_package(made.id, data_flow_json=json.dumps(flow("by_hand")))
    edit = 'component "load": destination.table "sales" -> "by_hand"'
    assert (
        f"package {made.id}: its flow was changed in the service: {edit}"
        in stack.run("refresh", "--preview-only", "--diff").output
    )
    drift = stack.command("drift", "--json")
    (found,) = [one for one in json.loads(drift.output)["findings"] if one["class"] == "harmful"]
    assert (drift.code, found["field"], found["remark"]) == (2, "flow", edit)

    write(stack, flow(limit=4))
    sent = writes(account)
    refused = stack.up().failed().output
    assert f'In the service: {edit}. In the program: component "load": limit added: 4.' in refused
    assert "its packages are: loads" in stack.command("pull", "other").failed().output
    assert "the package in the service" in stack.command("pull", "loads").failed().output
    assert json.loads((stack.folder / FILE).read_text()) == flow(limit=4)

    pulled = stack.command("pull", "--all", "--force").succeeded().output
    assert "the next `pulumi up` only validates it" in pulled
    assert json.loads((stack.folder / FILE).read_text()) == flow("by_hand")
    told = stack.up().succeeded().output
    assert "the service has this flow already, so the update only validates it" in told
    assert stack.command("drift").succeeded().code == 0
    assert writes(account) == [*sent, f"POST /packages/{made.id}/validations"]

    write(stack, flow("sales_3"))
    account.edit_package(made.id, data_flow_json=json.dumps(flow("by_hand_2")))
    stack.declare(package(on_edit="overwrite")).up().succeeded()
    assert table_of(ours(account)) == "sales_3"


def test_a_change_that_is_not_valid_is_put_back(stack: Stack, account: Emulator) -> None:
    """The `up` fails with the message and the component, and the package runs as it did; `keep` leaves the new one.

    Without the bridge the state does not have what a failed `up` left, so that a refresh reads it.
    """
    write(stack, flow())
    stack.declare(package(name="before")).up().succeeded()

    write(stack, flow("bad", fails_validation="no such table"))
    output = stack.declare(package(name="after")).up().failed().output
    assert "it is not valid: Validation failed; no such table (component load); it was put back as it was" in output
    assert (ours(account).name, table_of(ours(account))) == ("before", "sales")

    kept = package(name="after", on_invalid="keep")
    assert "the service has it as it is declared" in stack.declare(kept).up().failed().output
    assert (ours(account).name, table_of(ours(account))) == ("after", "bad")

    if not stack.has_bridge:
        stack.refresh().succeeded()
    write(stack, flow("good"))
    stack.declare(package(name="after")).up().succeeded()
    assert table_of(ours(account)) == "good"


def test_a_source_that_cannot_be_read_and_one_that_moves(stack: Stack, account: Emulator) -> None:
    """The first is one paragraph that names the input; the second changes the path in the state and sends nothing."""
    output = stack.declare(package(source="nothing.json")).run("preview").failed().output
    assert "source cannot be read: No such file or directory (nothing.json)" in output

    write(stack, flow())
    stack.declare(package()).up().succeeded()
    sent = writes(account)
    (stack.folder / FILE).rename(stack.folder / "moved.json")
    stack.declare(package(source="moved.json")).up().succeeded()
    assert (stack.state()["loads"]["inputs"]["source"], writes(account)) == ("moved.json", sent)


def test_a_copy_and_another_type(stack: Stack, account: Emulator) -> None:
    """A copy has the flow of its origin, and keeps its own; another type is another package."""
    origin = account.add_package(PackageSeed(900, "origin", data_flow_json=json.dumps(flow("copied"))))
    stack.declare(package(source=None, copy_of=origin.id)).up().succeeded()
    copied = ours(account)
    assert (copied.name, table_of(copied)) == ("loads", "copied")
    account.edit_package(copied.id, data_flow_json=json.dumps(flow("mine")))
    stack.up("--refresh").succeeded()
    assert table_of(ours(account)) == "mine"

    write(stack, flow())
    stack.declare(package(flow_type="workflow")).up().succeeded()
    assert (ours(account).id != copied.id, ours(account).flow_type) == (True, "workflow")
