"""What interrupted create calls left behind is adopted; what nothing proves to be this resource's is refused."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, adopted, desired, signed
from tests.support.faults.behaviours import answers, hiding, rewritten
from xplenty_pulumi.core.kinds.marker import marker_of, read, sign
from xplenty_pulumi.emulator import EmulatedCluster
from xplenty_pulumi.errors import RefusedError

OURS = marker_of(OWNER)
UNFINISHED = signed()


def test_an_earlier_attempt_is_adopted(bench: Bench) -> None:
    """What a crash left behind is taken up and held, nothing is created, and the user is told."""
    left = bench.emulator.add_cluster(description=UNFINISHED)
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert outcome.record.id == left.id
    assert bench.wire.count("POST clusters") == 0
    text = "which carries the marker of this resource, as after an interrupted create call or a hand-over"
    assert bench.warned == [f"adopted cluster {left.id}, {text}"]
    signature = adopted("", nonces=outcome.nonces)
    assert outcome.record.description == bench.emulator.cluster(left.id).description == signature


def test_an_adopted_cluster_is_brought_to_the_desired_form(bench: Bench) -> None:
    """What can be changed in place is changed after the adoption, and seen."""
    left = bench.emulator.add_cluster(description=UNFINISHED, name="old", nodes=2)
    outcome = bench.clusters.create(desired(nodes=4, name="new", description="night"))
    assert outcome.problem is None
    assert (outcome.record.id, outcome.record.nodes, outcome.record.name) == (left.id, 4, "new")
    assert bench.emulator.cluster(left.id).description == adopted("night", nonces=outcome.nonces)


def test_name_is_no_proof(bench: Bench) -> None:
    """A cluster of the same name is somebody's, be it one that was made for a resource of the same name."""
    other = bench.emulator.add_cluster(name="etl-3f2a91c")
    outcome = bench.clusters.create(desired(name="etl-3f2a91c"))
    assert outcome.problem is None
    assert outcome.record.id != other.id
    assert bench.emulator.cluster(other.id) == other


def test_an_adopted_cluster_may_still_be_building(bench: Bench) -> None:
    """It is waited for before it is changed, since the service refuses to resize it earlier."""
    left = bench.emulator.add_cluster(description=UNFINISHED, status="creating")
    outcome = bench.clusters.create(desired(nodes=3))
    assert outcome.problem is None
    assert bench.wire.bodies("PUT .*") == [{"nodes": 3}, {"description": adopted("", nonces=outcome.nonces)}]
    assert bench.emulator.cluster(left.id).nodes == 3


@pytest.mark.parametrize(
    "other",
    [{"zone": "us-east-1c"}, {"type": "sandbox", "nodes": 1}, {"bootstrap_actions": ({"script_path": "s3://a"},)}],
)
def test_another_shape_is_refused(bench: Bench, other: dict[str, Any]) -> None:
    """A cluster that cannot become the desired one is neither adopted nor ended nor doubled."""
    left = bench.emulator.add_cluster(description=UNFINISHED, **{"zone": "us-east-1b", **other})
    with pytest.raises(RefusedError) as caught:
        bench.clusters.create(desired(zone="us-east-1b", bootstrap_actions=[]))
    assert caught.value.resource == f"cluster {left.id}"
    assert f"has another {next(iter(other))}" in str(caught.value)
    assert f"`xplenty-pulumi hand-over cluster:{left.id} --release`" in caught.value.advice
    assert {method for method, _, _ in bench.wire.requests} == {"GET"}


def test_of_two_attempts_one_is_adopted_and_the_other_ended(bench: Bench) -> None:
    """Both nonces count as drawn by this resource, so the second is a duplicate."""
    left = [bench.emulator.add_cluster(description=signed(seed=seed)) for seed in (1, 2)]
    outcome = bench.clusters.create(desired())
    assert (outcome.record.id, outcome.problem) == (left[0].id, None)
    assert bench.emulator.cluster(left[1].id).status == "terminated"
    assert set(outcome.nonces) > {found.nonce for one in left if (found := read(one.description))}
    assert f"cluster {left[1].id}, a duplicate of cluster {left[0].id}, was ended: terminated" in bench.warned
    assert bench.wire.count("POST clusters") == 0


def handed_over(bench: Bench, seed: int) -> EmulatedCluster:
    """Return a cluster that somebody has made a moment ago and handed over to the resource."""
    made = bench.emulator.add_cluster()
    bench.emulator.edit_cluster(made.id, description=sign("", OURS.handed_over(bench.clock.now(), Random(seed))))
    return made


def test_of_two_that_were_handed_over_none_is_ended(bench: Bench) -> None:
    """Which one the user means cannot be told, so the refusal names both, and the command that takes one back."""
    both = [handed_over(bench, seed) for seed in (1, 2)]
    with pytest.raises(RefusedError, match=f"clusters {both[0].id} and {both[1].id} were all handed over") as caught:
        bench.clusters.create(desired())
    for one in both:
        assert f"`xplenty-pulumi hand-over cluster:{one.id} --release`" in caught.value.advice
    assert {method for method, _, _ in bench.wire.requests} == {"GET"}


