"""What a look at a cluster says: it is well, it is not yet, or it is gone and why."""

from random import Random

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, signed
from tests.support.faults.behaviours import answers, rewritten
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.errors import AuthError, ServerError

OURS = marker_of(OWNER)
OTHER = Owner("acme", "loads", "dev", "hourly")
SIGHTS = {
    "pending": (False, "it is pending. The next `pulumi up` goes on waiting for it"),
    "creating": (False, "it is creating. The next `pulumi up` goes on waiting for it"),
    "scaling": (False, "it is scaling. The next `pulumi up` goes on waiting for it"),
    "available": (False, ""),
    "idle": (False, ""),
    "error": (False, "its status is error. The next `pulumi up` replaces it"),
    "pending_terminate": (True, "it is pending_terminate"),
    "terminating": (True, "it is terminating"),
    "terminated": (True, "it is terminated"),
}


@pytest.mark.parametrize("status", SIGHTS)
def test_sight_of_every_status(bench: Bench, status: str) -> None:
    """Ending and ended count as gone; what is not as it should be is remarked on."""
    made = bench.emulator.add_cluster(status=status)
    sight = bench.clusters.read(made.id)
    assert (sight.gone, sight.remark) == SIGHTS[status]
    assert sight.record is not None
    assert sight.record.status == status


def test_every_status_is_tried() -> None:
    """The table of this test is complete."""
    assert set(SIGHTS) == set(CLUSTER.phases)


def test_a_status_nobody_knows_is_waited_for(bench: Bench) -> None:
    """A new word of the service is no reason to let go of a cluster."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET .*", rewritten(lambda record: record.update(status="hibernating")))
    sight = bench.clusters.read(made.id)
    assert not sight.gone
    assert sight.remark.startswith("it is hibernating")


def test_an_idle_end_is_expected(bench: Bench) -> None:
    """A cluster that ended because it was told to is reported as that."""
    made = bench.emulator.add_cluster(terminate_on_idle=True, time_to_idle=60)
    bench.clock.advance(61)
    sight = bench.clusters.read(made.id)
    assert sight.gone
    assert sight.remark == "it is terminated after it had been idle, as terminate_on_idle asks"


def test_an_unknown_cluster_is_gone(bench: Bench) -> None:
    """A 404 is a sight, not an error; it is confirmed by a list and by a second one ten seconds later."""
    sight = bench.clusters.read(77)
    assert (sight.record, sight.gone, sight.remark) == (None, True, "the service does not know it (404)")
    assert bench.wire.count("GET clusters/77") == 2
    assert 10 <= bench.clock.monotonic() < 11


def test_a_single_404_is_not_believed(bench: Bench) -> None:
    """A service that lags behind itself for a moment does not make a cluster disappear from the state."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET .*", answers(404), calls={1})
    sight = bench.clusters.read(made.id)
    assert not sight.gone
    assert sight.record is not None


@pytest.mark.parametrize(("status", "error"), [(500, ServerError), (401, AuthError)])
def test_trouble_is_not_gone(bench: Bench, status: int, error: type[Exception]) -> None:
    """Whatever keeps us from looking never makes a cluster disappear."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET .*", answers(status))
    with pytest.raises(error):
        bench.clusters.read(made.id)


def test_reads_cost_one_call_each(bench: Bench) -> None:
    """Refreshing a stack costs a credit per cluster, and one search for duplicates among them all."""
    marked = signed(held=True)
    made = [bench.emulator.add_cluster(description=marked if number else None).id for number in range(3)]
    for number in made:
        bench.clusters.read(number, owner=OURS)
    assert bench.wire.count("GET clusters/.*") <= 3 + 1
    assert bench.wire.count("GET clusters") == 1


def test_a_cluster_that_a_list_shows_is_not_gone(bench: Bench) -> None:
    """However often it is not found singly."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET clusters/.*", answers(404))
    assert not bench.clusters.read(made.id).gone


def test_a_duplicate_is_warned_of(bench: Bench) -> None:
    """What an unfinished create call of the same resource made is named, with what ends it."""
    mine = bench.emulator.add_cluster(description=signed(held=True))
    duplicate = bench.emulator.add_cluster(description=signed(seed=2))
    assert not bench.clusters.read(mine.id, owner=OURS).gone
    (warning,) = bench.warned
    assert warning.startswith(f"cluster {duplicate.id} is a duplicate of cluster {mine.id}: ")
    assert f"`xplenty-pulumi terminate cluster {duplicate.id} --force`" in warning
    assert bench.emulator.cluster(duplicate.id) == duplicate


def test_a_copy_of_what_was_handed_over_is_warned_of(bench: Bench) -> None:
    """It is no duplicate, and nothing of ours ends it; the warning says what takes the marker off."""
    marker = OURS.handed_over(bench.clock.now(), Random(1))
    mine = bench.emulator.add_cluster(description=sign("", marker.held))
    copy = bench.emulator.add_cluster(description=sign("", marker))
    bench.clusters.read(mine.id, owner=OURS, nonces=(marker.nonce,))
    (warning,) = bench.warned
    assert warning.startswith(f"cluster {copy.id} carries the marker of a hand-over to the same resource as")
    assert "No `pulumi up` or `pulumi destroy` ends it" in warning
    assert f"hand-over cluster:{copy.id} --release" in warning


def test_duplicates_are_looked_for_in_the_list_that_was_read(bench: Bench) -> None:
    """Many who read at once are served by one list, which shows the duplicates too."""
    made = [bench.emulator.add_cluster(description=signed(held=True)).id for _ in range(3)]
    bench.emulator.add_cluster(description=signed(seed=2))
    for number in made:
        bench.clusters.read(number, owner=OURS)
    assert any("is a duplicate of" in one for one in bench.warned)


@pytest.mark.parametrize("text", [signed(held=True), sign("", OURS), signed(owner=OTHER), None])
def test_other_clusters_are_no_duplicates(bench: Bench, text: str | None) -> None:
    """Held ones are left to `drift`, which reads all states; those of other resources are none."""
    mine = bench.emulator.add_cluster(description=signed(held=True))
    bench.emulator.add_cluster(description=text)
    bench.clusters.read(mine.id, owner=OURS)
    assert bench.warned == []


def test_what_is_gone_has_no_duplicates_that_matter(bench: Bench) -> None:
    """The next create sees them; and without an owner there are none to look for."""
    mine = bench.emulator.add_cluster(description=signed(held=True))
    bench.emulator.add_cluster(description=signed(seed=2))
    bench.clusters.read(mine.id)
    bench.emulator.end_cluster(mine.id)
    bench.clusters.read(mine.id, owner=OURS)
    assert bench.warned == []


def test_a_search_for_duplicates_that_fails_is_warned_of(bench: Bench) -> None:
    """What was read stands, and a refresh that could not look does not say that all is well."""
    mine = bench.emulator.add_cluster(description=signed(held=True))
    bench.wire.on("GET clusters", answers(500))
    assert bench.clusters.read(mine.id, owner=OURS).record is not None
    assert bench.warned[0].startswith(f"cluster {mine.id}: could not look for duplicates of it: ")
