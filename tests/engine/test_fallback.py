"""What holds where the bridge is switched off, because the host of another SDK does not offer what it leans on."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.stack import Ran, Stack, cluster, job, writes
from xplenty_pulumi.emulator import Emulator

FAILING = 103


@pytest.fixture
def slow_account() -> Iterator[Emulator]:
    """An account on which a cluster takes nine seconds to become available."""
    with Emulator(time_scale=20) as account:
        yield account


@pytest.fixture
def plain_stack(make_stack: Callable[..., Stack]) -> Callable[[Emulator], Stack]:
    """A maker of stacks whose providers use nothing but what the dynamic host offers to all."""
    return lambda account: make_stack(account, XPLENTY_BRIDGE="off")


def last_line_of_traceback(ran: Ran) -> str:
    """Return the line of the engine's output that ends the host's traceback, with the name of the exception."""
    assert ran.code != 0
    lines = [line.strip() for line in ran.output.splitlines()]
    return next(line for line in lines if line.startswith("xplenty_pulumi.dynamic.bridge.ProviderFailure: "))


def test_time_out_leaves_nothing_in_the_state_and_the_next_up_adopts(
    plain_stack: Callable[[Emulator], Stack], slow_account: Emulator
) -> None:
    """A cluster not ready in time is unknown to the state; the next `up` finds it by its marker and makes no second."""
    stack = plain_stack(slow_account).declare(cluster("etl", ready_timeout=0.3))

    line = last_line_of_traceback(stack.up())

    (one,) = slow_account.clusters()
    assert f"cluster {one.id}: not available with 2 nodes after" in line
    assert stack.state() == {}
    stack.declare(cluster("etl", ready_timeout="5m")).up().succeeded()
    assert writes(slow_account) == ["POST /clusters"]
    assert stack.state()["etl"]["id"] == str(one.id)


def test_failed_run_is_readable_and_the_next_up_starts_a_new_one(
    plain_stack: Callable[[Emulator], Stack], account: Emulator
) -> None:
    """The last line of the traceback is the run's own error; nothing of it is in the state, the cluster stays there."""
    stack = plain_stack(account).declare(cluster("etl"), job("load", package_id=FAILING))

    line = last_line_of_traceback(stack.up())

    (run,) = account.jobs()
    assert f"job {run.id}: failed: Package failed to execute: input path not found" in line
    assert set(stack.state()) == {"etl"}
    stack.up()
    assert [one.status for one in account.jobs()] == ["failed", "failed"]


def test_refresh_of_an_unfinished_cluster_does_not_fail(
    plain_stack: Callable[[Emulator], Stack], account: Emulator
) -> None:
    """A cluster that is not ready is read as it is, without an error."""
    stack = plain_stack(account).declare(cluster("etl"))
    stack.up().succeeded()
    (one,) = account.clusters()
    account.edit_cluster(one.id, status="creating", status_since=one.status_since + 10_000_000)

    stack.refresh().succeeded()

    assert stack.state()["etl"]["outputs"]["status"] == "creating"


def test_calm_life_is_the_same(plain_stack: Callable[[Emulator], Stack], account: Emulator) -> None:
    """Up, a second up that plans nothing, a resize and destroy need no bridge."""
    stack = plain_stack(account)
    stack.declare(cluster("etl"), job("load")).up().succeeded()
    stack.up("--expect-no-changes").succeeded()
    stack.declare(cluster("etl", nodes=4), job("load")).up().succeeded()
    stack.destroy().succeeded()

    (one,) = account.clusters()
    assert (one.status, one.nodes) == ("terminated", 4)
    assert [run.status for run in account.jobs()] == ["completed"]
