"""A file is written where only the service has changed, in the form that it has."""

import json
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from xplenty_pulumi.cli.commands.pull.files import PulledFile
from xplenty_pulumi.client import Package
from xplenty_pulumi.core.kinds.flows.document import canonical, digest
from xplenty_pulumi.errors import RefusedError

OLD, NEW, OWN = ({"components": [{"id": "load", "table": table}]} for table in ("old", "new", "own"))
MARK = "[xp2:dev-0f3a91c:5b1c0d9e7a42:htjhp4ur9hgns:h]"


def pulled(file: Path, flow: Any = NEW, *, declared: dict[str, Any] | None = None, **shown: Any) -> PulledFile:
    """Return the file beside a package that the service shows with this flow."""
    fields = {"id": 7, "status": "active", "name": "loads", "description": f"nightly {MARK}", "variables": {"a": "1"}}
    package = Package.model_validate({**fields, "data_flow_json": json.dumps(flow), **shown})
    return PulledFile(file, file.name, package, digest(canonical(OLD)), declared or {})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with the flow that the state has."""
    made = tmp_path / "loads.json"
    made.write_text(json.dumps(OLD))
    return made


def test_a_bare_flow_stays_one(file: Path) -> None:
    """Sorted and indented; a second pull writes nothing."""
    assert pulled(file).written(force=False) == ['component "load": table "old" -> "new"']
    assert file.read_text() == json.dumps(NEW, indent=2) + "\n"
    assert pulled(file).written(force=False) == []


def test_an_export_stays_one(file: Path) -> None:
    """What it says of the package is as the service has it, without a marker; its flow can be read line by line."""
    export = {"id": 7, "name": "loads", "description": "", "variables": {"a": "0"}, "data_flow_json": json.dumps(OLD)}
    file.write_text(json.dumps(export))
    pulled(file, declared={"description": "", "variables": {"a": "0"}}).written(force=False)
    expected = {"id": 7, "name": "loads", "description": "nightly", "variables": {"a": "1"}, "raw_data": NEW}
    assert json.loads(file.read_text()) == expected
    assert MARK not in file.read_text()


@pytest.mark.parametrize(
    ("there", "text"), [(NEW, "and so was the package"), (OLD, "the package in the service was not")]
)
def test_changes_of_the_file_are_kept(file: Path, there: Any, text: str) -> None:
    """They are lost only where that is asked for."""
    file.write_text(json.dumps(OWN))
    with pytest.raises(RefusedError, match=text):
        pulled(file, there).written(force=False)
    assert json.loads(file.read_text()) == OWN
    pulled(file, there).written(force=True)
    assert json.loads(file.read_text()) == there


def test_what_was_written_for_another_package_is_kept(file: Path) -> None:
    """Two packages with one file: the edit of the first is not lost to that of the second, not even with --force."""
    pulled(file, NEW).written(force=True)
    second = replace(pulled(file, OWN), settled_for="first")
    with pytest.raises(RefusedError, match="is the file of first too, and the service has that package otherwise"):
        second.written(force=True)
    assert json.loads(file.read_text()) == NEW


def test_what_cannot_be_written_is_as_it_was(file: Path) -> None:
    """As on a full disk: nothing was written, as the text says, and the next pull can read the file."""
    before, limit = file.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limit[1]))
    try:
        with pytest.raises(RefusedError, match=r"cannot be written: .*; nothing was written"):
            pulled(file).written(force=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert file.read_bytes() == before


def test_variables_that_an_export_has_changed_are_kept(file: Path) -> None:
    """They are changes of the file as well."""
    file.write_text(json.dumps({"variables": {"a": "own"}, "data_flow_json": json.dumps(OLD)}))
    with pytest.raises(RefusedError, match="was changed since the last `pulumi up`, and so was the package"):
        pulled(file, OLD, declared={"variables": {"a": "0"}}).written(force=False)


@pytest.mark.parametrize("name", ["name", "variables"])
def test_an_argument_that_goes_before_an_export_is_no_change_of_the_file(file: Path, name: str) -> None:
    """The state has the value of the program, which the file is neither to get nor to be refused for."""
    given = {"name": "in the file", "variables": {"a": "0"}}
    file.write_text(json.dumps({**given, "data_flow_json": json.dumps(OLD)}))
    declared = {**given, "name": "loads", "variables": {"a": "1"}}
    assert pulled(file, declared=declared).written(force=False) == ['component "load": table "old" -> "new"']
    assert json.loads(file.read_text())[name] == given[name]
    assert pulled(file, declared=declared).written(force=False) == []


def test_a_change_of_the_file_that_the_service_does_not_touch_stays(file: Path) -> None:
    """A flow that only the service has changed is written beside it."""
    file.write_text(json.dumps({"description": "own", "data_flow_json": json.dumps(OLD)}))
    pulled(file, declared={"description": "nightly"}).written(force=False)
    assert json.loads(file.read_text()) == {"description": "own", "raw_data": NEW}


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    """With its folder, and with what an export says, which the next `up` would otherwise remove from the package."""
    file = tmp_path / "packages" / "loads.json"
    (change,) = pulled(file, declared={"flow_type": "dataflow"}, flow_type="workflow", flow_version="2").written(
        force=False
    )
    assert "new, an export document: arguments of the program go before" in change
    beside = {"name": "loads", "description": "nightly", "variables": {"a": "1"}, "flow_type": "workflow"}
    assert json.loads(file.read_text()) == {**beside, "raw_data": NEW}


@pytest.mark.parametrize("text", [None, json.dumps({"variables": {"a": "1"}, "data_flow_json": json.dumps(OLD)})])
def test_what_is_secret_in_the_state_gets_into_no_file(file: Path, text: str | None) -> None:
    """It stands in the program, so that neither a new file nor an export that has another value needs it."""
    file.unlink() if text is None else file.write_text(text)
    found = pulled(file, description="canary-1", variables={"a": "1", "password": "canary-2"})
    replace(found, secret=("description", "variables")).written(force=False)
    assert "canary" not in file.read_text()
    assert json.loads(file.read_text())["raw_data"] == NEW


@pytest.mark.parametrize("text", ["{", "7"])
def test_a_file_that_is_no_document_is_left_alone(file: Path, text: str) -> None:
    """Whatever is in it, it is not this package."""
    file.write_text(text)
    with pytest.raises(RefusedError, match=r"loads.json .*; nothing was written"):
        pulled(file).written(force=False)
    assert file.read_text() == text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('{"a": "é"}'.encode("latin-1"), "loads.json is not in UTF-8; nothing was written. Save it in UTF-8"),
        (b"[" * 100_000, "loads.json is no JSON: it is nested too deep; nothing was written"),
        (None, "loads.json cannot be read: Is a directory; nothing was written"),
    ],
    ids=["encoding", "depth", "folder"],
)
def test_a_file_that_cannot_be_read_is_named(file: Path, content: bytes | None, text: str) -> None:
    """As an error of the package, so that `--all` goes on with the others."""
    file.unlink()
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    with pytest.raises(RefusedError) as refused:
        pulled(file).written(force=True)
    assert text in str(refused.value)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """What is in the way of its folder is not removed."""
    (tmp_path / "packages").symlink_to(tmp_path / "nothing" / "there")
    with pytest.raises(RefusedError, match=r"loads\.json cannot be written: "):
        pulled(tmp_path / "packages" / "loads.json").written(force=False)


def test_a_service_that_shows_no_flow_is_told(file: Path) -> None:
    """Nothing is written."""
    with pytest.raises(RefusedError, match="shows no flow"):
        pulled(file, data_flow_json=None).written(force=False)


def test_what_the_program_declares_is_told(file: Path) -> None:
    """No file holds it, so nobody else would."""
    declared = {"name": "loads", "description": "daily", "variables": {"a": "0"}}
    assert pulled(file, declared=declared).undeclared() == ["description", "variables"]
