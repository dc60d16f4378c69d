"""Clusters that carry our marker and are not to be adopted: held ones, broken ones and twins."""

import pytest

from tests.support.core_bench import OWNER, Bench, answers, desired, late, lost_after, lost_before
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.core.marker import Owner, marker_of, sign
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import AuthError, InvalidError, ReadyTimeout, UnsureError

OURS = marker_of(OWNER)
SIGNED = sign("night loads", OURS)


def test_a_held_cluster_is_not_a_lost_one(bench: Bench) -> None:
    """What the state holds, or held until it was replaced, is not adopted, however it was found."""
    before = bench.living.look()
    bench.clock.advance(6)
    made = bench.emulator.add_cluster(description=SIGNED)
    bench.living.hold(made.id)
    assert bench.living.find(OURS) is None
    assert bench.living.find_since(OURS, before) is None
    assert bench.another_process().living.find(OURS) is not None


def test_broken_ones_are_known(bench: Bench) -> None:
    """What an earlier attempt left behind broken can be cleared away; what is held or not ours is left alone."""
    broken = [bench.emulator.add_cluster(description=SIGNED, status="error") for _ in range(3)]
    bench.emulator.add_cluster(status="error")
    bench.emulator.add_cluster(description=SIGNED)
    bench.living.hold(broken[0].id)
    assert {one.id for one in bench.living.broken(OURS)} == {one.id for one in broken[1:]}


def test_twins_are_known(bench: Bench) -> None:
    """Another cluster with the same marker is a twin, a broken one too; an ended one, or one of others, is not."""
    mine, twin, broken, _ = (
        bench.emulator.add_cluster(description=SIGNED, status=status)
        for status in ("available", "scaling", "error", "terminated")
    )
    bench.emulator.add_cluster()
    bench.living.hold(mine.id)
    assert {one.id for one in bench.living.twins(bench.client.clusters.get(mine.id))} == {twin.id, broken.id}
    assert bench.living.twins(bench.client.clusters.get(bench.emulator.add_cluster().id)) == []


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
    foreign = bench.emulator.add_cluster(status="error", description=sign("", marker_of(Owner("a", "b", "c", "d"))))
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert bench.emulator.cluster(broken.id).status == "terminated"
    assert bench.emulator.cluster(foreign.id).status == "error"
    assert bench.headlines[0] == f"ending cluster {broken.id}, which an earlier attempt left behind broken"


def test_nothing_is_made_while_a_broken_one_can_not_be_ended(bench: Bench) -> None:
    """Then the user hears of it, and there is not one more."""
    bench.emulator.add_cluster(description=SIGNED, status="error")
    bench.wire.on("DELETE .*", answers(422, "not now"))
    with pytest.raises(InvalidError, match="not now"):
        bench.clusters.create(desired())
    assert bench.wire.count("POST clusters") == 0


def test_without_a_marker_nothing_broken_is_ended(bench: Bench) -> None:
    """Whoever switches the marker off has no clusters that could be known."""
    broken = bench.emulator.add_cluster(description=SIGNED, status="error")
    bench.clusters.create(desired(marker=False))
    assert bench.emulator.cluster(broken.id).status == "error"


def test_a_twin_is_warned_of(bench: Bench) -> None:
    """A create that took effect after the second one had is reported by the next look at the cluster."""
    bench.wire.on("POST clusters", late(100), calls={1})
    outcome = bench.clusters.create(desired())
    bench.clock.advance(100)
    next_run = bench.another_process()
    assert not next_run.clusters.read(outcome.record.id).gone
    (warning,) = next_run.warned
    (twin,) = [one.id for one in bench.emulator.living_clusters() if one.id != outcome.record.id]
    assert warning.startswith(f"cluster {outcome.record.id} has a twin: {twin} carries the same marker")


def test_no_twin_no_warning(bench: Bench) -> None:
    """The clusters of other resources are no twins, and an ended cluster has none that matter."""
    mine = bench.emulator.add_cluster(description=SIGNED)
    bench.emulator.add_cluster(description=sign("", marker_of(Owner("acme", "loads", "dev", "hourly"))))
    bench.clusters.read(mine.id)
    bench.emulator.end_cluster(mine.id)
    bench.emulator.add_cluster(description=SIGNED)
    bench.clock.advance(6)
    bench.clusters.read(mine.id)
    assert bench.warned == []


def test_a_search_for_twins_that_fails_is_warned_of(bench: Bench) -> None:
    """What was read stands, and a refresh that could not look does not say that all is well."""
    mine = bench.emulator.add_cluster(description=SIGNED)
    bench.wire.on("GET clusters", answers(500))
    assert bench.clusters.read(mine.id).record is not None
    assert bench.warned[0].startswith(f"cluster {mine.id}: could not look for twins of it: ")


def test_a_predecessor_that_is_held_is_not_adopted(bench: Bench) -> None:
    """Where a replacement is made before its predecessor is ended, it is a cluster of its own."""
    old = bench.emulator.add_cluster(description=SIGNED)
    bench.clusters.read(old.id)
    outcome = bench.clusters.create(desired())
    assert outcome.record.id != old.id


def test_a_predecessor_whose_end_was_not_seen_is_not_adopted(bench: Bench) -> None:
    """One that was to be ended stays what it is, even if ending it took too long."""
    old = bench.emulator.add_cluster(description=SIGNED, status="creating")
    with pytest.raises(ReadyTimeout):
        bench.clusters.delete(old.id, timeout=30)
    assert bench.clusters.create(desired()).record.id != old.id


def test_a_lost_answer_is_not_the_predecessors(bench: Bench) -> None:
    """Nor is it taken for a lost answer."""
    bench.living.look()
    old = bench.emulator.add_cluster(description=SIGNED)
    bench.clusters.read(old.id)
    bench.wire.on("POST clusters", lost_before)
    with pytest.raises(UnsureError):
        bench.clusters.create(desired())


def test_what_is_in_a_status_nobody_knows_is_there(bench: Bench, schema_watch: SchemaWatch) -> None:
    """A lost cluster whose status is a new one is found, so that there is no second."""
    schema_watch.look_away()
    lost = bench.emulator.add_cluster(description=SIGNED, status="hibernating")
    found = bench.living.find(OURS)
    assert found is not None
    assert found.id == lost.id


def test_a_cluster_that_was_falsely_gone_is_found_again(bench: Bench) -> None:
    """A cluster that the state dropped because of two false 404s is adopted in the same process, not made twice."""
    made = bench.clusters.create(desired()).record
    process = bench.another_process()
    process.wire.on(f"GET clusters/{made.id}", answers(404), calls={1, 2})
    assert process.clusters.read(made.id).gone
    assert process.clusters.create(desired()).record.id == made.id


def test_a_404_of_the_whole_account_is_not_believed(bench: Bench) -> None:
    """Where the account itself is unknown, nothing is known to be gone."""
    made = bench.emulator.add_cluster(description=SIGNED)
    bench.wire.on("GET .*", answers(404))
    with pytest.raises(AuthError, match="does not know the account"):
        bench.clusters.delete(made.id, timeout=600)


def test_a_resize_whose_answer_got_lost_is_waited_for() -> None:
    """A second call is not sent into a resize that is under way, even where the old nodes are shown meanwhile."""
    bench = Bench.new(knobs=Knobs(scaling_nodes="old"))
    made = bench.clusters.create(desired()).record
    bench.wire.on("PUT .*", lost_after, calls={1})
    outcome = bench.clusters.update(made.id, desired(nodes=4))
    assert outcome.problem is None
    assert bench.wire.count("PUT .*") == 1
