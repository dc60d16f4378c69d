"""A Pulumi stack on the real engine, with a program that declares what a test lists."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.engine.new_stack import make_stack
from tests.support.engine.ran import Ran
from tests.support.engine.workspace import Workspace
from xplenty_pulumi.dynamic.state import side_by_side
from xplenty_pulumi.emulator import Emulator

PROGRAM = """\
import json, pathlib, pulumi, xplenty_pulumi
made = {}
def value(given):
    if isinstance(given, dict) and set(given) == {"secret"}:
        return pulumi.Output.secret(given["secret"])
    if isinstance(given, dict) and set(given) == {"id of"}:
        return made[given["id of"]].id
    if isinstance(given, dict):
        return {name: value(item) for name, item in given.items()}
    if isinstance(given, list):
        return [value(item) for item in given]
    return given
for one in json.loads(pathlib.Path("resources.json").read_text()):
    kind = getattr(xplenty_pulumi, one["kind"])
    options = dict(one["options"])
    options["depends_on"] = [made[name] for name in options.pop("depends_on", [])]
    if "custom_timeouts" in options:
        options["custom_timeouts"] = pulumi.CustomTimeouts(**options["custom_timeouts"])
    inputs = {name: value(given) for name, given in one["inputs"].items()}
    made[one["name"]] = kind(one["name"], opts=pulumi.ResourceOptions(**options), **inputs)
"""

STEP = 30.0
"""Seconds that pass for an account with each look: a cluster is there after six, and a run takes three."""


@dataclass(frozen=True)
class Declared:
    """One resource of the program. An input `{"secret": x}` is a secret, `{"id of": name}` another resource's id."""

    kind: str
    name: str
    inputs: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)


def cluster(name: str, options: Mapping[str, Any] | None = None, /, **inputs: Any) -> Declared:
    """Declare a cluster, of two nodes unless `inputs` say otherwise."""
    return Declared("Cluster", name, {"nodes": 2, **inputs}, options or {})


def job(name: str, options: Mapping[str, Any] | None = None, /, **inputs: Any) -> Declared:
    """Declare a run of package 101 on the cluster `etl`, unless `inputs` say otherwise."""
    return Declared("JobRun", name, {"cluster_id": {"id of": "etl"}, "package_id": 101, **inputs}, options or {})


class Stack(Workspace):
    """A stack named `dev` of a project in `folder`, whose settings come from the environment."""

    def __init__(self, folder: Path, account: Emulator | None, **environment: str) -> None:
        super().__init__(folder, account, environment=environment)
        (folder / "Pulumi.yaml").write_text("name: tests\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM)
        self.declare()
        make_stack(self)

    def declare(self, *resources: Declared) -> "Stack":
        """Let the program declare exactly these, in this order."""
        document = [vars(resource) for resource in resources]
        (self.folder / "resources.json").write_text(json.dumps(document))
        return self

    run = Workspace.pulumi

    def up(self, *arguments: str, **environment: str) -> Ran:
        """Run `pulumi up` without its preview."""
        return self.run("up", "--yes", "--skip-preview", *arguments, **environment)

    def destroy(self, *arguments: str, **environment: str) -> Ran:
        """Run `pulumi destroy` without its preview."""
        return self.run("destroy", "--yes", "--skip-preview", *arguments, **environment)

    def refresh(self, *arguments: str) -> Ran:
        """Run `pulumi refresh` without its preview."""
        return self.run("refresh", "--yes", "--skip-preview", *arguments)

    def preview(self) -> dict[str, dict[str, Any]]:
        """Return the steps of a preview by resource name; a replacement's is the one named `replace`."""
        output = self.run("preview", "--json", "--show-sames").succeeded().output
        steps = json.loads(output[output.index("{") :])["steps"]
        parts = {"create-replacement", "delete-replaced"}
        return {step["urn"].rpartition("::")[2]: step for step in steps if step["op"] not in parts}

    def state(self) -> dict[str, dict[str, Any]]:
        """Return the resources in the state by name, those of this package only."""
        resources = self._deployment().get("resources") or []
        return {one["urn"].rpartition("::")[2]: one for one in resources if "xplenty" in one["type"]}

    def _deployment(self) -> dict[str, Any]:
        """What the backend keeps, from its file where it is a folder: that takes no process of the engine."""
        kept = self.top / "state" / ".pulumi" / "stacks" / "tests" / "dev.json"
        if kept.exists():
            return dict(json.loads(kept.read_text())["checkpoint"]["latest"])
        return dict(json.loads(self.run("stack", "export").succeeded().output)["deployment"])

    def outputs(self) -> dict[str, dict[str, Any]]:
        """Return the outputs of each resource in the state by name, with all values side by side."""
        return {name: side_by_side(one["outputs"]) for name, one in self.state().items()}

    def files(self) -> str:
        """Return all text in the state folder: checkpoints, backups and history."""
        folder = self.folder / "state"
        return "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


def writes(account: Emulator) -> Sequence[str]:
    """Return every call that changes something, as `POST /clusters` and so on, oldest first."""
    prefix = f"/{account.account_id}/api"
    return [f"{call.method} {call.path.removeprefix(prefix)}" for call in account.calls() if call.method != "GET"]
