"""The name of a cluster whose program gives none, on the real engine."""

from tests.support.engine.stack import Stack, cluster, writes
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.dynamic.state import MADE_NAME, owner_of
from xplenty_pulumi.emulator import Emulator


def test_preview_shows_the_name_that_the_up_gives(stack: Stack, account: Emulator) -> None:
    """It is made of the resource's name and the marker; a second `up` is calm, and so is one that gives the name.

    Another name is the only thing that its `up` shows as changed.
    """
    stack.declare(cluster("etl"))
    shown = stack.preview()["etl"]["newState"]["inputs"]["name"]
    assert f"{shown!r}".replace("'", '"') in stack.run("preview", "--diff").succeeded().output
    stack.up().succeeded()
    (made,) = account.clusters()
    owner = owner_of(stack.state()["etl"]["inputs"])
    assert made.name == shown == f"etl-{marker_of(owner).name[:7]}"
    stack.up("--expect-no-changes").succeeded()
    stack.declare(cluster("etl", name=shown)).up("--expect-no-changes").succeeded()
    assert "[diff: ~name]" in stack.declare(cluster("etl", name="mine")).up().succeeded().output


def test_state_without_a_name_stays_without(stack: Stack, account: Emulator) -> None:
    """A cluster of an earlier version keeps the name of the service until it is replaced."""
    stack.run("config", "set", "--path", "pulumi:autonaming.mode", "disabled").succeeded()
    stack.declare(cluster("etl", zone="us-east-1b")).up().succeeded()
    (old,) = account.clusters()
    assert "etl" not in old.name
    stack.run("config", "rm", "pulumi:autonaming").succeeded()

    stack.up("--expect-no-changes").succeeded()
    stack.declare(cluster("etl", zone="us-east-1c")).up().succeeded()

    _, new = account.clusters()
    assert new.name.startswith("etl-")


def test_name_changed_by_hand_is_set_again(stack: Stack, account: Emulator) -> None:
    """A refresh finds the change, and the `up` after it sends the name that was made."""
    stack.declare(cluster("etl")).up().succeeded()
    (made,) = account.clusters()
    account.edit_cluster(made.id, name="mine")

    stack.up("--refresh").succeeded()

    assert writes(account)[-1] == f"PUT /clusters/{made.id}"
    assert account.cluster(made.id).name == made.name == stack.state()["etl"]["inputs"][MADE_NAME]
    stack.up("--refresh", "--expect-no-changes").succeeded()
