"""The copy of a new stack that the tests on the engine begin with: as the engine itself makes it."""

import json
import re
from pathlib import Path

import pytest

from tests.support.engine.stack import Stack

pytestmark = pytest.mark.engine

_VARIES = re.compile(r'"(time|encryptedkey|md5|mtime)":\s*"[^"]*"|encryptedkey: \S+')


@pytest.fixture
def stacks(tmp_path: Path) -> tuple[Stack, Stack]:
    """The copy, and a stack that the engine made in another folder."""
    copied, made = Stack(tmp_path / "copied", None), Stack(tmp_path / "made", None)
    for path in made.folder.rglob("dev*.*"):
        path.unlink()
    made.run("stack", "init", "dev", "--secrets-provider", "hashivault://tests").succeeded()
    return copied, made


def test_state_and_configuration_are_those_that_the_engine_makes(stacks: tuple[Stack, Stack]) -> None:
    """But for what varies from one stack to the next, the copied files are those of `pulumi stack init`."""
    copied, made = ({name: _VARIES.sub("", text) for name, text in _files(stack).items()} for stack in stacks)
    assert copied == made
    assert "Pulumi.dev.yaml" in copied
    assert "state/.pulumi/stacks/tests/dev.json" in copied


def test_the_copy_is_selected(stacks: tuple[Stack, Stack]) -> None:
    """A command that names no stack works on it."""
    listed = json.loads(stacks[0].run("stack", "ls", "--json").succeeded().output)
    assert [(one["name"], one["current"]) for one in listed] == [("dev", True)]


def test_a_secret_of_the_copy_can_be_read_again(stacks: tuple[Stack, Stack]) -> None:
    """Its file has it encrypted, and the engine decrypts it."""
    copied = stacks[0]
    copied.run("config", "set", "--secret", "password", "hush").succeeded()
    assert "hush" not in (copied.folder / "Pulumi.dev.yaml").read_text()
    assert copied.run("config", "get", "password").succeeded().output.strip() == "hush"


def _files(stack: Stack) -> dict[str, str]:
    found = [*stack.folder.glob("Pulumi.*.yaml"), *(stack.folder / "state").rglob("*")]
    return {str(path.relative_to(stack.folder)): path.read_text() for path in found if path.is_file()}
