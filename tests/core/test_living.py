"""Looking for a cluster by its marker: which one may be adopted, and at what cost."""

import threading

import pytest

from tests.support.core_bench import OWNER, Bench, answers, preceded_by, rewritten
from xplenty_pulumi.core.kinds import CLUSTER, Phase
from xplenty_pulumi.core.marker import Owner, marker_of, sign
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import NotFoundError, RefusedError

OURS = marker_of(OWNER)
SIGNED = sign("night loads", OURS)
A_LOOK = 8
"""Calls that one look costs: the newest, and one list for each status that is asked for."""


@pytest.mark.parametrize("status", ["pending", "creating", "available", "idle", "scaling"])
def test_a_living_cluster_is_found(bench: Bench, status: str) -> None:
    """Whatever it is doing, a cluster that may come to work is ours to adopt."""
    made = bench.emulator.add_cluster(description=SIGNED, status=status)
    found = bench.living.find(OURS)
    assert found is not None
    assert (found.id, found.status) == (made.id, status)


@pytest.mark.parametrize("status", ["error", "pending_terminate", "terminating", "terminated"])
def test_an_ended_or_broken_cluster_is_not(bench: Bench, status: str) -> None:
    """What is ending is not adopted, or a replacement would adopt its predecessor."""
    bench.emulator.add_cluster(description=SIGNED, status=status)
    assert bench.living.find(OURS) is None
    assert bench.living.find_since(OURS, bench.another_process().living.look()) is None


@pytest.mark.parametrize(
    "description",
    [
        None,
        "",
        "night loads",
        f"{SIGNED} (do not touch)",
        sign("", marker_of(Owner("acme", "loads", "prod", "nightly"))),
        sign("", marker_of(Owner("acme", "loads", "dev", "hourly"))),
        SIGNED.replace("xp1", "xp2"),
    ],
)
def test_what_does_not_carry_our_marker_is_not_ours(bench: Bench, description: str | None) -> None:
    """Neither an unmarked cluster nor that of another stack or resource is adopted."""
    bench.emulator.add_cluster(description=description)
    assert bench.living.find(OURS) is None


def test_two_are_refused(bench: Bench) -> None:
    """Which one is meant can not be known, so a person has to say."""
    made = [bench.emulator.add_cluster(description=SIGNED) for _ in range(2)]
    with pytest.raises(RefusedError) as caught:
        bench.living.find(OURS)
    assert all(str(one.id) in str(caught.value) for one in made)
    assert caught.value.advice == "Terminate all but one of them, then run `pulumi up` again"


def test_two_that_appeared_since_are_refused(bench: Bench) -> None:
    """The same holds when looking for a lost answer."""
    before = bench.living.look()
    for _ in range(2):
        bench.emulator.add_cluster(description=SIGNED)
    with pytest.raises(RefusedError, match="all carry the marker"):
        bench.living.find_since(OURS, before)


@pytest.mark.parametrize(("minutes", "refused"), [(59, False), (61, True)])
def test_an_old_one_is_refused(bench: Bench, minutes: int, *, refused: bool) -> None:
    """A lost answer is not an hour old; something else is the matter then."""
    made = bench.emulator.add_cluster(description=SIGNED)
    bench.clock.advance(minutes * 60)
    if not refused:
        assert bench.living.find(OURS) is not None
        return
    with pytest.raises(RefusedError) as caught:
        bench.living.find(OURS)
    assert caught.value.resource == f"cluster {made.id}"
    assert "was created 2026-01-01 00:00 UTC, too long ago" in str(caught.value)


def test_one_without_a_date_is_found(bench: Bench) -> None:
    """Where the service does not say when it was created, its marker decides."""
    bench.emulator.add_cluster(description=SIGNED)
    bench.clock.advance(7200)
    bench.wire.on("GET clusters/.*", rewritten(lambda record: record.pop("created_at")))
    assert bench.living.find(OURS) is not None


@pytest.mark.parametrize("hours", [-5, 5])
def test_what_appeared_since_is_found_whatever_the_clocks_say(bench: Bench, hours: int) -> None:
    """Between a look before and a look after, no time needs to be compared."""
    bench.emulator.add_cluster()
    before = bench.living.look()
    bench.clock.jump(hours * 3600)
    made = bench.emulator.add_cluster(description=SIGNED)
    found = bench.living.find_since(OURS, before)
    assert found is not None
    assert found.id == made.id


def test_what_was_there_before_did_not_appear_since(bench: Bench) -> None:
    """A predecessor that was listed before is not the answer that got lost."""
    bench.emulator.add_cluster(description=SIGNED)
    before = bench.living.look()
    assert bench.living.find_since(OURS, before) is None


def test_found_is_what_it_is_now(bench: Bench) -> None:
    """A cluster that has ended since the list was taken is not adopted."""
    made = bench.emulator.add_cluster(description=SIGNED)
    bench.living.look()
    bench.emulator.end_cluster(made.id)
    assert bench.living.find(OURS) is None


def test_one_that_has_vanished_since_is_passed_over(bench: Bench) -> None:
    """A 404 for a listed cluster is no reason to fail."""
    made = bench.emulator.add_cluster(description=SIGNED)
    bench.living.look()
    bench.emulator.delete_record("cluster", made.id)
    assert bench.living.find(OURS) is None


