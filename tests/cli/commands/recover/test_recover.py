"""`xplenty-pulumi recover`: what it refuses, what it asks, and what it does about a lock or a pending operation."""

import json
import os
import pty
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.support.engine.ran import Ran
from tests.support.engine.stack import STEP, Stack, cluster
from tests.support.engine.terminal import opened_terminal
from xplenty_pulumi.cli.app import app
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine

NO_PROCESS = 2**22 + 1
URN = "urn:pulumi:dev::tests::{type}::{name}"
OURS = "pulumi-python:dynamic/xplenty:Cluster"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """A stack without any resource, which every test leaves as it was."""
    return Stack(tmp_path_factory.mktemp("recover"), None)


@pytest.fixture
def state(stack: Stack) -> Iterator[Path]:
    """The folder of its state; locks and pending operations are cleared away afterwards."""
    folder = stack.folder / "state" / ".pulumi"
    yield folder
    for file in folder.glob("locks/**/*.json"):
        file.unlink()
    stack.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates").succeeded()


def recover(folder: Path, *arguments: str, environment: dict[str, str]) -> Ran:
    """Run the command without a terminal, where nothing can arrive any more."""
    done = subprocess.run(
        [sys.executable, "-m", "xplenty_pulumi.cli", "recover", "--no-wait", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stdout, done.stdout
    return Ran(done.returncode, done.stdout)


def lock(state: Path, *, pid: int, host: str = "") -> Path:
    """Leave a lock as the engine writes it."""
    file = state / "locks" / "organization" / "tests" / "dev" / "0.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    holder = {"pid": pid, "username": "ann", "hostname": host or socket.gethostname()}
    file.write_text(json.dumps({**holder, "timestamp": "2026-01-31T12:00:00.1Z"}))
    return file


def add_pending(state: Path, kind: str, *names: str) -> None:
    """Leave a pending create of one resource for each name, as a second Ctrl-C does."""
    file = state / "stacks" / "tests" / "dev.json"
    document: dict[str, Any] = json.loads(file.read_text())
    document["checkpoint"]["latest"]["pending_operations"] = [
        {"resource": {"urn": URN.format(type=kind, name=name), "custom": True, "type": kind}, "type": "creating"}
        for name in names
    ]
    file.write_text(json.dumps(document))


def test_nothing_to_recover_is_said_and_is_no_error(stack: Stack) -> None:
    """A stack without lock and pending operation is left alone, and no --yes is needed."""
    ran = recover(stack.folder, environment=stack.environment)

    done, looked = ran.succeeded().output.splitlines()
    assert done == "organization/tests/dev: nothing to recover: no lock and no pending operation. Run `pulumi up`."
    assert looked.startswith("did not look for what interrupted creates may have left in the account: ")
    assert "apiKey" in looked


def test_lock_of_a_dead_process_is_removed(stack: Stack, state: Path) -> None:
    """With --yes the lock goes, and the text says whose it was and what comes next."""
    left = lock(state, pid=NO_PROCESS)

    output = recover(stack.folder, "--yes", environment=stack.environment).succeeded().output

    assert not left.exists()
    assert f"removed the lock of ann@{socket.gethostname()} (pid {NO_PROCESS}, since 2026-01-31T12:00:00 UTC)" in output
    assert "Next, run `pulumi up`" in output


def test_lock_of_a_running_engine_is_not_touched(stack: Stack, state: Path, tmp_path: Path) -> None:
    """While its process lives on this host, --yes does not remove a lock, and nothing else is done."""
    program = tmp_path / "pulumi"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "600"]) as living:
        left = lock(state, pid=living.pid)
        ran = recover(stack.folder, "--yes", environment=stack.environment)
        living.kill()

    assert (ran.code, left.exists()) == (1, True)
    assert "which still runs on this machine; nothing was changed" in ran.output


def test_number_of_a_dead_engine_that_was_given_to_another_program_is_not_it(stack: Stack, state: Path) -> None:
    """A living process that is no `pulumi` does not hold the lock."""
    left = lock(state, pid=os.getpid())

    recover(stack.folder, "--yes", environment=stack.environment).succeeded()

    assert not left.exists()


