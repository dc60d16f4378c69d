"""How often the engine is begun by each command: the backend is looked at once."""

from pathlib import Path

import pytest

from tests.support.engine.project import QUICK, Project
from tests.support.engine.stack import STEP
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine

MOST = {"up": 6, "down": 5, "list": 7, "sweep": 7}
"""Processes beside `pulumi up` and `pulumi destroy` themselves; those of `list` and `sweep` are for two branches."""


def begun(project: Project, *arguments: str) -> list[str]:
    """Run a command, and return the words of each process of the engine but the one that deploys or destroys."""
    with project.counted() as words:
        project.run(*arguments).succeeded()
    return [one for one in words if not one.startswith(("up ", "destroy "))]


def test_commands_look_at_the_backend_once(tmp_path: Path) -> None:
    """The first branch of a project, the same again and in a fresh checkout, another one; and what is nothing to do."""
    with Emulator(step=STEP) as account:
        project = Project(tmp_path, account).with_template()
        project.push("topic", "other")
        up = ("up", "--branch", "topic", *QUICK)
        runs = [begun(project, *up), begun(project, *up)]
        next(project.folder.glob("Pulumi.br-*.yaml")).unlink()
        runs += [begun(project, *up), begun(project, "up", "--branch", "other", *QUICK)]
        runs += [begun(project, "list"), begun(project, "sweep")]
        runs += [begun(project, "down", "--branch", name) for name in ("topic", "other", "other")]

    commands = ["up"] * 4 + ["list", "sweep"] + ["down"] * 3
    for command, words in zip(commands, runs, strict=True):
        assert 0 < len(words) <= MOST[command], (command, words)
        assert command == "up" or len({*words}) == len(words), (command, words)
