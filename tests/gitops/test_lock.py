"""`ci/up.sh` tries again while another `pulumi` is at work, and for nothing that only looks like it."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.gitops.forge import GITHUB, forge
from tests.gitops.repository import Repository
from tests.gitops.workflows import EXAMPLE
from xplenty_pulumi.emulator import Emulator

OWN = "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete it"
CLOUD = """\
error: [409] Conflict: Another update is currently in progress.
To learn more about possible reasons and resolution, visit \
https://www.pulumi.com/docs/support/troubleshooting/common-issues/update-conflicts/"""
HALF_WRITTEN = "error: failed to load checkpoint: EOF"
"""What the engine says of a state in a folder that another one is writing."""
JOB = """\
Diagnostics:
  pulumi-python:dynamic/xplenty:JobRun (load):
    error: job 9001 failed: table orders is currently locked by 1 lock(s)
    error: the stack is currently locked by 1 lock(s). Either wait
    To learn more about possible reasons and resolution, visit https://www.pulumi.com/docs/update-conflicts/"""


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        (OWN, 3),
        (CLOUD, 3),
        (HALF_WRITTEN, 2),
        ("error: failed to load checkpoint: unexpected end of JSON input", 2),
        (JOB, 1),
        (f"a job said: {OWN}", 1),
        (f"    {HALF_WRITTEN}", 1),
    ],
)
def test_only_the_engines_own_line_is_the_lock(tmp_path: Path, words: str, runs: int) -> None:
    """A run whose error has the words in it fails once, and is not run again; a state that stays cut off fails too."""
    engine, calls = tmp_path / "pulumi", tmp_path / "calls"
    (tmp_path / "words").write_text(f"{words}\n")
    engine.write_text(f"#!/bin/sh\necho call >>{calls}\ncat {tmp_path}/words\nexit 1\n")
    engine.chmod(0o755)
    settings = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "LOCK_TRIES": "3", "LOCK_PAUSE": "0", "PULUMI_STACK": "x"}
    done = subprocess.run(
        [EXAMPLE / "ci" / "up.sh"], env={**os.environ, **settings}, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, calls.read_text().split()) == (1, ["call"] * runs)


@pytest.mark.engine
def test_error_of_a_program_is_never_at_the_start_of_a_line(tmp_path: Path) -> None:
    """The engine indents what a resource or a program says, each line of it."""
    with Emulator() as account, forge(GITHUB) as made:
        repository = Repository(tmp_path, account, made).begin()
        program = repository.folder / "work" / "__main__.py"
        words = "first\n" + OWN
        program.write_text(f"import pulumi\nprint({OWN!r})\npulumi.log.error({words!r})\nraise SystemExit({words!r})\n")
        ran = repository.workflow("deploy")
    assert ran.code != 0
    assert ran.output.count("the stack is currently locked by") >= 2
    assert "trying again" not in ran.output
