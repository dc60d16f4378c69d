"""The recorded stack and its account, and the command run on them in this process."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands.drift.record import FILE
from tests.support.accounts.command_line import KEY, CommandLine
from tests.support.engine.recording import restore
from xplenty_pulumi.cli.commands.drift import report
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.ui import account as cli_account
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.emulator import Emulator, Seed
from xplenty_pulumi.errors import XplentyError

RECORDED: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


@dataclass
class DriftScene(CommandLine):
    """`xplenty-pulumi drift` in a project whose stacks are in `states`, on an account in this process."""

    before = ("drift",)
    folder: Path
    states: dict[str, Any] = field(default_factory=lambda: {"dev": RECORDED["state"]})
    config: dict[str, str] = field(default_factory=dict)
    selected: str = "dev"
    """The selected stack; an empty text where there is none."""
    others: dict[str, Any] = field(default_factory=dict)
    """The states of other projects' stacks in the backend, by full name."""

    def told(self, engine: Engine, *words: str) -> str:
        """Answer as the engine does."""
        if "--all" in words:
            return json.dumps([{"name": name} for name in [*map(self.full_name, self.states), *self.others]])
        if words[:2] == ("stack", "ls"):
            listed = [{"name": self.full_name(name), "current": name == self.selected} for name in self.states]
            return json.dumps(listed)
        if engine.stack in self.others:
            return json.dumps(self.others[engine.stack])
        name = engine.stack.rpartition("/")[2] or self.selected
        if not name:
            raise XplentyError(f"`pulumi {words[0]}` failed: no stack selected")
        if name not in self.states:
            raise XplentyError(f"`pulumi {words[0]}` failed: no stack named '{name}' found")
        answers = {
            "export": json.dumps(self.states[name]),
            "--show-name": f"{self.full_name(name)}\n",
            "--json": json.dumps({key: {"value": value, "secret": False} for key, value in self.config.items()}),
        }
        return answers[words[1]]

    @staticmethod
    def full_name(stack: str) -> str:
        """Return the full name of a stack of the project."""
        return f"organization/tests/{stack}"

    def id_of(self, resource: str) -> int:
        """Return the id of a resource in the recorded state."""
        return ids(RECORDED["state"])[resource]

    def list_calls(self) -> list[str]:
        """Return the paths of the list calls so far."""
        paths = [one.path.rpartition("/api/")[2] for one in self.emulator.calls()]
        return [path for path in paths if path in {kind.collection for kind in KINDS.values()}]


def ids(state: Mapping[str, Any]) -> dict[str, int]:
    """Return the ids of our resources in an export, by name."""
    resources = state["deployment"]["resources"]
    return {one["urn"].rpartition("::")[2]: int(one["id"]) for one in resources if "xplenty" in one["type"]}


@contextmanager
def opened_scene(monkeypatch: pytest.MonkeyPatch, folder: Path, *, recorded: bool = True) -> Iterator[DriftScene]:
    """Give the recorded stack on an account like the one it was recorded on, or an empty account."""
    clock = ManualClock(datetime.fromtimestamp(RECORDED["now"], tz=UTC))
    for module in (cli_account, report):
        monkeypatch.setattr(module, "SystemClock", lambda: clock)
    for name in ("XPLENTY_POLL_SECONDS", "XPLENTY_CREDIT_SHARE", "XPLENTY_FORMER_ACCOUNT_ID", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    with Emulator(Seed(api_key=KEY), clock=clock) as emulator:
        if recorded:
            restore(emulator, RECORDED)
        scene = DriftScene(emulator, clock, folder)
        monkeypatch.setattr(Engine, "on_path", lambda cwd, stack: Engine("pulumi", cwd, stack))

        def told(engine: Engine, *words: str) -> str:
            return scene.told(engine, *words)

        monkeypatch.setattr(Engine, "told", told)
        yield scene
