"""`xplenty-pulumi import` up to what it hands to the engine: what it writes, refuses and asks of the engine."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partialmethod
from pathlib import Path
from random import Random
from typing import Any

import pulumi
import pytest

from tests.support.accounts.clients import forget_sessions
from tests.support.accounts.command_line import START, Ended, Scene, opened_scene
from xplenty_pulumi.cli.commands.imports import command
from xplenty_pulumi.cli.commands.imports.command import DOCUMENT
from xplenty_pulumi.cli.commands.imports.files import PROGRAM
from xplenty_pulumi.cli.commands.imports.run import ImportRun
from xplenty_pulumi.cli.commands.imports.selection import ImportSelection, select
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.dynamic.providers.cluster import ClusterProvider
from xplenty_pulumi.dynamic.state import OWED, OWNER, SPECIAL, origin_of
from xplenty_pulumi.errors import XplentyError

URL = "https://hooks.example.test/T0/tkn-4711"
BELL = {"type": "slack", "settings": {"url": URL, "channel": "#etl"}, "events": ["job"], "name": "Bell"}


@dataclass
class Project:
    """A project with the stack `dev` and an engine that does nothing but answer."""

    scene: Scene
    folder: Path
    version: str = "v3.276.0"
    config: dict[str, str] = field(default_factory=dict)
    documents: list[Any] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    works: bool = True
    others: dict[str, list[Any]] = field(default_factory=dict)
    """The resources of other stacks once the engine has imported."""
    state: dict[str, Any] = field(default_factory=dict)
    """What else the states have, such as when they were written."""

    def told(self, stack: str, words: tuple[str, ...], given: str | None) -> str:
        """Answer as the engine does, and keep what it is given for the configuration."""
        if words[:2] == ("config", "set"):
            assert given is not None
            self.config[words[3]] = given
        answers = {
            ("version",): self.version,
            ("config", "--json"): json.dumps({key: {"value": value} for key, value in self.config.items()}),
            ("stack", "export"): json.dumps({"deployment": {"resources": self.others.get(stack, []), **self.state}}),
            ("whoami", "--json"): json.dumps({"url": f"file://{self.folder}/state"}),
            ("stack", "ls"): json.dumps([{"name": "acme/loads/dev"}, *({"name": one} for one in self.others)]),
            ("stack", "--show-name"): "acme/loads/dev\n",
            ("config", "get"): f"{self.config.get(words[-1])}\n",
        }
        return answers.get(words[:2], "")

    def shown(self, words: tuple[str, ...]) -> bool:
        """Take the document that is to be imported."""
        self.programs += [one.read_text() for one in self.folder.glob(PROGRAM)]
        self.documents.append(json.loads(Path(words[words.index("--file") + 1]).read_text()))
        return self.works

    def run(self, *arguments: str, out: str = ".") -> Ended:
        """Run the command, and see that it has sent nothing that changes anything."""
        before = len(self.scene.calls())
        place = str(self.folder / out)
        ended = self.scene.run("import", *arguments, "--out", place, "--cwd", str(self.folder))
        assert [one for one in self.scene.calls()[before:] if not one.startswith("GET")] == []
        return ended


def _told_by(engine: Engine, project: Project, *words: str, given: str | None = None) -> str:
    return project.told(engine.stack, words, given)


def _refuse(_run: ImportRun, _order: object) -> object:
    raise XplentyError("the program cannot be imported")


def _shown_by(_engine: Engine, project: Project, *words: str) -> bool:
    return project.shown(words)


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Project]:
    """A project without a program, in an account with a hook and a cluster."""
    with opened_scene(monkeypatch) as scene:
        made = Project(scene, tmp_path)
        monkeypatch.setattr(Engine, "on_path", classmethod(lambda cls, folder, stack: cls("pulumi", folder, stack)))
        monkeypatch.setattr(Engine, "told", partialmethod(_told_by, made))
        monkeypatch.setattr(Engine, "shown", partialmethod(_shown_by, made))
        for name, value in scene.environment.items():
            monkeypatch.setenv(name, value)
        scene.emulator.add_cluster(name="ETL", nodes=3)
        with scene.client() as client:
            client.hooks.create(BELL)
        yield made
        forget_sessions()


def test_document_has_what_a_created_one_has(project: Project) -> None:
    """Whose it is, what the service shows, that the marker is owed, and secrets marked as such."""
    assert project.run("cluster", "hook").code == 0
    cluster, hook = project.documents[0]["resources"]
    assert (cluster["type"], cluster["name"], cluster["id"]) == ("pulumi-python:dynamic/xplenty:Cluster", "etl", "501")
    owner = "acme|urn:pulumi:dev::loads::pulumi-python:dynamic/xplenty:Cluster::etl"
    assert (cluster["inputs"][OWNER], cluster["outputs"][OWNER], cluster["outputs"][OWED]) == (owner, owner, "marker/")
    assert json.loads(cluster["outputs"]["observed"])["status"] == "available"
    assert json.loads(hook["inputs"]["settings"]["plaintext"]) == BELL["settings"]
    assert SPECIAL in hook["outputs"]["settings"]
    assert SPECIAL in hook["outputs"]["salt"]


def test_a_marker_is_owed_until_it_is_signed(project: Project) -> None:
    """A refresh before the first `up` does not change that: the `up` still has something to do."""
    project.run("cluster")
    (cluster,) = project.documents[0]["resources"]
    refreshed = ClusterProvider().read("501", cluster["outputs"])
    assert refreshed.outs is not None
    assert refreshed.outs[OWED] == "marker/"
    assert ClusterProvider().diff("501", refreshed.outs, cluster["inputs"]).changes is True
    signed = {name: value for name, value in refreshed.outs.items() if name != OWED}
    assert ClusterProvider().diff("501", signed, cluster["inputs"]).changes is None


def test_what_was_taken_over_may_carry_the_marker_that_it_had(project: Project) -> None:
    """It is noted by its scope: what yet another stack signs before the first `up` is that one's."""
    theirs = marker_of(Owner("acme", "loads", "prod", "etl"))
    project.scene.emulator.edit_cluster(501, description=sign("", theirs.held))
    project.run("--take-over", "cluster:501")
    (cluster,) = project.documents[0]["resources"]
    assert cluster["outputs"][OWED] == f"marker/{theirs.scope}"


