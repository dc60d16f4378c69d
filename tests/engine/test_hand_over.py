"""`xplenty-pulumi hand-over` on the real engine: what no state holds any more is managed again, or kept for nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine.ran import Ran
from tests.support.engine.stack import Stack, cluster, writes
from xplenty_pulumi.core.kinds.marker import read
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account in which things are quick."""
    with Emulator(time_scale=300) as made:
        yield made


@pytest.fixture
def stack(tmp_path: Path, account: Emulator) -> Stack:
    """A stack with the cluster `etl`, which its state does not hold any more."""
    made = Stack(tmp_path, account).declare(cluster("etl", terminate_on_idle=False))
    made.up().succeeded()
    made.run("state", "delete", made.state()["etl"]["urn"], "--yes").succeeded()
    return made


def hand_over(stack: Stack, account: Emulator, *options: str) -> Ran:
    """Run the command on the account's first cluster."""
    return stack.command("hand-over", f"cluster:{account.clusters()[0].id}", *options)


def test_the_next_up_adopts_what_was_handed_over(stack: Stack, account: Emulator) -> None:
    """The same cluster is in the state again; none is created and none ended, and a destroy ends it."""
    (lost,) = account.clusters()
    hand_over(stack, account, "--yes").succeeded()
    before = len(writes(account))

    output = stack.up().succeeded().output

    assert f"adopted cluster {lost.id}, which carries the marker of this resource" in output
    assert (stack.state()["etl"]["id"], len(account.clusters())) == (str(lost.id), 1)
    assert {call.partition(" ")[0] for call in writes(account)[before:]} <= {"PUT"}
    stack.destroy().succeeded()
    assert account.living_clusters() == ()


def test_what_was_released_is_nobodys(stack: Stack, account: Emulator) -> None:
    """The next `up` creates a new one, and a destroy leaves the released one alone."""
    (lost,) = account.clusters()
    hand_over(stack, account, "--release", "--yes").succeeded()

    stack.up().succeeded()
    assert stack.state()["etl"]["id"] != str(lost.id)
    stack.destroy().succeeded()

    assert [one.id for one in account.living_clusters()] == [lost.id]
    assert read(account.cluster(lost.id).description) is None


def test_what_another_stack_holds_is_refused(stack: Stack, account: Emulator) -> None:
    """A stack that was renamed still manages its cluster, and the new one of the old name gets it in no way."""
    hand_over(stack, account, "--yes").succeeded()
    stack.up().succeeded()
    stack.run("stack", "rename", "prod").succeeded()
    stack.run("stack", "init", "dev").succeeded()

    for options in (["--release"], ["--name", "etl"], []):
        refused = hand_over(stack, account, *options, "--yes")
        assert refused.code == 1
        assert "the state of stack organization/tests/prod holds it, so that stack manages it" in refused.output
