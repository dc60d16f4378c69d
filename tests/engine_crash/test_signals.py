"""Ctrl-C once and twice, and SIGTERM, while a cluster is being created."""

import signal

import pytest

from tests.engine_crash.cases import OPERATIONS, When
from tests.engine_crash.crashed import CrashedStack, count_point
from tests.support.engine.process import HEARD, engine

CREATE = OPERATIONS["create"]


@pytest.mark.parametrize(
    ("name", "when"),
    [
        (signal.SIGINT, "in"),
        (signal.SIGTERM, "after"),
        pytest.param(signal.SIGINT, "after", marks=pytest.mark.long),
        pytest.param(signal.SIGTERM, "in", marks=pytest.mark.long),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_first_signal_keeps_the_cluster_in_the_state(crash: CrashedStack, name: signal.Signals, when: When) -> None:
    """One signal leaves no lock and no pending operation, and the cluster's id in the state; `up` goes on."""
    crash.stack.declare(*CREATE.declared)
    crash.hold.set(CREATE.moments[when])
    with engine(crash.stack, "up") as running:
        crash.hold.wait()
        running.signal(name)
        running.says(HEARD)
        crash.hold.let_go()
        assert running.ended().code != 0

        assert crash.left_behind() == (False, [])
        (one,) = crash.account.clusters()
        assert crash.held_ids()["etl"] == str(one.id)
        crash.continue_by("up")
        crash.continue_by("destroy")

    assert len(crash.account.clusters()) == 1
    count_point()


def test_second_ctrl_c_is_recovered_from(crash: CrashedStack) -> None:
    """Two signals end the engine at once and leave a pending create; `recover` clears it and `up` adopts."""
    crash.stack.declare(*CREATE.declared)
    crash.hold.set(CREATE.moments["in"])
    with engine(crash.stack, "up") as running:
        crash.hold.wait()
        running.signal(signal.SIGINT)
        running.says(HEARD)
        running.signal(signal.SIGINT)
        assert running.ended().code != 0
        crash.hold.let_go()

        assert crash.left_behind() == (False, ["creating"])
        assert "cleared 1 pending: creating etl" in crash.stack.recover("--yes").succeeded().output
        assert crash.left_behind() == (False, [])
        crash.continue_by("up")
        crash.continue_by("destroy")

    assert len(crash.account.clusters()) == 1
    count_point()
