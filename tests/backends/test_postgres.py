"""The whole life of a stack whose state is in a PostgreSQL server: locks, a killed `up`, and its recovery."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine.postgres import postgres
from tests.support.engine.process import engine
from tests.support.engine.ran import eventually
from tests.support.engine.stack import STEP, Stack, cluster, writes
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account in which nothing happens but what is waited for."""
    with Emulator(step=STEP) as emulator:
        yield emulator


@pytest.fixture
def stack(tmp_path: Path, account: Emulator) -> Iterator[Stack]:
    """A new stack in a new server."""
    with postgres() as url:
        yield Stack(tmp_path, account, PULUMI_BACKEND_URL=url)


def test_life_of_a_stack(stack: Stack, account: Emulator) -> None:
    """Up, nothing to do, a killed resize, recovery, and the end: nothing lost, nothing doubled, nothing in files."""
    stack.declare(cluster("etl"), cluster("other")).up().succeeded()
    stack.up("--expect-no-changes").succeeded()
    stack.refresh("--expect-no-changes").succeeded()

    stack.declare(cluster("etl"), cluster("other"), cluster("late"))
    account.pace(0)
    with engine(stack, "up") as running:
        eventually(lambda: account.clusters() if len(account.clusters()) == 3 else None)
        second = stack.up().failed().output
        assert "the stack is currently locked by 1 lock(s)" in second
        running.kill()
    account.pace(STEP)
    assert "the stack is currently locked by" in stack.up().failed().output

    assert "this backend does not show" in stack.recover().failed().output
    recovered = stack.recover("--yes").succeeded().output
    assert "removed the lock that there may have been; cleared 1 pending: creating late" in recovered
    stack.up().succeeded()
    assert [call for call in writes(account) if not call.startswith("PUT")] == ["POST /clusters"] * 3

    stack.destroy().succeeded()
    assert account.living_clusters() == ()
    stack.run("stack", "rm", "--yes").succeeded()
    assert not stack.files()


def test_list_of_stacks_does_not_hang(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine with one core the engine's own list of two stacks never ends."""
    stack.run("stack", "init", "other", "--no-select").succeeded()
    for name, value in {**stack.environment, "GOMAXPROCS": "1"}.items():
        monkeypatch.setenv(name, value)
    listed = json.loads(Engine.on_path(stack.folder, "").told("stack", "ls", "--json", limit=60))
    assert [one["name"] for one in listed] == ["dev", "other"]
