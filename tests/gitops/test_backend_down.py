"""The engine names a backend that it cannot reach with its password, and no command of ours repeats that."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine.ran import Ran
from tests.support.engine.stack import Stack
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine

BACKEND = "postgres://user:pa55word@127.0.0.1:1/db"
COMMANDS = (
    ("drift",),
    ("drift", "--all"),
    ("recover", "--yes", "--no-wait"),
    ("branch", "up", "--branch", "a"),
    ("branch", "down", "--branch", "a"),
    ("branch", "list"),
    ("branch", "sweep", "--yes"),
)


def ran(stack: Stack, *words: str, piped: str | None = None) -> Ran:
    """Run a command of ours as a user does."""
    done = subprocess.run(
        [sys.executable, "-m", "xplenty_pulumi.cli", *words],
        cwd=stack.folder,
        env=stack.environment,
        input=piped or "",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout + done.stderr)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A project in a repository with a remote, whose backend is down."""
    with Emulator() as account:
        made = Stack(tmp_path / "project", account)
        for words in (
            ("init", "--quiet", "--bare", str(tmp_path / "remote")),
            ("init", "--quiet", "-b", "main"),
            ("remote", "add", "origin", str(tmp_path / "remote")),
            (
                "-c",
                "user.name=A",
                "-c",
                "user.email=a@example.test",
                "commit",
                "--quiet",
                "--allow-empty",
                "-m",
                "Begin",
            ),
            ("push", "--quiet", "origin", "main"),
        ):
            subprocess.run(["git", *words], cwd=made.folder, check=True, timeout=60)
        made.environment["PULUMI_BACKEND_URL"] = BACKEND
        yield made


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_prints_the_password_of_a_backend(stack: Stack, words: tuple[str, ...]) -> None:
    """It fails with the engine's reason, and the address without its user part."""
    output = ran(stack, *words).failed().output
    assert ("pa55word" in output, "user:" in output) == (False, False), output
    assert "127.0.0.1:1" in output, output


def test_no_comment_has_the_password_of_a_backend(stack: Stack) -> None:
    """What the engine says in place of a preview is published without it, as engines before 3.275 said it too."""
    said = stack.run("preview", "--json").output.replace("[credential]", "pa55word")
    assert "pa55word" in said
    comment = ran(stack, "preview-comment", "--stack", "dev", piped=said).succeeded().output
    assert ("pa55word" in comment, "127.0.0.1:1" in comment) == (False, True), comment
