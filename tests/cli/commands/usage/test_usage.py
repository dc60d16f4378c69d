"""`xplenty-pulumi usage`: node-hours by owner, from the records."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.accounts.command_line import SCOPE, START, Scene, at
from xplenty_pulumi.client import Cluster, paging
from xplenty_pulumi.core.reports.usage import summed

HOUR = timedelta(hours=1)
NOW = datetime(2026, 1, 31, tzinfo=UTC)


def hours(**fields: Any) -> float:
    """Return the node-hours of a cluster within the last ten hours."""
    known = {"id": 1, "status": "available", "nodes": 3, "type": "production"}
    return summed([Cluster(**{**known, **fields})], since=NOW - 10 * HOUR, until=NOW).node_hours


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"available_since": NOW - 2 * HOUR}, 6),
        ({"available_since": NOW - 20 * HOUR}, 30),
        ({"available_since": NOW - HOUR, "launched_at": NOW - 2 * HOUR}, 6),
        ({"available_since": NOW - 4 * HOUR, "terminated_at": NOW - HOUR, "status": "terminated"}, 9),
        ({"available_since": NOW - 14 * HOUR, "terminated_at": NOW - 9 * HOUR, "status": "terminated"}, 3),
        ({"available_since": NOW - 14 * HOUR, "terminated_at": NOW - 12 * HOUR, "status": "terminated"}, 0),
        ({"available_since": NOW - 14 * HOUR, "status": "terminated"}, 0),
        ({"available_since": NOW - 2 * HOUR, "status": "error"}, 6),
        ({"status": "creating"}, 0),
        ({"available_since": NOW - 2 * HOUR, "type": "sandbox", "nodes": 0}, 2),
        ({"available_since": NOW + HOUR}, 0),
    ],
)
def test_node_hours(fields: dict[str, Any], expected: float) -> None:
    """Nodes multiplied by the time a cluster was up, within the period only."""
    assert hours(**fields) == pytest.approx(expected)


def _some_use(scene: Scene) -> None:
    """An owned cluster of four nodes for two hours, and another of two nodes for three."""
    owned = scene.owned_cluster(nodes=4)
    scene.emulator.add_cluster(nodes=2, time_to_idle=86_400)
    scene.clock.advance(7200)
    scene.emulator.end_cluster(owned.id)
    scene.clock.advance(3600)


def test_table(scene: Scene) -> None:
    """The greatest share comes first, and a total last."""
    _some_use(scene)
    assert scene.run("usage", "--since", "4h").lines == [
        f"emulated-account  node-hours from {at(-3600)} to {at(10_800)}",
        "",
        "OWNER        CLUSTERS  NODE-HOURS",
        f"{SCOPE}  1         8.0",
        "unmanaged    1         6.0",
        "total        2         14.0",
        "",
        "the service records no resizes: each cluster counts with its present number of nodes",
    ]


@pytest.mark.parametrize(
    ("fields", "hours", "noted"),
    [
        ({"nodes": 2}, 1.0, True),
        ({"nodes": 2}, 0.02, False),
        ({"nodes": 1, "type": "sandbox"}, 1.0, False),
    ],
)
@pytest.mark.parametrize("form", ["", "--chart"])
def test_resizes_are_mentioned_where_they_may_matter(
    scene: Scene, form: str, fields: dict[str, Any], hours: float, *, noted: bool
) -> None:
    """A sandbox has one node always, and a use that is shown as nothing would be so with other nodes."""
    scene.emulator.add_cluster(time_to_idle=86_400, **fields)
    scene.clock.advance(hours * 3600)
    words = ["usage", *([form] if form else [])]
    assert ("the service records no resizes" in scene.run(*words).out) is noted


def test_json(scene: Scene) -> None:
    """The document holds what is documented and nothing else."""
    _some_use(scene)
    assert scene.run("usage", "--since", "2h", "--json").json == {
        "version": 1,
        "since": at(3600),
        "until": at(10_800),
        "owners": [
            {"owner": SCOPE, "clusters": 1, "node_hours": 4.0},
            {"owner": "unmanaged", "clusters": 1, "node_hours": 4.0},
        ],
        "total": {"clusters": 2, "node_hours": 8.0},
    }


def test_cluster_that_was_not_touched_for_long_counts(scene: Scene) -> None:
    """One that lives on unchanged since before the period is found by its status."""
    scene.emulator.add_cluster(nodes=2, time_to_idle=86_400 * 30)
    scene.clock.advance(86_400 * 5)
    assert scene.run("usage", "--since", "1d", "--json").json["total"]["node_hours"] == 48
    assert scene.clock.now() - START == timedelta(days=5)


def test_bad_period(scene: Scene) -> None:
    """A period that makes no sense is exit code 2."""
    ended = scene.run("usage", "--since", "yesterday")
    assert ended.code == 2
    assert "--since must be a time above zero" in ended.err


def test_a_list_that_is_cut_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads fewer clusters than there are says so on stderr, and nothing there otherwise."""
    _some_use(scene)
    assert scene.run("usage").err == ""
    monkeypatch.setattr(paging, "MOST_PAGES", 1)
    for _ in range(100):
        scene.emulator.add_cluster()
    ended = scene.run("usage")
    assert (ended.code, ended.err) == (
        0,
        "not all clusters were read, because their list is too long: some may be missing here\n",
    )
