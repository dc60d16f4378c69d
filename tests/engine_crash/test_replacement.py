"""A replacement does not adopt what it replaces, whatever the user says about the order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine.stack import STEP, Declared, Stack, cluster
from xplenty_pulumi.emulator import Emulator

URN = "urn:pulumi:dev::tests::pulumi-python:dynamic/xplenty:Cluster::etl"
CREATED_FIRST = {"delete_before_replace": False}

FORCED = {
    "by-command": (cluster("etl", CREATED_FIRST), cluster("etl", CREATED_FIRST), ["--replace", URN]),
    "by-command-deleted-first": (cluster("etl"), cluster("etl"), ["--replace", URN]),
    "by-option": (
        cluster("etl", {**CREATED_FIRST, "replace_on_changes": ["name"]}, name="old"),
        cluster("etl", {**CREATED_FIRST, "replace_on_changes": ["name"]}, name="new"),
        [],
    ),
    "by-field": (
        cluster("etl", CREATED_FIRST, region="amazon-web-services::us-east-1"),
        cluster("etl", CREATED_FIRST, region="amazon-web-services::eu-west-1"),
        [],
    ),
}
"""How a replacement comes about: what is declared first and then, and the arguments of the second `up`."""


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account in which nothing happens but what is waited for."""
    with Emulator(step=STEP) as emulator:
        yield emulator


@pytest.fixture
def stack(tmp_path: Path, account: Emulator) -> Stack:
    """A new stack whose settings name the account."""
    return Stack(tmp_path, account)


@pytest.mark.parametrize("way", FORCED)
def test_replace_forced_does_not_adopt_predecessor(stack: Stack, account: Emulator, way: str) -> None:
    """Afterwards exactly one cluster lives, a new one, and the state holds it; the old one is terminated."""
    first: Declared
    first, then, arguments = FORCED[way]
    stack.declare(first).up().succeeded()
    (old,) = account.living_clusters()

    output = stack.declare(then).up(*arguments).succeeded().output

    living = account.living_clusters()
    assert [str(one.id) for one in living] == [stack.state()["etl"]["id"]], output
    assert living[0].id != old.id
    assert account.cluster(old.id).status == "terminated"
    stack.up("--expect-no-changes").succeeded()
