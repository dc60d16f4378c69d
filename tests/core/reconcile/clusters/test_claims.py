"""Which clusters with the marker of a resource may be adopted, which are duplicates, and which are somebody's."""

from typing import Any, Literal

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, signed
from tests.support.faults.behaviours import answers, rewritten
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, read, sign
from xplenty_pulumi.emulator import Knobs

OURS = marker_of(OWNER)
HELD = signed("night loads", held=True)
UNFINISHED = signed("night loads")
UNENDED = [*filter(CLUSTER.is_living, CLUSTER.phases), *CLUSTER.statuses(Phase.FAILED)]


def nonces(*texts: str) -> set[str]:
    """Return the nonces of the markers in these texts."""
    return {found.nonce for text in texts if (found := read(text))}


def adoptable(bench: Bench) -> list[int]:
    """Return the ids of what may be adopted; nothing else may carry the marker."""
    claims = bench.known_clusters.claims(OURS)
    assert claims.others == ()
    return [one.id for one in claims.adoptable]


def others(bench: Bench) -> list[int]:
    """Return the ids of what is somebody's; nothing may be adoptable."""
    claims = bench.known_clusters.claims(OURS)
    assert claims.adoptable == ()
    return [one.id for one in claims.others]


@pytest.mark.parametrize("status", UNENDED)
def test_an_unfinished_cluster_is_adoptable(bench: Bench, status: str) -> None:
    """Whatever it is doing, and broken too: what becomes of that is for the create to say."""
    made = bench.emulator.add_cluster(description=UNFINISHED, status=status)
    (found,) = bench.known_clusters.claims(OURS).adoptable
    assert (found.id, found.status) == (made.id, status)


@pytest.mark.parametrize("status", CLUSTER.statuses(Phase.ENDING, Phase.GONE))
def test_an_ended_cluster_is_nothing(bench: Bench, status: str) -> None:
    """What is ending is not adopted, or a replacement would adopt its predecessor; nor is it a duplicate."""
    before = bench.another_process().known_clusters.listing()
    bench.emulator.add_cluster(description=UNFINISHED, status=status)
    bench.emulator.add_cluster(description=HELD, status=status)
    assert adoptable(bench) == []
    assert bench.known_clusters.unfinished(OURS) == []
    assert bench.known_clusters.surplus(OURS, nonces(UNFINISHED), kept=0, is_new=True) == []
    assert bench.known_clusters.appeared(OURS, nonces(UNFINISHED), before) == []


@pytest.mark.parametrize(
    "description",
    [
        None,
        "",
        "night loads",
        f"{UNFINISHED} (do not touch)",
        signed(owner=Owner("acme", "loads", "prod", "nightly")),
        signed(owner=Owner("acme", "loads", "dev", "hourly")),
        UNFINISHED.replace("xp2", "xp3"),
    ],
)
def test_what_does_not_carry_our_marker_is_nothing(bench: Bench, description: str | None) -> None:
    """Neither an unmarked cluster nor that of another stack or resource is ours, nor in the way."""
    bench.emulator.add_cluster(description=description)
    assert adoptable(bench) == []
    assert bench.known_clusters.surplus(OURS, nonces(UNFINISHED), kept=0, is_new=False) == []


@pytest.mark.parametrize("text", [HELD, sign("", OURS), signed(minutes_ago=61)])
def test_what_is_held_or_old_is_somebodys(bench: Bench, text: str) -> None:
    """It is not adopted, and it is known, so that nothing is created beside it."""
    assert others(bench) == []
    bench.clock.advance(6)
    made = bench.emulator.add_cluster(description=text)
    assert others(bench) == [made.id]


@pytest.mark.parametrize("creator", [{"type": "User", "id": 28}, {"type": "Schedule", "id": 27}])
def test_what_another_has_made_is_somebodys(bench: Bench, creator: dict[str, Any]) -> None:
    """A colleague who copied a description has a cluster of his own."""
    made = bench.emulator.add_cluster(description=UNFINISHED)
    bench.wire.on("GET clusters.*", rewritten(lambda record: record.update(creator=creator)))
    assert others(bench) == [made.id]
    assert bench.known_clusters.surplus(OURS, nonces(UNFINISHED), kept=0, is_new=True) == []


def test_without_a_known_user_the_marker_decides(bench: Bench) -> None:
    """A service that does not say whose the key is does not lead to a second cluster."""
    made = bench.emulator.add_cluster(description=UNFINISHED)
    bench.wire.on("GET .*user", answers(500))
    assert adoptable(bench) == [made.id]
    assert [one.id for one in bench.known_clusters.surplus(OURS, nonces(UNFINISHED), kept=0, is_new=True)] == [made.id]


def test_what_the_state_holds_is_not_claimed(bench: Bench) -> None:
    """It is not lost, however it was found; another process knows nothing of it."""
    before = bench.known_clusters.listing()
    bench.clock.advance(6)
    made = bench.emulator.add_cluster(description=UNFINISHED)
    bench.known_clusters.hold(made.id)
    assert adoptable(bench) == []
    assert bench.known_clusters.unfinished(OURS) == []
    assert bench.known_clusters.surplus(OURS, nonces(UNFINISHED), kept=0, is_new=True) == []
    assert bench.known_clusters.appeared(OURS, nonces(UNFINISHED), before) == []
    assert adoptable(bench.another_process()) == [made.id]


