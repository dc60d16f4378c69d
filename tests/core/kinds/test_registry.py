"""The registry is the only list of kinds, and what it says of a kind is there: classes, calls, fields of records."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import xplenty_pulumi
from tests.support.accounts.bench import Bench
from tests.support.openapi import load_document
from xplenty_pulumi.client import Client
from xplenty_pulumi.core.kinds.kind import Change, Ending, Key, Kind, Phase
from xplenty_pulumi.core.kinds.registry import KINDS, MARKED, kind_of
from xplenty_pulumi.dynamic.resources.declare import outputs_of
from xplenty_pulumi.dynamic.state import OBSERVED
from xplenty_pulumi.redact import Secret

ROOT = Path(str(xplenty_pulumi.__file__)).parent
TABLES = {"CLUSTER", "JOB_RUN", "PACKAGE", "SCHEDULE", "CONNECTION", "HOOK"}
SOURCES = [path for folder in ("core", "dynamic", "cli") for path in sorted((ROOT / folder).rglob("*.py"))]
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
MISSPELT = {"time_to_idol", "reuse_cluster"}
"""What the service, or another document, calls a field only sometimes."""
ADDED = {"effective_variables"}
"""What a call of its own shows, so that it is in no record."""
SELDOM = {"component", "log_summary", "bootstrap_actions"}
"""What the service leaves out of most records."""


def model(kind: Kind) -> Any:
    """Return the client's model of a record, which its call returns."""
    calls = type(getattr(Client(api_key=Secret("key"), account_id="loads"), kind.collection))
    return get_type_hints(calls.get)["return"]


def properties(schema: Any) -> set[str]:
    """Return the fields of a schema."""
    schemas = load_document()["components"]["schemas"]
    within = [schemas[one["$ref"].rpartition("/")[2]] for one in schema.get("allOf", ())]
    return {*schema.get("properties", ()), *(name for one in within for name in properties(one))}


def lists_of_kinds(source: str) -> Iterator[int]:
    """Yield the lines that have several kinds side by side, or ask whether something is one of them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            sides = [getattr(one, "id", "") for one in (node.left, *node.comparators)]
            if TABLES.intersection(sides):
                yield node.lineno
        elif isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            items = node.keys if isinstance(node, ast.Dict) else node.elts
            named = {getattr(one, "id", "") for item in items if item for one in ast.walk(item)}
            if len(TABLES & named) > 1:
                yield node.lineno


def test_no_other_file_lists_kinds() -> None:
    """Whoever has to tell kinds apart asks the table."""
    found = {path: [*lists_of_kinds(path.read_text(encoding="utf-8"))] for path in SOURCES}
    assert [path.name for path, lines in found.items() if lines] == ["registry.py"]


@pytest.mark.parametrize("source", ["(CLUSTER, HOOK)", "{CLUSTER.name: 1, HOOK.name: 2}", "kind is JOB_RUN"])
def test_the_guard_sees_a_list(source: str) -> None:
    """It would be worth nothing if it could not."""
    assert list(lists_of_kinds(source)) == [1]


@EVERY_KIND
def test_each_kind_has_its_classes_and_calls(kind: Kind) -> None:
    """The resource, its provider and the calls of the client have the names it says."""
    assert getattr(xplenty_pulumi, f"{kind.resource}Provider").kind is kind
    assert hasattr(getattr(xplenty_pulumi, kind.resource), "get")
    assert kind_of(model(kind).model_construct(id=1)) is kind


@EVERY_KIND
def test_each_kind_ends_as_its_statuses_say(kind: Kind) -> None:
    """What has no status is removed; of all else some status is final, and nothing that is final lives."""
    assert (kind.ends is Ending.REMOVED) is (not kind.phases)
    final = [status for status in kind.phases if kind.is_final(status)]
    assert bool(final) is bool(kind.phases)
    assert not any(kind.is_living(status) for status in final)
    assert (Phase.GONE in kind.phases.values()) is (kind.ends is Ending.TERMINATED)


@EVERY_KIND
def test_a_marker_stands_in_a_field_that_changes_in_place(kind: Kind) -> None:
    """It is signed anew by an update."""
    assert (kind.name in MARKED) is bool(kind.signed)
    assert not kind.signed or kind.by_name[kind.signed].change is Change.IN_PLACE


@EVERY_KIND
def test_each_field_of_a_record_is_an_output(kind: Kind) -> None:
    """A field that the client's model has is an output of the resource, by the view of its kind."""
    least = {name: "loads" for name in ("status", "type") if name in model(kind).model_fields}
    shown = kind.view(model(kind).model_validate({"id": 1, **least}), {})
    assert {*outputs_of(getattr(xplenty_pulumi, kind.resource))} - {OBSERVED} == {*shown}


@EVERY_KIND
def test_each_field_of_a_record_is_in_the_schema(kind: Kind) -> None:
    """The description of the API has the same fields as the client's model."""
    described = properties(load_document()["components"]["schemas"][kind.name.capitalize()])
    assert {*model(kind).model_fields} - ADDED == described - MISSPELT


def made(kind: Kind, bench: Bench) -> Key:
    """Return what identifies a new thing; what makes a definition stands as `LEAST` beside the tests of its kind."""
    cluster = bench.emulator.add_cluster().id
    if kind.ends is Ending.TERMINATED:
        return cluster
    if kind.ends is Ending.COMPLETED:
        (package, *_) = bench.client.packages.list()
        return bench.client.jobs.run(cluster_id=cluster, package_id=package.id).id
    tests = import_module(f"tests.core.reconcile.definitions.test_{kind.collection}")
    return kind.key(getattr(bench.client, kind.collection).create(tests.LEAST).key)


@EVERY_KIND
def test_each_field_of_a_record_is_in_the_emulator(kind: Kind, bench: Bench) -> None:
    """The emulator shows every field that the client's model has, but for what the service seldom shows."""
    include = ("package", "cluster") if kind.ends is Ending.COMPLETED else kind.parts
    parts = {"include": include} if include else {}
    record = getattr(bench.client, kind.collection).get(made(kind, bench), **parts)
    assert {*model(kind).model_fields} - record.model_fields_set <= ADDED | SELDOM