def test_what_this_stack_had_adopted_is_its_own_once_it_is_taken_over(project: Project) -> None:
    """Its state was lost, so nothing but the marker says which adoption signed it."""
    ours = marker_of(Owner("acme", "loads", "dev", "pulumi-python:dynamic/xplenty:Cluster::etl"))
    adopted = ours.adopting(START, Random(1)).held
    project.scene.emulator.edit_cluster(501, description=sign("", adopted))
    project.run("--take-over", "cluster:501")
    (cluster,) = project.documents[0]["resources"]
    assert not adopted.is_of_namesake(origin_of(cluster["outputs"]).nonces)


def test_secrets_are_in_the_configuration_alone(project: Project) -> None:
    """No file has them once the engine is done."""
    ended = project.run("hook")
    assert project.config == {"loads:bell_url": URL}
    assert URL not in ended.out + ended.err
    assert all(URL not in one.read_text() for one in project.folder.rglob("*") if one.is_file())


def test_what_is_not_to_be_run_is_written(project: Project) -> None:
    """The document is beside the program, without what has secrets."""
    ended = project.run("cluster", "hook", "--no-run")
    assert project.documents == []
    (cluster,) = json.loads((project.folder / DOCUMENT).read_text())["resources"]
    assert cluster["name"] == "etl"
    assert "left out: hook 701: it has secrets, which are written into no file in clear" in ended.err
    assert f"pulumi import --file {project.folder / DOCUMENT} --yes --protect=false" in ended.out


def test_a_document_that_exists_is_not_lost(project: Project) -> None:
    """Not even the one of an import before, and nothing is written beside it; one that runs writes none."""
    (project.folder / DOCUMENT).write_text('{"resources": []}')
    ended = project.run("cluster", "--no-run")
    assert (ended.code, [one.name for one in project.folder.iterdir()]) == (1, [DOCUMENT])
    assert f"{project.folder / DOCUMENT} exists, and what it says would be lost" in ended.err
    assert project.run("cluster").code == 0
    assert (project.folder / DOCUMENT).read_text() == '{"resources": []}'


@pytest.mark.parametrize("version", ["v3.250.0", "v3.253.9", "", "v2.300.0"])
def test_an_older_engine_is_refused_in_one_sentence(project: Project, version: str) -> None:
    """It says which one is needed, before anything is read or written."""
    project.version = version
    ended = project.run("--all")
    assert ended.code == 2
    assert "an import needs `pulumi` 3.254 or later, and the one on PATH is" in ended.err
    assert [*project.folder.iterdir()] == []


def test_a_program_that_exists_is_not_lost(project: Project) -> None:
    """Nothing is imported either."""
    (project.folder / PROGRAM).write_text("print(1)\n")
    ended = project.run("cluster")
    assert (ended.code, project.documents) == (1, [])
    assert "Name another folder with --out" in ended.err


