"""Nobody waits for what the service has accepted: it is seen at work, and that is what is returned."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired, signed
from tests.support.faults.behaviours import answers, hiding, lost_after, preceded_by
from xplenty_pulumi.core.kinds.cluster import cluster_view
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reconcile.clusters.goals import phase_of
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import ReadyFailed

ACCEPTED: Mapping[str, Any] = {"wait_for": "accepted"}


def test_create_returns_once_the_cluster_is_seen(bench: Bench) -> None:
    """The outcome is the cluster as a read shows it, and the call that made it is not taken for that."""
    outcome = bench.clusters.create(desired(**ACCEPTED))
    assert outcome.problem is None
    assert phase_of(outcome.record) is Phase.BUILDING
    assert bench.wire.count(f"GET clusters/{outcome.record.id}") == 2  # once more before it is signed as held
    assert bench.emulator.cluster(outcome.record.id).description == str(outcome.record.description)
    assert ":h]" in str(outcome.record.description)


def test_create_that_no_read_shows(bench: Bench) -> None:
    """A cluster whose creation was answered and that no read shows is kept with a problem."""
    bench.wire.on(r"GET clusters/\d+", answers(404))
    bench.wire.on("GET clusters", hiding(501))
    outcome = bench.clusters.create(desired(**ACCEPTED))
    assert isinstance(outcome.problem, ReadyFailed)


def test_lost_create_is_verified_and_made_once(bench: Bench) -> None:
    """A create call whose answer is lost is looked for by its marker, as ever."""
    bench.wire.on("POST clusters", lost_after, calls={1})
    outcome = bench.clusters.create(desired(**ACCEPTED))
    assert outcome.problem is None
    assert [one.id for one in bench.emulator.clusters()] == [outcome.record.id]


def test_cluster_that_is_broken_at_once_is_ended(bench: Bench) -> None:
    """A cluster that is seen in `error` is ended, as one that is waited for."""
    left = bench.emulator.add_cluster(description=signed())
    bench.emulator.edit_cluster(left.id, status="error")
    outcome = bench.clusters.create(desired(**ACCEPTED))
    assert outcome.record.id != left.id
    assert bench.emulator.cluster(left.id).status == "terminated"


@pytest.mark.parametrize("nodes", ["new", "old"])
def test_resize_returns_once_it_is_under_way(bench: Bench, nodes: str) -> None:
    """A resize is one PUT, and is accepted once a read shows it, whichever nodes the service shows meanwhile."""
    bench = Bench.new(knobs=Knobs(scaling_nodes=nodes))  # type: ignore[arg-type]  # one of its two values
    made = bench.emulator.add_cluster(description=signed(held=True))
    outcome = bench.clusters.update(made.id, desired(nodes=4, **ACCEPTED))
    assert outcome.problem is None
    assert outcome.record.status == "scaling"
    assert cluster_view(outcome.record)["nodes"] == (4 if nodes == "new" else 2)
    assert bench.wire.bodies("PUT .*") == [{"nodes": 4}]


def test_resize_that_nothing_shows_is_waited_for(bench: Bench) -> None:
    """Where neither status nor nodes say that it is under way, only its end says that it was accepted."""
    bench = Bench.new(knobs=Knobs(scaling_nodes="old", scaling_status="available"))
    made = bench.emulator.add_cluster(description=signed(held=True))
    outcome = bench.clusters.update(made.id, desired(nodes=4, **ACCEPTED))
    assert outcome.problem is None
    assert outcome.record.nodes == 4


def test_resize_of_a_cluster_that_is_being_built_waits_for_it(bench: Bench) -> None:
    """The service takes no resize of a cluster that is not available, so that is waited for."""
    made = bench.emulator.add_cluster(description=signed(held=True), status="creating")
    outcome = bench.clusters.update(made.id, desired(nodes=4, **ACCEPTED))
    assert outcome.problem is None
    assert outcome.record.status == "scaling"


def test_update_of_a_cluster_that_is_being_built_waits_for_nothing(bench: Bench) -> None:
    """The next update of a cluster that is still being built finds it at work, and returns."""
    made = bench.emulator.add_cluster(description=signed(held=True), status="creating")
    before = bench.clock.monotonic()
    assert bench.clusters.update(made.id, desired(**ACCEPTED)).problem is None
    assert bench.clock.monotonic() == before


@pytest.mark.parametrize("status", ["creating", "scaling"])
def test_what_is_under_way_is_no_reason_to_repair(bench: Bench, status: str) -> None:
    """A read has no remark about a cluster on its way that nobody waits for."""
    made = bench.emulator.add_cluster(status=status)
    assert bench.clusters.read(made.id, inputs=ACCEPTED).remark == ""
    assert bench.clusters.read(made.id, inputs={}).remark != ""


def test_broken_cluster_is_told_all_the_same(bench: Bench) -> None:
    """A cluster that failed after it was accepted is to be replaced."""
    made = bench.emulator.add_cluster(status="error")
    assert "replaces it" in bench.clusters.read(made.id, inputs=ACCEPTED).remark


def test_delete_returns_once_the_end_is_under_way(bench: Bench) -> None:
    """The end is asked for once and seen to be under way, and what is returned is that status."""
    made = bench.ready_cluster()
    seen = bench.clusters.delete(made.id, timeout=600, is_verified=False)
    assert seen == "pending_terminate" == bench.emulator.cluster(made.id).status
    assert bench.wire.count(f"DELETE clusters/{made.id}") == 1
    assert bench.wire.count(f"GET clusters/{made.id}") == 2


def test_delete_that_is_not_taken_is_repeated(bench: Bench) -> None:
    """A cluster that shows alive although its delete was answered is asked to end again."""
    made = bench.ready_cluster()
    revive = preceded_by(lambda: bench.emulator.edit_cluster(made.id, status="available"))
    bench.wire.on(f"GET clusters/{made.id}", revive, calls={2})
    assert bench.clusters.delete(made.id, timeout=600, is_verified=False) == "pending_terminate"
    assert bench.wire.count(f"DELETE clusters/{made.id}") == 2
