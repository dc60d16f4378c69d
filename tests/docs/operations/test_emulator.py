"""The blocks of `docs/how-to/emulator.md` do what the page says."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "emulator.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FIXTURE, SERVER, DOCUMENT = BLOCKS


def test_fixture_block_passes(tmp_path: Path) -> None:
    """The test that the page shows passes as it stands, with the fixture that comes with the package."""
    (tmp_path / "test_shown.py").write_text(FIXTURE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", str(tmp_path)]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_server_block_starts_an_account() -> None:
    """The command that the page shows serves an account until it is told to stop."""
    arguments = shlex.split(SERVER)[1:]
    command = [sys.executable, "-m", "xplenty_pulumi.cli", *arguments, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        account = json.loads(process.stdout.readline())
        process.terminate()
    assert set(account) == set(json.loads(DOCUMENT))
    assert process.returncode == 0