def test_one_whose_marker_was_taken_off_is_passed_over(bench: Bench) -> None:
    """People may take a cluster over by editing its description."""
    made = bench.emulator.add_cluster(description=SIGNED)
    bench.living.look()
    bench.emulator.edit_cluster(made.id, description="mine now")
    assert bench.living.find(OURS) is None


def test_it_is_found_behind_hundreds_of_ended_ones(bench: Bench) -> None:
    """Only the living are listed to the end."""
    made = bench.emulator.add_cluster(description=SIGNED)
    for _ in range(250):
        bench.emulator.add_cluster(status="terminated")
    found = bench.living.find(OURS)
    assert found is not None
    assert found.id == made.id
    assert bench.wire.count("GET clusters") == A_LOOK


def test_one_that_changes_between_two_lists_is_found(bench: Bench) -> None:
    """A cluster that goes idle while the statuses are listed one by one is in one of the lists."""
    made = bench.emulator.add_cluster(description=SIGNED, created_at=bench.clock.now().timestamp() - 60)
    for _ in range(100):
        bench.emulator.add_cluster(status="terminated")
    bench.wire.on("GET clusters", preceded_by(lambda: bench.emulator.edit_cluster(made.id, status="idle")), calls={6})
    assert bench.living.find(OURS) is not None


def test_every_status_before_the_end_is_listed(bench: Bench) -> None:
    """The lists cover the table's living and broken ones; a new one in the table can not be forgotten here."""
    unended = [*filter(CLUSTER.is_living, CLUSTER.phases), *CLUSTER.statuses(Phase.FAILED)]
    made = {bench.emulator.add_cluster(status=status).id for status in unended}
    for _ in range(100):
        bench.emulator.add_cluster(status="terminated")
    assert set(bench.living.look().unended) == made


def test_a_look_serves_all_who_ask_within_five_seconds(bench: Bench) -> None:
    """Twenty clusters created together cost the calls of one look; after five seconds it is too old."""
    bench.clock.advance(1000)
    for _ in range(20):
        bench.living.find(OURS)
    assert bench.wire.count("GET clusters") == A_LOOK
    bench.clock.advance(5)
    bench.living.look()
    assert bench.wire.count("GET clusters") == A_LOOK
    bench.clock.advance(0.5)
    bench.living.look()
    assert bench.wire.count("GET clusters") == 2 * A_LOOK


def test_threads_share_one_look(bench: Bench) -> None:
    """Whoever comes while a look is taken waits for it instead of taking another."""
    threads = [threading.Thread(target=bench.living.look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bench.wire.count("GET clusters") == A_LOOK


def test_forgetting_makes_the_next_look_new(bench: Bench) -> None:
    """What may have been created since is seen."""
    bench.living.look()
    made = bench.emulator.add_cluster()
    bench.clock.advance(6)
    assert made.id in bench.living.look().unended


def test_a_failed_look_is_not_kept(bench: Bench) -> None:
    """The next who asks looks again."""
    bench.wire.on("GET clusters", answers(404), calls={3})
    with pytest.raises(NotFoundError):
        bench.living.look()
    assert bench.living.look().unended == {}


def test_one_that_slips_through_the_lists_is_found(bench: Bench) -> None:
    """A new cluster that begins to scale while the statuses are listed is among the newest."""
    made = bench.emulator.add_cluster(description=SIGNED)
    scales = preceded_by(lambda: bench.emulator.edit_cluster(made.id, status="scaling"))
    bench.wire.on("GET clusters", scales, calls={6})
    assert bench.living.find(OURS) is not None


def test_only_the_newest_hundred_are_looked_at_whatever_their_status(bench: Bench) -> None:
    """A long history costs one page."""
    for _ in range(150):
        bench.emulator.add_cluster(status="terminated")
    assert len(bench.living.look().newest) == 100
    assert bench.wire.count("GET clusters") == A_LOOK


def test_a_service_that_hides_new_clusters_for_a_while() -> None:
    """A list that lags shows the cluster at a later look."""
    bench = Bench.new(knobs=Knobs(list_lag_seconds=15))
    before = bench.living.look()
    bench.emulator.add_cluster(description=SIGNED)
    assert bench.living.find_since(OURS, before) is None
    bench.clock.advance(15)
    assert bench.living.find_since(OURS, before) is not None


def test_a_slow_look_serves_all_who_have_waited_for_it(bench: Bench) -> None:
    """However long the lists take, twenty creates cost the calls of one look."""
    bench.wire.on("GET clusters", preceded_by(lambda: bench.clock.advance(3)))
    for _ in range(20):
        bench.living.find(OURS)
    assert bench.wire.count("GET clusters") == A_LOOK


def test_a_single_404_does_not_hide_what_a_list_has_shown(bench: Bench) -> None:
    """A service that lags behind itself for a moment must not lead to a second cluster."""
    made = bench.emulator.add_cluster(description=SIGNED)
    bench.wire.on("GET clusters/.*", answers(404), calls=range(1, 2))
    found = bench.living.find(OURS)
    assert found is not None
    assert found.id == made.id
