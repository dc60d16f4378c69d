"""What a program gives as `source` is read in the program: the engine gets a digest, a path, and what went wrong."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import Settings, configure

from tests.dynamic.resources.test_resources import Told, run
from xplenty_pulumi import Package
from xplenty_pulumi.core.kinds.flows.document import canonical, digest
from xplenty_pulumi.core.kinds.job_run import RUN_KEY
from xplenty_pulumi.core.kinds.package import PACKAGE, PROBLEM
from xplenty_pulumi.dynamic import flows

FLOW = {"components": [{"id": "load"}]}
DIGEST = digest(canonical(FLOW))
EXPORT = {"id": 7, "name": "Loads", "variables": {"a": "1"}, "data_flow_json": json.dumps(FLOW)}


@pytest.fixture
def told() -> Iterator[Told]:
    """A runtime whose engine only listens."""
    made = Told()
    mocks.set_mocks(made, project="loads", stack="dev", organization="organization")
    yield made
    configure(Settings("project", "stack"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose program runs in a folder below it."""
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "program").mkdir()
    (tmp_path / "loads.json").write_text(json.dumps(EXPORT))
    monkeypatch.chdir(tmp_path / "program")
    return tmp_path


def inputs(told: Told, **given: Any) -> dict[str, Any]:
    """Return what the engine is told of a package."""
    run(lambda: Package("loads", **given))
    return {name: value for name, value in told.inputs("loads").items() if name in PACKAGE.by_name}


def test_a_folder_that_cannot_be_written_needs_a_file(told: Told, project: Path) -> None:
    """The flow of a file is read again where it is needed; that of a value is said to have no place."""
    (project / ".xplenty").touch()  # for whoever runs the tests: an administrator can write into all folders
    assert inputs(told, source="../loads.json")["flow"] == DIGEST
    assert flows.kept(DIGEST, source="loads.json") == canonical(FLOW)
    problem = inputs(told, source=FLOW)["source"][PROBLEM]
    assert problem.startswith(f"cannot be kept in {project / '.xplenty' / 'flows'}: ")


@pytest.mark.parametrize(
    "source",
    ["../loads.json", Path("../loads.json"), pulumi.FileAsset("../loads.json")],
    ids=lambda one: type(one).__name__,
)
def test_a_file_gives_a_digest_a_path_and_its_inputs(told: Told, project: Path, source: Any) -> None:
    """The path is from the project on, wherever the program runs, and the flow is kept beside the project."""
    expected = {"name": "Loads", "variables": {"a": "1"}, "flow": DIGEST, "source": "loads.json"}
    assert inputs(told, source=source) == expected
    assert flows.kept(DIGEST) == canonical(FLOW)
    assert (project / ".xplenty" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("source", [json.dumps(FLOW), FLOW, pulumi.StringAsset(json.dumps(FLOW))])
def test_a_text_and_a_mapping_have_no_path(told: Told, project: Path, source: Any) -> None:
    """A bare flow has no inputs beside it, so the name is the resource's."""
    assert inputs(told, source=source) == {"name": "loads", "variables": {}, "flow": DIGEST}


def test_arguments_go_before_the_document(told: Told, project: Path) -> None:
    """All of them."""
    found = inputs(told, source=EXPORT, name="Mine", variables={"b": 2}, validate=False)
    assert (found["name"], found["variables"], found["validate"]) == ("Mine", {"b": "2"}, False)


def test_outputs_in_a_flow_are_waited_for(told: Told, project: Path) -> None:
    """Such as the id of a connection."""
    source = {"components": [{"id": pulumi.Output.from_input("load")}]}
    assert inputs(told, source=source) == {"name": "loads", "variables": {}, "flow": DIGEST}


def test_a_copy_has_no_inputs_of_its_own(told: Told, project: Path) -> None:
    """Its variables are those of its origin."""
    assert inputs(told, copy_of=101) == {"name": "loads", "copy_of": "101"}


@pytest.mark.parametrize("given", [None, {"a": 1}])
@pytest.mark.parametrize("spell", [lambda given: given, pulumi.Output.from_input], ids=["plain", "an output"])
def test_a_package_declares_the_variable_for_the_key_of_a_run(told: Told, given: Any, spell: Any) -> None:
    """Beside its own variables, and empty, since each run fills it."""
    found = inputs(told, source="{}", variables=spell(given), run_key=True)["variables"]
    assert found == {**({"a": "1"} if given else {}), RUN_KEY: "''"}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("nothing.json", "cannot be read: No such file or directory (nothing.json)"),
        ("{", "is no JSON: "),
        (
            pulumi.RemoteAsset("https://x.test/"),
            "must be a FileAsset, a StringAsset, a path, a text or a mapping, got ",
        ),
    ],
)
def test_what_cannot_be_read_is_left_to_the_check(told: Told, project: Path, source: Any, text: str) -> None:
    """It is told with all else that is wrong, and not as a traceback of the program."""
    found = inputs(told, source=source)
    assert found["source"]["problem"].startswith(text)
    with pytest.raises(ValueError, match=re.escape(text)):
        PACKAGE.by_name["source"].read(found["source"])


def test_a_file_in_another_encoding_is_named_with_what_to_do(told: Told, project: Path) -> None:
    """The codec would tell of bytes alone."""
    (project / "loads.json").write_bytes('{"a": "é"}'.encode("latin-1"))
    expected = "is a file that is not in UTF-8: save ../loads.json in UTF-8"
    assert inputs(told, source="../loads.json")["source"]["problem"] == expected


@pytest.mark.parametrize("spell", [lambda text: text, pulumi.Output.secret], ids=["plain", "a secret"])
def test_of_a_text_the_flow_alone_is_kept(told: Told, project: Path, spell: Any) -> None:
    """Its variables may be secret, and the engine keeps them as such."""
    inputs(told, source=spell(json.dumps({**EXPORT, "variables": {"a": "canary-1"}})))
    assert [one.name for one in (project / flows.FOLDER).iterdir()] == [f"{DIGEST}.json"]
    assert flows.kept(DIGEST) == canonical(FLOW)


def test_a_file_that_was_read_is_not_read_again(told: Told, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless its flow is not kept any more."""
    expected = inputs(told, source="../loads.json")
    with monkeypatch.context() as unread:
        unread.setattr(flows, "read_document", lambda _: pytest.fail("it was read"))
        assert inputs(told, source="../loads.json") == expected
    (project / flows.FOLDER / f"{DIGEST}.json").unlink()
    assert flows.inputs_in(json.dumps(EXPORT), is_file=True)["flow"] == DIGEST
    assert flows.kept(DIGEST) == canonical(FLOW)


def test_a_flow_is_found_in_its_file_as_well(project: Path) -> None:
    """As long as that has not changed; what was spoilt is not taken for it, and is written anew."""
    assert flows.kept(DIGEST, source="loads.json") == canonical(FLOW)
    assert flows.kept(DIGEST, source="nothing.json") is None
    assert flows.kept(digest("other"), source="loads.json") is None
    flows.inputs_in(EXPORT)
    file = project / flows.FOLDER / f"{DIGEST}.json"
    file.write_text("{}")
    assert flows.kept(DIGEST) is None
    assert not file.exists()
