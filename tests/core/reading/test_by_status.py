"""Lists by status together miss nothing that changes its status while they are read."""

import pytest

from tests.support.accounts.bench import Bench
from tests.support.faults.behaviours import preceded_by
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import LIVING
from xplenty_pulumi.core.reading.pages import listed_by_status

STATUSES = CLUSTER.statuses(*LIVING)
READY = ("available", "idle")


@pytest.mark.parametrize("moment", range(1, len(STATUSES) + len(READY) + 1))
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pending", "creating"),
        ("creating", "available"),
        ("available", "idle"),
        ("idle", "available"),
        ("available", "scaling"),
        ("idle", "scaling"),
        ("scaling", "available"),
        ("scaling", "idle"),
    ],
)
def test_a_cluster_that_moves_on_is_listed(bench: Bench, before: str, after: str, moment: int) -> None:
    """It changes its status before one of the lists, whichever that is."""
    moving = bench.ready_cluster(status=before)
    moved = preceded_by(lambda: bench.emulator.edit_cluster(moving.id, status=after))
    bench.wire.on("GET clusters", moved, calls={moment})
    assert [*listed_by_status(bench.client, CLUSTER, STATUSES)] == [moving.id]
    assert bench.emulator.cluster(moving.id).status == after


def test_a_cluster_that_moves_to_a_page_that_was_read_is_listed(bench: Bench) -> None:
    """One of the first page ends before the second page is read, and the first of that becomes the last of this."""
    made = [bench.emulator.add_cluster(status="creating").id for _ in range(101)]
    newest, oldest = made[-1], made[0]
    ended = preceded_by(lambda: bench.emulator.edit_cluster(newest, status="terminated"))
    bench.wire.on("GET clusters", ended, calls={2})
    assert oldest in listed_by_status(bench.client, CLUSTER, ("creating",))
