"""What is to be ended because of its marker is ended only as long as it carries that marker."""

from random import Random

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired
from tests.support.faults.behaviours import doubled, lost_before, preceded_by
from tests.support.faults.exchange import Exchange
from xplenty_pulumi.core.kinds.marker import Marker, marker_of, sign
from xplenty_pulumi.core.kinds.ownership import as_marked
from xplenty_pulumi.errors import RefusedError

TASK = {"packages": [{"package_id": 101, "variables": {}}]}


def drawn(bench: Bench) -> Marker:
    """Return the marker of a create call that is sent now."""
    return marker_of(OWNER).drawn(bench.clock.now(), Random(1))


@pytest.mark.parametrize("adopted", [True, False], ids=["adopted", "released"])
def test_a_cluster_that_changes_hands_until_it_can_be_ended_lives_on(bench: Bench, *, adopted: bool) -> None:
    """One that is being built cannot be ended for minutes, in which a colleague can adopt or release it."""
    marker = drawn(bench)
    made = bench.ready_cluster(status="creating", description=sign("", marker))
    as_listed = as_marked(bench.client.clusters.get(made.id))
    after = str(marker.held) if adopted else "kept by hand"
    bench.wire.on(
        f"GET clusters/{made.id}", preceded_by(lambda: bench.emulator.edit_cluster(made.id, description=after))
    )
    assert bench.clusters.delete(made.id, timeout=600, made=as_listed) == "left alone"
    assert bench.wire.count("DELETE .*") == 0
    assert "its marker was changed meanwhile" in bench.warned[0]


def test_a_cluster_with_the_marker_as_listed_is_ended(bench: Bench) -> None:
    """Nothing else of it counts."""
    made = bench.ready_cluster(nodes=2, description=sign("", drawn(bench)))
    as_listed = as_marked(bench.client.clusters.get(made.id))
    bench.emulator.edit_cluster(made.id, nodes=4)
    assert bench.clusters.delete(made.id, timeout=600, made=as_listed) == "terminated"


def test_a_cluster_that_changes_hands_between_two_calls_to_end_it_lives_on(bench: Bench) -> None:
    """The first one is lost, and what was seen before it does not count for the second."""
    made = bench.ready_cluster(description=sign("", drawn(bench)))
    as_listed = as_marked(bench.client.clusters.get(made.id))

    def release(exchange: Exchange) -> httpx.Response:
        bench.emulator.edit_cluster(made.id, description="kept by hand")
        return exchange.meet(lost_before)

    bench.wire.on(f"DELETE clusters/{made.id}", release, calls={1})
    assert bench.clusters.delete(made.id, timeout=600, made=as_listed) == "left alone"
    assert bench.emulator.cluster(made.id).status == "available"


def test_a_duplicate_that_is_released_until_it_can_be_ended_lives_on(bench: Bench) -> None:
    """It is named in a warning, and not as ended."""
    released = preceded_by(lambda: bench.emulator.edit_cluster(501, description="kept by hand"))
    bench.wire.on("POST clusters", doubled)
    bench.wire.on("GET clusters/501", released, calls={2})  # the first one sees that it is a duplicate
    assert bench.clusters.create(desired()).record.id == 502
    assert {one.id for one in bench.emulator.living_clusters()} == {501, 502}
    assert [text.partition(":")[0] for text in bench.warned] == ["cluster 501"]
    assert "its marker was changed meanwhile" in bench.warned[0]


@pytest.mark.parametrize("nodes", [2, 3], ids=["as it is", "to be resized"])
def test_a_cluster_that_changes_hands_while_it_is_waited_for_is_not_adopted(bench: Bench, nodes: int) -> None:
    """It is neither changed nor in the state, whose destroy would end it."""
    made = bench.client.clusters.create({"nodes": 2, "description": sign("", drawn(bench))})
    theirs = str(Marker("other-1234567", "aaaaaaaaaaaa"))
    adopted = preceded_by(lambda: bench.emulator.edit_cluster(made.id, description=theirs))
    bench.wire.on(f"GET clusters/{made.id}", adopted, calls=range(2, 99))  # the first one is that of the search
    with pytest.raises(RefusedError, match="about to be adopted, and its marker was changed meanwhile"):
        bench.clusters.create(desired(nodes=nodes))
    assert bench.wire.count("PUT .*") == 0
    assert not bench.known_clusters.holds(bench.client.clusters.get(made.id))


def test_a_schedule_that_changes_hands_is_not_removed(bench: Bench) -> None:
    """As with a cluster."""
    made = bench.client.schedules.create({"task": TASK, "description": sign("", drawn(bench))})
    bench.client.schedules.update(made.id, {"description": "kept by hand"})
    assert bench.schedules.delete(made.id, made=as_marked(made)) == "left alone"
    assert "its marker was changed meanwhile" in bench.warned[0]
    assert made.id in [one.id for one in bench.emulator.schedules()]
