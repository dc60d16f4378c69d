"""Packages whose flow is a file of the project, through the real engine."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.support.engine.stack import Declared, Stack, writes
from xplenty_pulumi.emulator import EmulatedPackage, Emulator
from xplenty_pulumi.emulator.life.packages import PackageSeed

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