def test_one_that_was_handed_over_is_adopted_before_a_left_one(bench: Bench) -> None:
    """What a user means goes before what an interrupted create call has made besides."""
    left = bench.emulator.add_cluster(description=signed(seed=1))
    meant = handed_over(bench, seed=2)
    assert bench.clusters.create(desired()).record.id == meant.id
    assert bench.emulator.cluster(left.id).status == "terminated"


def test_one_that_works_is_adopted_before_a_broken_one(bench: Bench) -> None:
    """The broken one is then the duplicate."""
    broken = bench.emulator.add_cluster(description=signed(seed=1), status="error")
    left = bench.emulator.add_cluster(description=signed(seed=2))
    assert bench.clusters.create(desired()).record.id == left.id
    assert bench.emulator.cluster(broken.id).status == "terminated"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (signed("night", held=True), "is held by a state"),
        (sign("night", OURS), "is held by a state"),
        (signed("night", minutes_ago=61), "too long ago for a lost answer"),
    ],
)
def test_what_is_held_or_old_is_refused_with_the_ways_out(bench: Bench, text: str, why: str) -> None:
    """Nothing is created, changed or ended, also where another one could be adopted."""
    made = bench.emulator.add_cluster(description=text)
    bench.emulator.add_cluster(description=UNFINISHED)
    with pytest.raises(RefusedError, match=why) as caught:
        bench.clusters.create(desired())
    assert caught.value.resource == f"cluster {made.id}"
    assert f"`xplenty-pulumi hand-over cluster:{made.id}`" in caught.value.advice
    assert {method for method, _, _ in bench.wire.requests} == {"GET"}


@pytest.mark.parametrize("creator", [{"type": "User", "id": 28}, {"type": "Schedule", "id": 27}])
def test_what_another_has_made_is_refused(bench: Bench, creator: dict[str, Any]) -> None:
    """A colleague who copied the description keeps his cluster as it is."""
    made = bench.emulator.add_cluster(description=UNFINISHED)
    bench.wire.on("GET clusters.*", rewritten(lambda record: record.update(creator=creator)))
    with pytest.raises(RefusedError, match="was created by another user"):
        bench.clusters.create(desired(nodes=5))
    assert bench.emulator.cluster(made.id) == made
    assert bench.wire.count("POST .*") == 0


def test_a_new_stack_of_an_old_name_is_refused(bench: Bench) -> None:
    """The cluster that a renamed stack holds is not adopted by a stack that takes its old name."""
    made = bench.clusters.create(desired()).record
    with pytest.raises(RefusedError, match="run `pulumi up` in the renamed stack"):
        bench.another_process().clusters.create(desired())
    assert [one.id for one in bench.emulator.living_clusters()] == [made.id]


@pytest.mark.parametrize("part", ["organization", "project", "stack", "name"])
@pytest.mark.parametrize("is_held", [True, False])
def test_clusters_of_others_are_not_adopted(bench: Bench, part: str, *, is_held: bool) -> None:
    """The same program in another stack has clusters of its own, which are not in the way."""
    text = signed(owner=replace(OWNER, **{part: "other"}), held=is_held)
    foreign = bench.emulator.add_cluster(description=text)
    outcome = bench.clusters.create(desired())
    assert outcome.record.id != foreign.id
    assert bench.emulator.cluster(foreign.id).updated_at == foreign.updated_at


def test_ended_ones_are_not_adopted(bench: Bench) -> None:
    """A replacement whose predecessor is ending is a new cluster."""
    old = bench.emulator.add_cluster(description=signed(held=True), status="pending_terminate")
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert outcome.record.id != old.id


def test_what_was_just_created_is_seen_by_the_next(bench: Bench) -> None:
    """A second create of the same resource after one that the state did not keep adopts the first, at once."""
    bench.cancel_at("POST clusters")
    first = bench.clusters.create(replace(desired(), keeps_id=False))
    again = bench.another_process()
    second = again.clusters.create(desired())
    assert second.record.id == first.record.id
    assert bench.wire.count("POST clusters") == 1


def test_a_cluster_that_was_falsely_gone_is_found_again(bench: Bench) -> None:
    """A cluster that the state dropped because every look missed it is adopted in the same process, not made twice."""
    made = bench.clusters.create(desired()).record
    process = bench.another_process()
    process.wire.on(f"GET clusters/{made.id}", answers(404), calls={1, 2})
    process.wire.on("GET clusters", hiding(made.id), calls={1, 2, 3})
    assert process.clusters.read(made.id).gone
    assert process.clusters.create(desired()).record.id == made.id
