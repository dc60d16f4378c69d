"""A Pulumi stack on the real engine, with a program that declares what a test lists."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from xplenty_pulumi.dynamic.state import side_by_side
from xplenty_pulumi.emulator import Emulator
from xplenty_pulumi.settings import bridge_enabled

NO_ENGINE = (
    "These tests run the real Pulumi engine and there is no `pulumi` on PATH. `make test` gets one; by hand, "
    "`python -m tools.engine` prints the folder to put on PATH."
)

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


Found = TypeVar("Found")

STEP = 30.0
"""Seconds that pass for an account with each look: a cluster is there after six, and a run takes three."""
LONGEST = 600
"""Seconds after which what has not ended hangs, on the slowest machine too."""
_OWN_FAILURE = re.compile(r"^\s*[\w.]+\.ProviderFailure: (.+)$", re.MULTILINE)


def bridged(partner: str) -> pytest.MarkDecorator:
    """Mark a test of what only the bridge gives; `partner` is the test that expects the fallback instead."""
    return pytest.mark.skipif(not bridge_enabled(os.environ), reason=f"needs the bridge; without it: {partner}")


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


@dataclass(frozen=True)
class Ran:
    """What a command of the engine came to, and whether its provider had the bridge."""

    code: int
    output: str
    has_bridge: bool = True

    def succeeded(self) -> "Ran":
        """Return this, or fail the test with all that was printed."""
        assert self.code == 0, f"exit code {self.code}\n{self.output}"
        return self

    def failed(self) -> "Ran":
        """Return this, or fail the test because the command succeeded or told its failure in another way.

        No failure shows a traceback; without the bridge each one does, and ends in our text.
        """
        assert self.code != 0, f"expected a failure\n{self.output}"
        tracebacks = self.output.partition("Diagnostics:")[2].count("Traceback")
        assert tracebacks == (0 if self.has_bridge else len(self.ends_of_tracebacks())), self.output
        return self

    def ends_of_tracebacks(self) -> list[str]:
        """Return our texts at the end of tracebacks."""
        return _OWN_FAILURE.findall(self.output)


class Stack:
    """A stack named `dev` of a project in `folder`, whose settings come from the environment."""

    def __init__(self, folder: Path, account: Emulator | None, **environment: str) -> None:
        self.folder = folder
        (folder / "state").mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text("name: tests\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM)
        self.environment = _environment(folder, account, environment)
        self.declare()
        self.run("stack", "init", "dev").succeeded()

    def declare(self, *resources: Declared) -> "Stack":
        """Let the program declare exactly these, in this order."""
        document = [vars(resource) for resource in resources]
        (self.folder / "resources.json").write_text(json.dumps(document))
        return self

    def run(self, *arguments: str, **environment: str) -> Ran:
        """Run `pulumi` to its end; `environment` is for this command alone."""
        return self._ended(["pulumi", *arguments, "--non-interactive", "--color", "never"], environment)

    def command(self, *arguments: str, **environment: str) -> Ran:
        """Run our own command to its end, in the folder and the environment of the program."""
        return self._ended([sys.executable, "-m", "xplenty_pulumi.cli", *arguments], environment)

    def _ended(self, line: Sequence[str], environment: Mapping[str, str]) -> Ran:
        done = subprocess.run(
            line,
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        return Ran(done.returncode, done.stdout, self.has_bridge)

    @property
    def has_bridge(self) -> bool:
        """Whether the providers may lean on details of their host."""
        return bridge_enabled(self.environment)

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
        output = self.run("stack", "export").succeeded().output
        resources = json.loads(output)["deployment"].get("resources", [])
        return {one["urn"].rpartition("::")[2]: one for one in resources if "xplenty" in one["type"]}

    def outputs(self) -> dict[str, dict[str, Any]]:
        """Return the outputs of each resource in the state by name, with all values side by side."""
        return {name: side_by_side(one["outputs"]) for name, one in self.state().items()}

    def files(self) -> str:
        """Return all text in the state folder: checkpoints, backups and history."""
        folder = self.folder / "state"
        return "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


def _environment(folder: Path, account: Emulator | None, extra: Mapping[str, str]) -> dict[str, str]:
    assert shutil.which("pulumi"), NO_ENGINE
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI", "XPLENTY"))}
    settings = _settings(account) if account else {}
    return {
        **own,
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_PARALLEL": "64",
        "PULUMI_PYTHON_CMD": sys.executable,
        "XPLENTY_POLL_SECONDS": "0.1",
        "XPLENTY_BRIDGE": os.environ.get("XPLENTY_BRIDGE", "on"),
        **settings,
        **extra,
    }


def _settings(account: Emulator) -> dict[str, str]:
    return {
        "XPLENTY_API_URL": account.url,
        "XPLENTY_ACCOUNT_ID": account.account_id,
        "XPLENTY_API_KEY": account.api_key,
    }


def writes(account: Emulator) -> Sequence[str]:
    """Return every call that changes something, as `POST /clusters` and so on, oldest first."""
    prefix = f"/{account.account_id}/api"
    return [f"{call.method} {call.path.removeprefix(prefix)}" for call in account.calls() if call.method != "GET"]


def eventually(look: Callable[[], Found | None], *, seconds: float = LONGEST) -> Found:
    """Return what `look` finds as soon as it finds something; fail the test when it has not after `seconds`."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        pause.wait(0.02)
    raise AssertionError(f"nothing was found in {seconds} seconds")
