"""The demonstration, as a newcomer starts it."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.engine.ran import LONGEST, eventually

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "tools.demo"]


def test_demo_takes_the_example_through_its_life(tmp_path: Path) -> None:
    """It ends with nothing living, exit code 0, and leaves no file behind."""
    done = subprocess.run(
        COMMAND, cwd=ROOT, env=_environment(tmp_path), capture_output=True, text=True, timeout=LONGEST, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "clusters living  0\n  jobs active      0" in done.stdout
    for line in ("+ 4 created", "~ 1 updated", "4 unchanged", "- 4 deleted"):
        assert line in done.stdout
    nights = re.search(r"nightly .* (\d+) +pipeline/demo", done.stdout)
    assert nights
    assert int(nights[1]) >= 2
    assert 'component "load": operation "append" -> "merge"' in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_interrupted_demo_cleans_up(tmp_path: Path) -> None:
    """Ctrl-C while the cluster is being built ends it soon with exit code 130, and leaves no file behind."""
    output = tmp_path / "output"
    folder = tmp_path / "temporary"
    folder.mkdir()
    with (
        output.open("w") as file,
        subprocess.Popen(COMMAND, cwd=ROOT, env=_environment(folder), stdout=file, start_new_session=True) as process,
    ):
        eventually(lambda: "[2/2] creating" in output.read_text() or None)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=LONGEST) == 130

    assert "nothing is left anywhere" in output.read_text()
    assert list(folder.iterdir()) == []


def test_failing_demo_says_so(tmp_path: Path) -> None:
    """Without a working engine the exit code is 1 and the last line names the step that failed."""
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "pulumi").write_text('#!/bin/sh\n[ "$1" = stack ]\n')
    (fake / "pulumi").chmod(0o755)
    environment = {**_environment(tmp_path), "PATH": f"{fake}{os.pathsep}{os.environ['PATH']}"}

    done = subprocess.run(
        COMMAND, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )

    assert done.returncode == 1
    assert "The demo failed at: pipeline: A night of five minutes" in done.stdout


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(folder), "COLUMNS": "160"}
