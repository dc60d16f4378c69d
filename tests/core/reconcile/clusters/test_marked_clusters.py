"""Clusters that carry our marker and are not simply adopted: broken ones and predecessors."""

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired, signed
from tests.support.faults.behaviours import answers, lost_after, lost_before
from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import InvalidError, ReadyTimeout, RefusedError, UnsureError

SIGNED = signed("night loads")


def test_what_an_earlier_attempt_left_broken_can_be_kept(bench: Bench) -> None:
    """A user who wants to look at a broken cluster gets it into the state, and no other one is made."""
    broken = bench.emulator.add_cluster(description=SIGNED, status="error")
    outcome = bench.clusters.create(desired(on_create_failure="keep"))
    assert outcome.record.id == broken.id
    assert outcome.problem is not None
    assert bench.wire.count("POST clusters") == 0


def test_what_an_earlier_attempt_left_broken_is_ended(bench: Bench) -> None:
    """Before a new cluster is made, a broken one of ours that nobody holds is ended, so that it costs nothing more."""
    broken = bench.emulator.add_cluster(description=SIGNED, status="error")
    second = bench.emulator.add_cluster(description=signed(seed=2), status="error")
    foreign = bench.emulator.add_cluster(status="error", description=signed(owner=Owner("a", "b", "c", "d")))
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert bench.emulator.cluster(broken.id).status == bench.emulator.cluster(second.id).status == "terminated"
    assert bench.emulator.cluster(foreign.id).status == "error"
    headline = f"ending cluster {broken.id}, which is broken and carries the marker of this resource"
    assert bench.headlines[0] == headline


def test_nothing_is_made_while_a_broken_one_can_not_be_ended(bench: Bench) -> None:
    """Then the user hears of it, and there is not one more."""
    bench.emulator.add_cluster(description=SIGNED, status="error")
    bench.wire.on("DELETE .*", answers(422, "not now"))
    with pytest.raises(InvalidError, match="not now"):
        bench.clusters.create(desired())
    assert bench.wire.count("POST clusters") == 0


def test_a_predecessor_that_is_held_is_not_adopted(bench: Bench) -> None:
    """Where a replacement is made before its predecessor is ended, it is a cluster of its own."""
    old = bench.emulator.add_cluster(description=SIGNED)
    bench.clusters.read(old.id)
    outcome = bench.clusters.create(desired())
    assert outcome.record.id != old.id


def test_a_lost_answer_is_not_the_predecessors(bench: Bench) -> None:
    """Nor is it taken for a lost answer."""
    bench.known_clusters.listing()
    old = bench.emulator.add_cluster(description=SIGNED)
    bench.clusters.read(old.id)
    bench.wire.on("POST clusters", lost_before)
    with pytest.raises(UnsureError):
        bench.clusters.create(desired())


def test_a_held_broken_one_is_not_ended(bench: Bench) -> None:
    """It is somebody's, who may want to look at it."""
    broken = bench.emulator.add_cluster(description=signed(held=True), status="error")
    with pytest.raises(RefusedError, match="is held by a state"):
        bench.clusters.create(desired())
    assert bench.emulator.cluster(broken.id) == broken


def test_of_two_broken_ones_one_is_kept_and_the_other_ended(bench: Bench) -> None:
    """Keeping is for the one that is looked at."""
    broken = [bench.emulator.add_cluster(description=signed(seed=seed), status="error") for seed in (1, 2)]
    outcome = bench.clusters.create(desired(on_create_failure="keep"))
    assert outcome.record.id == broken[0].id
    assert [bench.emulator.cluster(one.id).status for one in broken] == ["error", "terminated"]


@pytest.mark.parametrize("held", [True, False])
def test_a_predecessor_whose_end_was_not_seen_is_not_adopted(bench: Bench, *, held: bool) -> None:
    """One that was to be ended stays what it is, even if ending it took too long."""
    old = bench.emulator.add_cluster(description=signed(held=held), status="creating")
    with pytest.raises(ReadyTimeout):
        bench.clusters.delete(old.id, timeout=30)
    assert bench.clusters.create(desired()).record.id != old.id


def test_a_resize_whose_answer_got_lost_is_waited_for() -> None:
    """A second call is not sent into a resize that is under way, even where the old nodes are shown meanwhile."""
    bench = Bench.new(knobs=Knobs(scaling_nodes="old"))
    made = bench.clusters.create(desired()).record
    bench.wire.on("PUT .*", lost_after, calls={1})
    outcome = bench.clusters.update(made.id, desired(nodes=4))
    assert outcome.problem is None
    assert bench.wire.bodies("PUT .*")[1:] == [{"nodes": 4}]
