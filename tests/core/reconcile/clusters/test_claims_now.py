"""A cluster is claimed as it is now, and none that lives slips through the lists."""

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, signed
from tests.support.faults.behaviours import answers, hiding, preceded_by
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.core.kinds.marker import marker_of

OURS = marker_of(OWNER)
UNFINISHED = signed("night loads")
A_LOOK = 9
"""Calls that one look costs."""


def adoptable(bench: Bench) -> list[int]:
    """Return the ids of what may be adopted."""
    return [one.id for one in bench.known_clusters.claims(OURS).adoptable]


def test_one_that_has_ended_since_is_passed_over(bench: Bench) -> None:
    """A cluster that has ended since the list was taken is not adopted."""
    made = bench.emulator.add_cluster(description=UNFINISHED)
    bench.known_clusters.listing()
    bench.emulator.end_cluster(made.id)
    assert adoptable(bench) == []


def test_one_that_has_vanished_since_is_passed_over(bench: Bench) -> None:
    """One that is certainly gone is no reason to fail."""
    made = bench.emulator.add_cluster(description=UNFINISHED)
    bench.known_clusters.listing()
    bench.emulator.delete_record("cluster", made.id)
    assert adoptable(bench) == []


def test_one_whose_marker_was_taken_off_is_passed_over(bench: Bench) -> None:
    """People may take a cluster over by editing its description."""
    made = bench.emulator.add_cluster(description=UNFINISHED)
    bench.known_clusters.listing()
    bench.emulator.edit_cluster(made.id, description="mine now")
    assert adoptable(bench) == []


def test_a_404_does_not_hide_what_a_list_shows(bench: Bench) -> None:
    """A service that lags behind itself must not lead to a second cluster, however long it does."""
    made = bench.emulator.add_cluster(description=UNFINISHED)
    bench.wire.on("GET clusters/.*", answers(404))
    assert adoptable(bench) == [made.id]


def test_a_404_beside_a_list_that_lags_does_not_hide_it(bench: Bench) -> None:
    """A look ten seconds later shows it."""
    made = bench.emulator.add_cluster(description=UNFINISHED)
    bench.known_clusters.listing()
    bench.wire.on("GET clusters/.*", answers(404), calls={1})
    bench.wire.on("GET clusters", hiding(made.id))
    assert adoptable(bench) == [made.id]


def test_it_is_found_behind_hundreds_of_ended_ones(bench: Bench) -> None:
    """Only the living are listed to the end."""
    made = bench.emulator.add_cluster(description=UNFINISHED)
    for _ in range(250):
        bench.emulator.add_cluster(status="terminated")
    assert adoptable(bench) == [made.id]
    assert bench.wire.count("GET clusters") == A_LOOK


def test_one_that_changes_between_two_lists_is_found(bench: Bench) -> None:
    """A cluster that goes idle while the statuses are listed one by one is in one of the lists."""
    made = bench.emulator.add_cluster(description=UNFINISHED, created_at=bench.clock.now().timestamp() - 60)
    for _ in range(100):
        bench.emulator.add_cluster(status="terminated")
    bench.wire.on("GET clusters", preceded_by(lambda: bench.emulator.edit_cluster(made.id, status="idle")), calls={6})
    assert adoptable(bench) == [made.id]


def test_one_that_slips_through_the_lists_is_found(bench: Bench) -> None:
    """A new cluster that begins to scale while the statuses are listed is among the newest."""
    made = bench.emulator.add_cluster(description=UNFINISHED)
    scales = preceded_by(lambda: bench.emulator.edit_cluster(made.id, status="scaling"))
    bench.wire.on("GET clusters", scales, calls={6})
    assert adoptable(bench) == [made.id]


def test_what_is_in_a_status_nobody_knows_is_there(bench: Bench, schema_watch: SchemaWatch) -> None:
    """A lost cluster whose status is a new one is found, so that there is no second."""
    schema_watch.look_away()
    lost = bench.emulator.add_cluster(description=UNFINISHED, status="hibernating")
    assert adoptable(bench) == [lost.id]