def test_what_comes_next_is_told(project: Project) -> None:
    """Beside the program of the project, that has to declare it before the next `up`."""
    assert "the next `pulumi up` signs the ownership markers, and nothing else" in project.run("cluster").out
    assert "a `pulumi up` without it ends and removes what was imported" in project.run("hook", out="more").out


def test_no_up_creates_what_is_not_imported_yet(project: Project) -> None:
    """The program stops until the engine has imported, so that an import that is killed leaves nothing to create."""
    project.run("cluster")
    with pytest.raises(pulumi.RunError, match="may create it a second time"):
        exec(project.programs[0], {})
    assert "raise" not in (project.folder / PROGRAM).read_text()


def test_a_program_that_cannot_be_imported_is_not_written(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """An `up` has nothing to create then."""
    monkeypatch.setattr(ImportRun, "_answered", _refuse)
    assert project.run("cluster").code == 1
    assert not (project.folder / PROGRAM).exists()


def test_what_is_changed_while_it_is_imported_is_not_imported(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first `up` would undo the change, and is told to sign markers only."""
    documented = ImportRun.documented

    def changed_before(run: ImportRun, program: str, declarations: Any) -> Any:
        project.scene.emulator.edit_cluster(501, nodes=5)
        return documented(run, program, declarations)

    monkeypatch.setattr(ImportRun, "documented", changed_before)
    ended = project.run("cluster")
    assert (ended.code, project.documents, (project.folder / PROGRAM).exists()) == (1, [], False)
    told = "etl: it has changed since it was listed (nodes); nothing was imported. Run the same command again"
    assert told in ended.err


def test_an_import_that_failed_can_be_run_again(project: Project) -> None:
    """What it has left is what it would write."""
    project.works = False
    project.run("cluster")
    project.works = True
    assert project.run("cluster").code == 0
    assert "raise" not in (project.folder / PROGRAM).read_text()


def test_what_another_stack_has_imported_meanwhile_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the two would end what the other one has, so the program goes on stopping each `up`."""
    urn = "urn:pulumi:prod::loads::pulumi-python:dynamic/xplenty:Cluster::etl"
    taken = {"urn": urn, "type": urn.split("::")[2], "id": "501", "inputs": {}}

    def shown(_engine: Engine, *words: str) -> bool:
        project.others["acme/loads/prod"] = [taken]
        return project.shown(words)

    monkeypatch.setattr(Engine, "shown", shown)
    ended = project.run("cluster")
    assert ended.code == 1
    assert "cluster 501: it was imported, and the state of stack acme/loads/prod has taken it meanwhile" in ended.err
    assert "pulumi.RunError" in (project.folder / PROGRAM).read_text()


def test_what_an_up_was_creating_while_the_account_was_read_is_not_imported(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state of the stack may have it by the time of the import, under the name that the program has for it."""

    def selected(*arguments: Any) -> ImportSelection:
        project.state["manifest"] = {"time": "2026-01-31T00:00:00Z"}
        return select(*arguments)

    monkeypatch.setattr(command, "select", selected)
    ended = project.run("cluster")
    assert (ended.code, project.documents, [*project.folder.iterdir()]) == (1, [], [])
    assert "acme/loads/dev: a `pulumi` is at work on it, or has been since it was looked at" in ended.err


def test_a_stack_that_is_locked_takes_nothing(project: Project) -> None:
    """The engine would refuse once the program is written."""
    locks = project.folder / "state" / ".pulumi" / "locks" / "acme" / "loads" / "dev"
    locks.mkdir(parents=True)
    lock = {"pid": 7, "username": "ci", "hostname": "runner-7", "timestamp": "2026-01-31T00:00:00Z"}
    (locks / "1.json").write_text(json.dumps(lock))
    ended = project.run("cluster")
    assert (ended.code, [one.name for one in project.folder.iterdir()]) == (1, ["state"])
    assert "it is locked by ci@runner-7" in ended.err
    assert "if it was killed, run `xplenty-pulumi recover`" in ended.err


def test_an_import_that_fails_ends_with_1(project: Project) -> None:
    """The engine has said why."""
    project.works = False
    ended = project.run("cluster")
    assert (ended.code, "`pulumi import` failed" in ended.err) == (1, True)
    assert "a `pulumi up` would create it a second time" in ended.err


def test_nothing_to_import_is_no_failure(project: Project) -> None:
    """No file is written for it."""
    with project.scene.client() as client:
        client.hooks.delete(701)
    assert project.run("hook").lines == ["nothing to import"]
    assert [*project.folder.iterdir()] == []
