"""Many at once on the real engine."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.engine.process import engine
from tests.support.engine.ran import bridged, eventually
from tests.support.engine.stack import Stack, cluster, job
from xplenty_pulumi.dynamic.operations import advice, open_operations
from xplenty_pulumi.emulator import Emulator

CROWD = 50
BOOTS_IN_9 = 10.0
"""With this step and two looks a second, clusters take longer than the silence after which the advice is given."""


@bridged("test_more_than_four_are_created_four_at_a_time")
def test_fifty_clusters_wait_together_and_checks_are_answered_meanwhile(make_stack: Callable[..., Stack]) -> None:
    """All fifty are requested while none is ready; runs that depend on each other are checked and run meanwhile."""
    with Emulator(step=0) as account, ThreadPoolExecutor() as pool:
        there = account.add_cluster()
        chain = [
            job(
                f"run{number}",
                {"depends_on": [f"run{number - 1}"] if number else []},
                cluster_id=there.id,
                triggers=[number],
            )
            for number in range(3)
        ]
        stack = make_stack(account).declare(*(cluster(f"etl{number}") for number in range(CROWD)), *chain)
        going = pool.submit(stack.up)
        made = eventually(lambda: _made(account, there.id))
        for number in range(len(chain)):
            run = eventually(lambda number=number: dict(enumerate(account.jobs())).get(number))  # type: ignore[misc]  # mypy infers no type for a default
            account.complete_job(run.id)
        still_waiting = [account.cluster(one).status for one in made]
        for one in made:
            account.edit_cluster(one, status="available")
        going.result().succeeded()

    assert set(still_waiting) <= {"pending", "creating"}
    assert len(stack.state()) == CROWD + len(chain)


def _made(account: Emulator, there: int) -> list[int] | None:
    """The ids of the crowd's clusters once all are there, none of which is ready at that moment."""
    found = [one for one in account.clusters() if one.id != there]
    assert not [one for one in found if one.status == "available"]
    return [one.id for one in found] if len(found) == CROWD else None


@pytest.mark.parametrize(("parallel", "times"), [("", 1), ("64", 0)], ids=["not set", "64"])
def test_more_waits_would_have_helped(make_stack: Callable[..., Stack], parallel: str, times: int) -> None:
    """Where the engine's own limit holds others back it is said once, with what to set; where it was set, never."""
    limit = open_operations()._limit
    with Emulator(step=0) as account:
        stack = make_stack(account, PULUMI_PARALLEL=parallel)
        stack.declare(*(cluster(f"etl{number}") for number in range(limit + 4)))
        expected = times if stack.has_bridge else 0
        with engine(stack, "up") as running:
            running.says(advice(limit), times=expected)
            eventually(lambda: account.clusters() or None)
            account.pace(BOOTS_IN_9)
            output = running.ended().succeeded().output

    assert output.partition("Diagnostics:")[2].count(advice(limit)) == expected, output
    assert "2 operations at once" not in output or expected
