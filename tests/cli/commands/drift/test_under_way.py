"""A resize that nobody waits for is no drift while it is under way."""

import pytest

from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.reports.drift import Cause, Entry, findings_of


@pytest.mark.parametrize(("status", "is_drift"), [("scaling", False), ("available", True)])
def test_old_nodes_are_drift_once_the_resize_is_over(status: str, is_drift: bool) -> None:
    """While it scales, the nodes say nothing; a cluster that is available with the old ones has not been resized."""
    entry = Entry("dev", "etl", CLUSTER, 501, declared={"nodes": 4, "wait_for": "accepted"}, outputs={"status": status})
    found = findings_of(entry, Cluster.model_validate({"id": 501, "status": status, "nodes": 2}))
    assert ("nodes" in {one.field for one in found}) is is_drift
    assert (Cause.UNFINISHED in {one.cause for one in found}) is not is_drift


@pytest.mark.parametrize("status", ["creating", "scaling"])
@pytest.mark.parametrize(
    ("wait_for", "told"),
    [
        ("accepted", "No `pulumi up` waits for it, as wait_for asks"),
        ("available", "The next `pulumi up` goes on waiting for it"),
    ],
)
def test_what_is_under_way_says_whether_an_up_waits(status: str, wait_for: str, told: str) -> None:
    """With `accepted` the preview plans nothing."""
    entry = Entry("dev", "etl", CLUSTER, 501, declared={"wait_for": wait_for}, outputs={"status": status})
    whole, *_ = findings_of(entry, Cluster.model_validate({"id": 501, "status": status, "nodes": 2}))
    assert (whole.cause, whole.remark) == (Cause.UNFINISHED, f"it is {status}. {told}")
