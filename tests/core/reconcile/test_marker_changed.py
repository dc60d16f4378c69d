"""What is to be ended because of its marker is ended only as long as it carries that marker."""

from random import Random

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired
from tests.support.faults.behaviours import doubled, preceded_by
from xplenty_pulumi.core.kinds.marker import Marker, marker_of, sign
from xplenty_pulumi.core.kinds.ownership import as_marked

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


def test_a_duplicate_that_is_released_until_it_can_be_ended_lives_on(bench: Bench) -> None:
    """It is named in a warning, and not as ended."""
    released = preceded_by(lambda: bench.emulator.edit_cluster(501, description="kept by hand"))
    bench.wire.on("POST clusters", doubled)
    bench.wire.on("GET clusters/501", released, calls={2})  # the first one sees that it is a duplicate
    assert bench.clusters.create(desired()).record.id == 502
    assert {one.id for one in bench.emulator.living_clusters()} == {501, 502}
    assert [text.partition(":")[0] for text in bench.warned] == ["cluster 501"]
    assert "its marker was changed meanwhile" in bench.warned[0]


def test_a_schedule_that_changes_hands_is_not_removed(bench: Bench) -> None:
    """As with a cluster."""
    made = bench.client.schedules.create({"task": TASK, "description": sign("", drawn(bench))})
    bench.client.schedules.update(made.id, {"description": "kept by hand"})
    assert not bench.schedules.delete(made.id, made=as_marked(made))
    assert "its marker was changed meanwhile" in bench.warned[0]
    assert made.id in [one.id for one in bench.emulator.schedules()]