def test_lock_of_a_run_that_has_begun_meanwhile_stays(
    stack: Stack, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else has cleared the lock during the question and runs `pulumi up`, whose lock keeps others away."""
    lock(state, pid=NO_PROCESS)
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Screen, "ask", lambda *_, **__: lock(state, pid=NO_PROCESS + 1))

    done = CliRunner().invoke(app, ["recover", "--no-wait", "--cwd", str(stack.folder)])

    (left,) = (state / "locks").glob("**/*.json")
    assert (done.exit_code, json.loads(left.read_text())["pid"]) == (1, NO_PROCESS + 1)
    assert "a `pulumi` is at work on it, or has been since it was looked at; nothing more was changed" in done.stderr


def test_without_a_terminal_it_needs_yes(stack: Stack, state: Path) -> None:
    """It says what it found and asks for --yes; the lock stays."""
    left = lock(state, pid=NO_PROCESS)

    ran = recover(stack.folder, environment=stack.environment)

    assert (ran.code, left.exists()) == (2, True)
    assert "which does not run any more; no pending operation." in ran.output
    assert "so nothing was changed. Run it with --yes when no `pulumi` is at work on this stack" in ran.output


def test_lock_of_another_host_is_said_to_be_out_of_sight(stack: Stack, state: Path) -> None:
    """Whether a process lives on another host cannot be seen, and that is said before anything is done."""
    lock(state, pid=os.getpid(), host="elsewhere")

    ran = recover(stack.folder, environment=stack.environment)

    assert ran.code == 2
    assert f"ann@elsewhere (pid {os.getpid()}, since 2026-01-31T12:00:00 UTC), which cannot be looked for" in ran.output


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1)])
def test_on_a_terminal_it_asks(stack: Stack, state: Path, answer: str, code: int) -> None:
    """On a terminal it asks first, and does nothing when the answer is no."""
    left = lock(state, pid=NO_PROCESS)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "xplenty_pulumi.cli", "recover", "--no-wait"]
    with subprocess.Popen(
        command, cwd=stack.folder, env=stack.environment, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        output, _ = process.communicate(timeout=60)
        os.close(ours)

    assert b"Remove the lock and clear the pending operations?" in output
    assert (process.returncode, left.exists()) == (code, answer == "n"), output


def test_pending_create_of_somebody_else_is_pointed_out(stack: Stack, state: Path) -> None:
    """What was being created and is not ours is named, because no later `up` finds it."""
    add_pending(state, "aws:s3/bucket:Bucket", "files")

    output = recover(stack.folder, environment=stack.environment).output

    assert "no `pulumi up` finds what may exist of it: files (aws:s3/bucket:Bucket). Look for it yourself" in output


def test_yes_answers_on_a_terminal_too(stack: Stack, state: Path) -> None:
    """The engine has a question of its own about pending creates there, which its --yes does not answer."""
    add_pending(state, OURS, "etl")
    words = [sys.executable, "-m", "xplenty_pulumi.cli", "recover", "--no-wait", "--yes"]
    with opened_terminal(words, stack.environment, rows=40, columns=160, folder=stack.folder) as (process, ours):
        with suppress(OSError):  # that is how a terminal says that nobody writes to it any more
            while select.select([ours], [], [], 60)[0]:
                os.read(ours, 4096)
        assert process.wait(timeout=10) == 0


def test_pending_creates_are_cleared(stack: Stack, state: Path) -> None:
    """All pending creates go, and the text names them."""
    add_pending(state, OURS, "etl", "spare")

    output = recover(stack.folder, "--yes", environment=stack.environment).succeeded().output

    assert "there was no lock; cleared 2 pending: creating etl and creating spare; refreshed the state" in output
    assert "pending_operations" not in stack.run("stack", "export").output


def test_refresh_that_fails_is_said_and_can_be_repeated(tmp_path: Path) -> None:
    """Without an API key a cluster cannot be looked at: the lock is gone, the rest is to be repeated."""
    with Emulator(step=STEP) as account:
        stack = Stack(tmp_path, account).declare(cluster("etl"))
        stack.up().succeeded()
        lock(stack.folder / "state" / ".pulumi", pid=NO_PROCESS)

        keyless = {**stack.environment, "XPLENTY_API_KEY": ""}
        failed = recover(stack.folder, "--yes", environment=keyless)
        repeated = recover(stack.folder, "--yes", environment=stack.environment)

    assert failed.code == 1
    assert "xplenty:apiKey is empty" in failed.output
    assert "the lock is removed, but `pulumi refresh` failed; its own words are above" in failed.output
    assert repeated.succeeded()


@pytest.mark.parametrize(
    ("arguments", "environment", "text"),
    [
        ((), {"PATH": "/nowhere"}, "there is no `pulumi` on PATH"),
        (("--stack", "prod"), {}, "no stack named 'prod' found. Name the stack with --stack"),
        (("--cwd", "/"), {}, "no Pulumi.yaml project file found"),
        ((), {"PULUMI_BACKEND_URL": "file:///nowhere"}, "unable to open"),
    ],
)
def test_bad_input_is_one_paragraph(
    stack: Stack, arguments: tuple[str, ...], environment: dict[str, str], text: str
) -> None:
    """What is missing or wrong is said in one line with exit code 2."""
    ran = recover(stack.folder, *arguments, environment={**stack.environment, **environment})

    assert ran.code == 2
    assert text in ran.output
    assert ran.output.count("\n") == 1


@pytest.mark.parametrize(
    ("cancel", "text"),
    [
        ('exec "$REAL" "$@"', "removed the lock that there may have been"),
        ('echo "error: no update in progress" >&2; exit 1', "no lock was removed: `pulumi cancel` failed: no update"),
    ],
    ids=["locked", "not locked"],
)
def test_backend_that_shows_no_locks_needs_a_word(stack: Stack, tmp_path: Path, cancel: str, text: str) -> None:
    """Where locks cannot be looked into that is said; with --yes the engine is asked to remove what there may be."""
    engine = tmp_path / "pulumi"
    real = f'PULUMI_BACKEND_URL="{stack.environment["PULUMI_BACKEND_URL"]}" exec "$REAL" "$@"'
    answers = f"""whoami) echo '{{"url": "https://app.pulumi.com/ann"}}';; cancel) {cancel};; *) {real};;"""
    engine.write_text(f'#!/bin/sh\ncase "$1" in {answers} esac\n')
    engine.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{stack.environment['PATH']}"
    environment = {**stack.environment, "PATH": path, "REAL": str(shutil.which("pulumi"))}
    del environment["PULUMI_BACKEND_URL"]

    asked = recover(stack.folder, environment=environment)
    recovered = recover(stack.folder, "--yes", environment=environment)

    assert asked.code == 2
    assert "this backend does not show whether another `pulumi` is at work" in asked.output
    assert text in recovered.succeeded().output
