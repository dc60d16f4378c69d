"""A program, its provider process and the commands live without what macOS or Windows lacks."""

import json
from pathlib import Path

import pytest

from tests.support.engine.stack import STEP, Stack, cluster, job
from tests.systems.lacking import SYSTEMS
from tests.systems.started import seen_as
from xplenty_pulumi.emulator import Emulator

COMMANDS = (("status",), ("drift",), ("branch", "list"))


@pytest.mark.engine
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_program_lives(system: str, tmp_path: Path) -> None:
    """A cluster and a run come up, stay, are seen by each command, and end; no encoding is left to the system."""
    with Emulator(step=STEP) as account:
        stack = Stack(tmp_path / "stack", account, **seen_as(system, tmp_path), PYTHONWARNDEFAULTENCODING="1")
        stack.declare(cluster("etl", description="größer ✓"), job("load"))
        output = stack.up().succeeded().output
        assert "xplenty_pulumi does not find" not in output
        for command in COMMANDS:
            told = stack.command(*command, "--json").succeeded().output
            assert json.loads(told[told.index("{") :])["version"] == 1
            output += told
        output += stack.refresh().succeeded().output + stack.destroy().succeeded().output
        assert [line for line in output.splitlines() if "EncodingWarning" in line and "xplenty_pulumi" in line] == []
        assert [one.status for one in account.clusters()] == ["terminated"]
