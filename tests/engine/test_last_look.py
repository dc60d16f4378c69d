"""The look at the end of an operation that wrote, on the real engine."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from tests.support.stack import Stack, cluster
from xplenty_pulumi.core.marker import Owner, marker_of, sign
from xplenty_pulumi.emulator import Emulator

LOST = Owner("organization", "tests", "dev", "urn:pulumi:dev::tests::pulumi-python:dynamic/xplenty:Cluster::lost")


def test_destroy_names_what_an_interrupted_create_left(make_stack: Callable[..., Stack]) -> None:
    """After a killed provider a destroy succeeds, and warns of the living cluster that is in no state; `up` did not."""
    with Emulator(time_scale=300) as account:
        stack = make_stack(account).declare(cluster("etl"))
        calm = stack.up().succeeded().output
        marker = marker_of(LOST).drawn(datetime.now(UTC), Random(1))
        stray = account.add_cluster(description=sign("", marker)).id

        output = stack.destroy().succeeded().output

        assert [one.id for one in account.living_clusters()] == [stray]
    assert "interrupted create" not in calm
    assert f"warning: cluster {stray} (" in output
    assert "left by an interrupted create of this stack, in no state, and costs money" in output
