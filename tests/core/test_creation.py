"""A cluster is created at most once, whatever becomes of the answers."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.core_bench import (
    OWNER,
    Behaviour,
    Bench,
    answers,
    desired,
    unreachable,
)
from xplenty_pulumi.core.marker import marker_of, sign
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import (
    BillingError,
    Cancelled,
    InvalidError,
    NotSentError,
    RefusedError,
    ServerError,
)

OURS = marker_of(OWNER)
SIGNED = sign("", OURS)


def test_what_is_sent(bench: Bench) -> None:
    """The body holds what the user set, the documented defaults and the signed description, and nothing of ours."""
    bench.clusters.create(desired(nodes=3, name="night", description="loads", marker=True, ready_timeout="1h"))
    assert bench.wire.bodies("POST clusters") == [
        {
            "nodes": 3,
            "type": "production",
            "name": "night",
            "description": f"loads {OURS}",
            "terminate_on_idle": False,
            "time_to_idle": 3600,
        }
    ]


def test_an_earlier_attempt_is_adopted(bench: Bench) -> None:
    """What a crash left behind is taken up, and nothing is created."""
    left = bench.emulator.add_cluster(description=SIGNED)
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert outcome.record.id == left.id
    assert bench.wire.count("POST clusters") == 0
    assert bench.headlines[0] == f"adopting cluster {left.id}, which an earlier attempt left behind"


def test_an_adopted_cluster_is_brought_to_the_desired_form(bench: Bench) -> None:
    """What can be changed in place is changed after the adoption, and seen."""
    left = bench.emulator.add_cluster(description=SIGNED, name="old", nodes=2)
    outcome = bench.clusters.create(desired(nodes=4, name="new", description="night"))
    assert outcome.problem is None
    assert (outcome.record.id, outcome.record.nodes, outcome.record.name) == (left.id, 4, "new")
    assert bench.emulator.cluster(left.id).description == f"night {OURS}"


def test_an_adopted_cluster_may_still_be_building(bench: Bench) -> None:
    """It is waited for before it is changed, since the service refuses to resize it earlier."""
    left = bench.emulator.add_cluster(description=SIGNED, status="creating")
    outcome = bench.clusters.create(desired(nodes=3))
    assert outcome.problem is None
    assert bench.wire.count("PUT .*") == 1
    assert bench.emulator.cluster(left.id).nodes == 3


@pytest.mark.parametrize(
    "other",
    [{"zone": "us-east-1c"}, {"type": "sandbox", "nodes": 1}, {"bootstrap_actions": ({"script_path": "s3://a"},)}],
)
def test_another_shape_is_refused(bench: Bench, other: dict[str, Any]) -> None:
    """A cluster that can not become the desired one is neither adopted nor ended nor doubled."""
    left = bench.emulator.add_cluster(description=SIGNED, **{"zone": "us-east-1b", **other})
    with pytest.raises(RefusedError) as caught:
        bench.clusters.create(desired(zone="us-east-1b", bootstrap_actions=[]))
    assert caught.value.resource == f"cluster {left.id}"
    assert f"has another {next(iter(other))}" in str(caught.value)
    assert bench.wire.count("POST clusters") == bench.wire.count("DELETE .*") == 0


def test_several_and_old_ones_are_refused(bench: Bench) -> None:
    """Nothing is created where it is not clear what exists."""
    bench.emulator.add_cluster(description=SIGNED)
    bench.clock.advance(3700)
    with pytest.raises(RefusedError, match="too long ago"):
        bench.clusters.create(desired())
    bench.emulator.add_cluster(description=SIGNED)
    bench.clock.advance(6)
    with pytest.raises(RefusedError, match="all carry the marker"):
        bench.clusters.create(desired())
    assert bench.wire.count("POST clusters") == 0


@pytest.mark.parametrize("part", ["organization", "project", "stack", "name"])
def test_clusters_of_others_are_not_adopted(bench: Bench, part: str) -> None:
    """The same program in another stack has clusters of its own."""
    foreign = bench.emulator.add_cluster(description=sign("", marker_of(replace(OWNER, **{part: "other"}))))
    outcome = bench.clusters.create(desired())
    assert outcome.record.id != foreign.id
    assert bench.emulator.cluster(foreign.id).updated_at == foreign.updated_at


def test_ended_ones_are_not_adopted(bench: Bench) -> None:
    """A replacement whose predecessor is ending is a new cluster."""
    old = bench.emulator.add_cluster(description=SIGNED, status="pending_terminate")
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert outcome.record.id != old.id


def test_without_a_marker_nothing_is_looked_for(bench: Bench) -> None:
    """Whoever switches the marker off gets a plain description, and no adoption."""
    bench.emulator.add_cluster(description=SIGNED)
    outcome = bench.clusters.create(desired(marker=False, description="night"))
    assert outcome.problem is None
    assert bench.emulator.cluster(outcome.record.id).description == "night"
    assert len(bench.emulator.living_clusters()) == 2


@pytest.mark.parametrize(
    ("fault", "error", "posts"),
    [
        (answers(402), BillingError, 1),
        (answers(422, "nodes is too much"), InvalidError, 1),
        (unreachable, NotSentError, 4),
    ],
)
def test_a_refused_create_makes_nothing(bench: Bench, fault: Behaviour, error: type[Exception], posts: int) -> None:
    """A definite answer is raised as it is."""
    bench.wire.on("POST clusters", fault)
    with pytest.raises(error):
        bench.clusters.create(desired())
    assert bench.wire.count("POST clusters") == posts
    assert bench.emulator.clusters() == ()


def test_nothing_is_created_when_looking_failed_before(bench: Bench) -> None:
    """Without knowing what exists, nothing is asked for."""
    bench.wire.on("GET clusters", answers(500))
    with pytest.raises(ServerError):
        bench.clusters.create(desired())
    assert bench.wire.count("POST clusters") == 0


@pytest.mark.parametrize(("description", "warned"), [("night", False), ("a" * 60, True)])
def test_a_marker_that_was_cut_off_is_warned_of(description: str, *, warned: bool) -> None:
    """A service that shortens descriptions takes the marker away, so the user hears what that means."""
    bench = Bench.new(knobs=Knobs(description_max_length=64, description_too_long="cut"))
    outcome = bench.clusters.create(desired(description=description))
    assert outcome.problem is None
    assert len(bench.warned) == warned
    assert all("did not keep the ownership marker" in one for one in bench.warned)


def test_what_was_just_created_is_seen_by_the_next(bench: Bench) -> None:
    """A second create of the same resource, in the same process and at once, adopts the first."""
    bench.cancel_at("POST clusters")
    first = bench.clusters.create(desired())
    second = bench.clusters.create(desired())
    assert second.record.id == first.record.id
    assert bench.wire.count("POST clusters") == 1


def test_nothing_is_created_after_a_cancel(bench: Bench) -> None:
    """Who has had enough before the call is sent gets no cluster."""
    bench.interruption = "cancelled"
    with pytest.raises(Cancelled, match="cancelled before creating it, so nothing was sent"):
        bench.clusters.create(desired())
    assert bench.emulator.clusters() == ()
