"""The commands of `docs/how-to/recovery.md` do what the page says."""

import json
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.engine.ran import Ran
from tests.support.engine.stack import STEP, Stack, cluster
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "recovery.md").read_text()
BLOCKS = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
NO_PROCESS = 2**22 + 1


def run(stack: Stack, line: str) -> Ran:
    """Run one line of the page as CI does, with --yes where it would ask, and without the wait for late calls."""
    words = shlex.split(line)
    if words[0] == "pulumi":
        return stack.run(*words[1:], *([] if "--yes" in words else ["--yes"]))
    command = [sys.executable, "-m", "xplenty_pulumi.cli", *words[1:], "--yes", "--no-wait"]
    done = subprocess.run(
        command, cwd=stack.folder, env=stack.environment, capture_output=True, text=True, timeout=120, check=False
    )
    return Ran(done.returncode, done.stdout + done.stderr)


@pytest.mark.parametrize("blocks", [(0, 1), (2, 1)], ids=["one command", "by hand"])
def test_locked_stack_is_usable_again(tmp_path: Path, blocks: tuple[int, int]) -> None:
    """A locked stack refuses an `up`; after the blocks of the page it is up to date."""
    with Emulator(step=STEP) as account:
        stack = Stack(tmp_path, account).declare(cluster("etl"))
        _lock(stack)
        assert "locked" in stack.up().failed().output

        for line in [line for number in blocks for line in BLOCKS[number].splitlines()]:
            run(stack, line).succeeded()

        assert [one.status for one in account.clusters()] == ["available"]


def test_page_has_no_other_block() -> None:
    """A block added to the page needs a test here."""
    assert len(BLOCKS) == PAGE.count("```") / 2 == 3


def _lock(stack: Stack) -> None:
    file = stack.folder / "state" / ".pulumi" / "locks" / "organization" / "tests" / "dev" / "0.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    holder = {"pid": NO_PROCESS, "username": "ann", "hostname": socket.gethostname()}
    file.write_text(json.dumps({**holder, "timestamp": "2026-01-31T12:00:00Z"}))
