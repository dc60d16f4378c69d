"""How the scope in a marker becomes the name of a stack, and which stack is the project's own."""

import hashlib
import json
from pathlib import Path

import pytest

from xplenty_pulumi.cli.engine.names import StackNames
from xplenty_pulumi.core.reports.branches import scope_of_stack
from xplenty_pulumi.errors import ConfigError

PROD, DEV, OTHER = (scope_of_stack(f"organization/{name}") for name in ("loads/prod", "loads/dev", "sales/prod"))


class Machine:
    """A project's folder, the engine's home and a backend, of which a test writes what it needs."""

    def __init__(self, top: Path) -> None:
        self.folder, self.home, self.state = (top / name for name in ("project", "home", "state"))
        for one in (self.folder, self.home / "workspaces", self.state):
            one.mkdir(parents=True)
        self.url = f"file://{self.state}"
        self.environment = {"PULUMI_HOME": str(self.home), "PULUMI_BACKEND_URL": self.url}

    def project(self, text: str = "name: loads\nruntime: python\n") -> Path:
        """Write the file of the project."""
        file = self.folder / "Pulumi.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    def stacks(self, *names: str) -> None:
        """Add files of states, as a backend in a folder keeps them."""
        for name in names:
            file = self.state / ".pulumi" / "stacks" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("{}", encoding="utf-8")

    def select(self, full_name: str) -> None:
        """Select a stack, as the engine notes it."""
        mark = hashlib.sha1(str(self.project()).encode(), usedforsecurity=False).hexdigest()
        file = self.home / "workspaces" / f"loads-{mark}-workspace.json"
        file.write_text(json.dumps({"stacks": {self.url: full_name}}), encoding="utf-8")

    def names(self) -> StackNames:
        """Return what a command would find."""
        return StackNames(self.folder, self.environment)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine without project and stacks."""
    return Machine(tmp_path)


def test_stacks_of_all_projects_are_named(machine: Machine) -> None:
    """A backend in a folder names its stacks by its files; what is no stack of it stays as it is."""
    machine.stacks("loads/prod.json", "loads/prod.json.bak", "loads/prod.json.attrs", "sales/prod.json.gz")
    names = machine.names()
    shown = [names.shown(one) for one in (PROD, OTHER, DEV, "unmanaged", "-")]
    assert shown == ["loads/prod", "sales/prod", DEV, "unmanaged", "-"]
    assert not names.marks([PROD, OTHER])


def test_the_selected_stack_is_marked(machine: Machine) -> None:
    """As `pulumi stack ls` marks it, whether it has a state yet or not."""
    machine.stacks("loads/prod.json")
    machine.select("organization/loads/dev")
    names = machine.names()
    assert [names.shown(one) for one in (PROD, DEV)] == ["loads/prod", "loads/dev*"]
    assert (names.marks([PROD]), names.marks([PROD, DEV])) == (False, True)
    machine.environment["PULUMI_STACK"] = "prod"
    assert [machine.names().shown(one) for one in (PROD, DEV)] == ["loads/prod*", DEV]


def test_a_scope_of_the_configuration_counts(machine: Machine) -> None:
    """A stack of this project with an `xplenty:scope` signs with it."""
    machine.stacks("loads/prod.json")
    machine.project()
    (machine.folder / "Pulumi.prod.yaml").write_text('config:\n  xplenty:scope: "blue"\n', encoding="utf-8")
    shown = machine.names().shown(scope_of_stack("organization/loads/prod", scope="blue"))
    assert shown == "loads/prod"


@pytest.mark.parametrize("where", ["project", "project on one line", "login"])
def test_the_backend_is_found_as_the_engine_finds_it(machine: Machine, where: str) -> None:
    """Without the variable the file of the project names it, and then the last login."""
    machine.stacks("sales/prod.json")
    del machine.environment["PULUMI_BACKEND_URL"]
    if where == "project":
        machine.project(f"runtime:\n  name: python\nname: loads\nbackend:\n  # ours\n  url: {machine.url}\n")
    elif where == "project on one line":
        machine.project(f'{{"name": "loads", "runtime": "python", backend: {{url: "{machine.url}"}}}}\n')
    else:
        machine.project()
        (machine.home / "credentials.json").write_text(json.dumps({"current": machine.url}), encoding="utf-8")
    assert machine.names().shown(OTHER) == "sales/prod"


def test_a_stack_is_chosen_by_its_name(machine: Machine) -> None:
    """What is shown is accepted, and the full name and the scope too; an unknown one is refused."""
    machine.stacks("loads/prod.json")
    names = machine.names()
    given = ("loads/prod", "loads/prod*", "organization/loads/prod", PROD, "unmanaged", "")
    assert [names.scope(one) for one in given] == [PROD] * 4 + ["unmanaged", ""]
    with pytest.raises(ConfigError, match="loads/test is no stack of this backend"):
        names.scope("loads/test")


def listing(machine: Machine, monkeypatch: pytest.MonkeyPatch, script: str) -> StackNames:
    """Put a `pulumi` on PATH that runs a script, and return the names in a backend that is no folder."""
    tool = machine.home / "pulumi"
    tool.write_text(f'#!/bin/sh\necho begun >>"{machine.home}/begun"\n{script}\n', encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{machine.home}:/usr/bin:/bin")
    machine.environment["PULUMI_BACKEND_URL"] = "https://api.example.test"
    return machine.names()


def test_the_engine_lists_the_stacks_of_other_backends_once(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked only about what is not known, and once, however many owners there are."""
    names = listing(machine, monkeypatch, """echo '[{"name": "acme/sales/prod"}, {"name": "odd"}]'""")
    assert names.shown("unmanaged") == "unmanaged"
    assert not (machine.home / "begun").exists()
    shown = [names.shown(one) for one in (scope_of_stack("acme/sales/prod"), DEV, DEV)]
    assert shown == ["sales/prod", DEV, DEV]
    assert (machine.home / "begun").read_text(encoding="utf-8").splitlines() == ["begun"]


@pytest.mark.parametrize("script", ["exit 1", "echo no JSON", "echo '[7]'"])
def test_an_engine_that_does_not_answer_is_no_error(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    """The scopes stay as they are."""
    assert listing(machine, monkeypatch, script).shown(DEV) == DEV


def test_files_that_make_no_sense_are_no_error(machine: Machine) -> None:
    """A broken note of the engine names nothing."""
    machine.select("organization/loads/dev")
    for file in (machine.home / "workspaces").iterdir():
        file.write_text("[", encoding="utf-8")
    machine.project("name: [\n\x00")
    assert machine.names().shown(DEV) == DEV