def test_what_the_state_has_let_go_of_is_adoptable(bench: Bench) -> None:
    """A held one too, since this process knows that it was ours; once it is held again it is not."""
    made = bench.emulator.add_cluster(description=HELD)
    bench.known_clusters.hold(made.id)
    bench.known_clusters.release(made.id)
    assert adoptable(bench) == [made.id]
    bench.known_clusters.hold(made.id)
    assert adoptable(bench) == []


def test_unfinished_ones_are_known(bench: Bench) -> None:
    """Of any nonce and age; held ones, those of version 1 and those of others are not."""
    made = [bench.emulator.add_cluster(description=signed(seed=seed, minutes_ago=seed * 50)) for seed in (1, 2)]
    for text in (HELD, sign("", OURS), signed(owner=Owner("a", "b", "c", "d")), None):
        bench.emulator.add_cluster(description=text)
    assert {one.id for one in bench.known_clusters.unfinished(OURS)} == {one.id for one in made}


def test_unfinished_ones_are_looked_for_among_what_was_just_read(bench: Bench) -> None:
    """No list is read once more; each is looked at as it is now."""
    made = bench.emulator.add_cluster(description=UNFINISHED)
    read_before = list(bench.client.clusters.list())
    bench.emulator.add_cluster(description=signed(seed=2))
    lists = bench.wire.count("GET clusters")
    assert [one.id for one in bench.known_clusters.unfinished(OURS, among=read_before)] == [made.id]
    assert bench.wire.count("GET clusters") == lists


@pytest.mark.parametrize("is_new", [True, False])
def test_surplus_is_what_our_nonces_made_besides(bench: Bench, *, is_new: bool) -> None:
    """Not what is kept, not what is held, not what another call made, and nothing else that carries the marker."""
    kept, surplus = (bench.emulator.add_cluster(description=UNFINISHED) for _ in range(2))
    for text in (HELD, signed(seed=2), sign("", OURS), None):
        bench.emulator.add_cluster(description=text)
    found = bench.known_clusters.surplus(OURS, nonces(UNFINISHED), kept=kept.id, is_new=is_new)
    assert [one.id for one in found] == [surplus.id]


def test_surplus_of_a_new_call_costs_one_list(bench: Bench) -> None:
    """It is among the newest hundred; that of older calls is looked for among all that live."""
    old = bench.emulator.add_cluster(description=UNFINISHED)
    for _ in range(100):
        bench.emulator.add_cluster(status="terminated")
    assert bench.known_clusters.surplus(OURS, nonces(UNFINISHED), kept=0, is_new=True) == []
    assert bench.wire.count("GET .*") == 1
    assert [one.id for one in bench.known_clusters.surplus(OURS, nonces(UNFINISHED), kept=0, is_new=False)] == [old.id]


@pytest.mark.parametrize("hours", [-5, 5])
def test_what_appeared_since_is_found_whatever_the_clocks_say(bench: Bench, hours: int) -> None:
    """Between a look before and a look after, no time needs to be compared."""
    bench.emulator.add_cluster()
    before = bench.known_clusters.listing()
    bench.clock.jump(hours * 3600)
    made = [bench.emulator.add_cluster(description=UNFINISHED, status=status).id for status in ("pending", "error")]
    assert {one.id for one in bench.known_clusters.appeared(OURS, nonces(UNFINISHED), before)} == set(made)


@pytest.mark.parametrize("ties", ["by_id", "against_id"])
def test_what_appeared_in_the_same_second_is_found(ties: Literal["by_id", "against_id"]) -> None:
    """The service shows seconds, and may list the clusters of one in any order."""
    bench = Bench.new(knobs=Knobs(list_ties=ties))
    bench.emulator.add_cluster()
    before = bench.known_clusters.listing()
    made = bench.emulator.add_cluster(description=UNFINISHED)
    assert [one.id for one in bench.known_clusters.appeared(OURS, nonces(UNFINISHED), before)] == [made.id]


@pytest.mark.parametrize("text", [HELD, signed(seed=2), sign("", OURS)])
def test_what_another_call_made_did_not_appear(bench: Bench, text: str) -> None:
    """Only a nonce of this resource's own calls shows that a lost answer was about it."""
    before = bench.known_clusters.listing()
    bench.emulator.add_cluster(description=text)
    assert bench.known_clusters.appeared(OURS, nonces(UNFINISHED), before) == []


def test_what_was_there_before_did_not_appear_since(bench: Bench) -> None:
    """A predecessor that was listed before is not the answer that got lost."""
    bench.emulator.add_cluster(description=UNFINISHED)
    before = bench.known_clusters.listing()
    assert bench.known_clusters.appeared(OURS, nonces(UNFINISHED), before) == []


def test_a_service_that_hides_new_clusters_for_a_while() -> None:
    """A list that lags shows the cluster at a later look."""
    bench = Bench.new(knobs=Knobs(list_lag_seconds=15))
    before = bench.known_clusters.listing()
    bench.emulator.add_cluster(description=UNFINISHED)
    assert bench.known_clusters.appeared(OURS, nonces(UNFINISHED), before) == []
    bench.clock.advance(15)
    assert bench.known_clusters.appeared(OURS, nonces(UNFINISHED), before) != []
