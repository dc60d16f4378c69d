"""What a difference asks for: nothing, an update in place, or a new resource."""

from typing import Any

import pytest

from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.compare import ChangePlan, plan
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Change

READY = {"status": "available", "nodes": 2, "type": "production", "zone": "b", "name": "night"}


@pytest.mark.parametrize(
    ("wanted", "updates", "replaces"),
    [
        ({"nodes": 2}, [], ()),
        ({"nodes": 3}, ["nodes"], ()),
        ({"nodes": 3, "name": "day"}, ["nodes", "name"], ()),
        ({"type": "sandbox"}, [], ("type",)),
        ({"zone": "c", "type": "sandbox", "nodes": 1}, ["nodes"], ("type", "zone")),
        ({"ready_timeout": 1.0}, [], ()),
    ],
)
def test_cluster_plan(wanted: dict[str, Any], updates: list[str], replaces: tuple[str, ...]) -> None:
    """Updates and replacements are parted by the table."""
    found = plan(CLUSTER, wanted, READY)
    assert [one.field for one in found.updates] == updates
    assert found.replaces == replaces
    assert found.changes == bool(updates or replaces)


@pytest.mark.parametrize("name", [*CLUSTER.names(Change.REPLACE)])
def test_what_comes_later_counts_as_changed(name: str) -> None:
    """A field that cannot be changed in place and has no value yet asks for a new resource."""
    assert plan(CLUSTER, {}, READY, unknown=frozenset({name})).replaces == (name,)


@pytest.mark.parametrize("name", [*CLUSTER.names(Change.IN_PLACE), *CLUSTER.names(Change.LOCAL)])
def test_what_comes_later_may_change_in_place(name: str) -> None:
    """A field that can be changed in place never asks for a new resource, whatever its value will be."""
    assert plan(CLUSTER, {}, READY, unknown=frozenset({name})).replaces == ()


@pytest.mark.parametrize("status", ["error", "terminated"])
def test_a_broken_cluster_is_replaced(status: str) -> None:
    """What cannot be mended is replaced because of its status, before any other reason."""
    found = plan(CLUSTER, {"zone": "c"}, {**READY, "status": status})
    assert found.replaces == ("status", "zone")


@pytest.mark.parametrize("status", ["pending", "creating", "available", "idle", "scaling", "hibernating", ""])
def test_a_cluster_that_may_come_to_work_is_kept(status: str) -> None:
    """Waiting goes on for what is on its way, and for a status nobody knows."""
    assert plan(CLUSTER, {"nodes": 2}, {**READY, "status": status}) == ChangePlan()


@pytest.mark.parametrize(
    ("status", "spent"),
    [
        ("idle", False),
        ("pending", False),
        ("queued", False),
        ("running", False),
        ("completed", False),
        ("failed", True),
        ("stopped", True),
        ("pending_stoppage", False),
        ("stopping", False),
        ("paused", False),
    ],
)
def test_a_run_that_did_not_succeed_is_run_again(status: str, *, spent: bool) -> None:
    """A failed or stopped run asks for a new one, a completed one for nothing."""
    assert JOB_RUN.is_spent(status) is spent
    assert plan(JOB_RUN, {"cluster_id": "7"}, {"cluster_id": "7", "status": status}).changes is spent


def test_nothing_to_do_is_no_change() -> None:
    """An empty plan says so."""
    assert not ChangePlan().changes
