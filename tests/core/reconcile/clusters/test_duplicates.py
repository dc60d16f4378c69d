"""What create calls of a resource made besides the one that is kept is ended, at once where it is seen."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired, signed
from tests.support.faults.behaviours import answers, doubled, doubled_late, late, lost_after, rewritten
from xplenty_pulumi.core.kinds.marker import marker_of, read
from xplenty_pulumi.errors import AuthError, ServerError

OURS = marker_of(OWNER)


def living(bench: Bench) -> list[int]:
    """Return the ids of the clusters that live, once all that is under way has arrived."""
    list(bench.client.clusters.list())
    return [one.id for one in bench.emulator.living_clusters()]


def nonce() -> str:
    """Return the nonce of an unfinished marker."""
    found = read(signed())
    assert found is not None
    return found.nonce


def test_a_doubled_create_call_is_ended_at_once(bench: Bench) -> None:
    """Both carry the same nonce, so the one that the answer does not show is a duplicate."""
    bench.wire.on("POST clusters", doubled)
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert living(bench) == [outcome.record.id]
    (warning,) = bench.warned
    assert warning == f"cluster 501, a duplicate of cluster {outcome.record.id}, was ended: terminated"


def test_a_first_call_that_took_effect_late_is_ended_at_once(bench: Bench) -> None:
    """Its nonce was drawn by the same create."""
    bench.wire.on("POST clusters", late(60), calls={1})
    outcome = bench.clusters.create(desired())
    assert living(bench) == [outcome.record.id]
    assert len(outcome.nonces) == 2


def test_a_call_doubled_too_late_is_ended_by_destroy(bench: Bench) -> None:
    """The state knows the nonces, so nothing is left behind."""
    bench.wire.on("POST clusters", doubled_late(1000), calls={1})
    outcome = bench.clusters.create(desired())
    bench.clock.advance(1000)
    assert len(living(bench)) == 2
    end = bench.another_process()
    assert end.clusters.delete(outcome.record.id, timeout=600, owner=OURS, nonces=outcome.nonces) == "terminated"
    assert living(bench) == []
    assert "a duplicate of cluster 501, was ended: terminated" in end.warned[0]


@pytest.mark.parametrize("is_known", [True, False])
def test_it_is_told_until_then(bench: Bench, *, is_known: bool) -> None:
    """A refresh names it, and what ends it: a destroy does so only where the state knows its nonce."""
    bench.wire.on("POST clusters", doubled_late(1000), calls={1})
    outcome = bench.clusters.create(desired())
    bench.clock.advance(1000)
    refresh = bench.another_process()
    nonces = outcome.nonces if is_known else ("another",)
    assert not refresh.clusters.read(outcome.record.id, owner=OURS, nonces=nonces).gone
    assert "cluster 502 is a duplicate of cluster 501" in refresh.warned[0]
    assert ("`pulumi destroy` ends it, and so does" in refresh.warned[0]) is is_known
    assert ("`xplenty-pulumi recover --end-strays` does" in refresh.warned[0]) is not is_known


@pytest.mark.parametrize(("owner", "nonces"), [(None, (nonce(),)), (OURS, ()), (OURS, ("another",))])
def test_a_destroy_ends_nothing_that_it_does_not_know(bench: Bench, owner: object, nonces: tuple[str, ...]) -> None:
    """Without the nonces of its create calls, as in an older state, only the cluster itself is ended."""
    made = bench.emulator.add_cluster(description=signed(held=True))
    other = bench.emulator.add_cluster(description=signed())
    bench.clusters.delete(made.id, timeout=600, owner=OURS if owner else None, nonces=nonces)
    assert living(bench) == [other.id]


@pytest.mark.parametrize("creator", [{"type": "User", "id": 28}, {"type": "Schedule", "id": 27}])
def test_what_another_has_made_is_no_duplicate(bench: Bench, creator: dict[str, object]) -> None:
    """Even with a nonce of ours, which a copied description has."""
    made = bench.emulator.add_cluster(description=signed(held=True))
    copy = bench.emulator.add_cluster(description=signed())
    bench.wire.on("GET clusters.*", rewritten(lambda one: one["id"] == copy.id and one.update(creator=creator)))
    bench.clusters.delete(made.id, timeout=600, owner=OURS, nonces=(nonce(),))
    assert living(bench) == [copy.id]


def test_a_duplicate_that_can_not_be_ended_is_warned_of(bench: Bench) -> None:
    """The cluster that is kept is as desired all the same."""
    bench.wire.on("POST clusters", doubled)
    bench.wire.on("DELETE clusters/501", answers(422, "not now"))
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    (warning,) = bench.warned
    assert warning.startswith(f"cluster 501 is a duplicate of cluster {outcome.record.id} and goes on existing: ")
    assert "it may cost money until it is terminated" in warning


def test_a_search_that_fails_is_warned_of(bench: Bench) -> None:
    """Nothing that is known to be well fails because of it."""
    left = bench.emulator.add_cluster(description=signed())
    bench.wire.on("GET clusters", answers(500))
    assert bench.clusters.update(left.id, desired()).problem is None
    assert bench.warned[0].startswith(f"cluster {left.id}: could not look for duplicates of it: ")


@pytest.mark.parametrize(("status", "error"), [(500, ServerError), (401, AuthError)])
def test_a_destroy_that_can_not_look_for_duplicates_fails(bench: Bench, status: int, error: type[Exception]) -> None:
    """The state keeps the cluster, so the next destroy looks again."""
    made = bench.emulator.add_cluster(description=signed(held=True))
    bench.wire.on("GET clusters", answers(status))
    with pytest.raises(error):
        bench.clusters.delete(made.id, timeout=600, owner=OURS, nonces=(nonce(),))
    assert bench.emulator.living_clusters() == ()


def test_an_update_of_an_unfinished_cluster_ends_its_duplicates(bench: Bench) -> None:
    """One that a create left half-made is finished, with all that belongs to its end."""
    made, duplicate, other = (
        bench.emulator.add_cluster(description=text) for text in (signed(), signed(), signed(seed=2))
    )
    outcome = bench.clusters.update(made.id, desired())
    assert outcome.problem is None
    assert living(bench) == [made.id, other.id]
    assert bench.emulator.cluster(duplicate.id).status == "terminated"
    assert bench.emulator.cluster(made.id).description == signed(held=True)


def test_an_update_of_a_held_cluster_looks_for_none(bench: Bench) -> None:
    """It costs no list, and its nonces go on being known."""
    made = bench.emulator.add_cluster(description=signed(held=True))
    outcome = bench.clusters.update(made.id, replace(desired(nodes=3), nonces=(nonce(),)))
    assert outcome.nonces == (nonce(),)
    assert bench.wire.count("GET clusters") == 0


def test_a_lost_answer_of_a_doubled_call_leaves_one(bench: Bench) -> None:
    """One of both is found and kept, the other ended."""
    bench.wire.on("POST clusters", lambda one: (one.forward(), one.meet(lost_after))[1])
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert living(bench) == [outcome.record.id]


@pytest.fixture
def crowd(bench: Bench) -> Iterator[Bench]:
    """The bench while others wait as well, so that clusters are polled by their list."""
    others = [bench.emulator.add_cluster(status="pending").id for _ in range(3)]
    with ExitStack() as waits:
        for one in others:
            waits.enter_context(bench.polls.clusters.poller.following(one))
        yield bench


def test_waits_together_need_no_list_for_duplicates(crowd: Bench) -> None:
    """The poll that showed a cluster ready would have shown a duplicate as well, so nothing is read to look for one."""
    assert crowd.clusters.create(desired()).problem is None
    waited = len([one for one, _ in crowd.told if one.startswith("[")])
    find, confirmed = 1, 2
    assert crowd.wire.count("GET clusters") == find + waited - 1 + confirmed


def test_a_duplicate_is_found_in_the_poll_of_many(crowd: Bench) -> None:
    """What a doubled create call has made is seen by the wait, and ended as soon as that is over."""
    crowd.wire.on("POST clusters", doubled)
    outcome = crowd.clusters.create(desired())
    assert crowd.emulator.cluster(outcome.record.id).status == "available"
    (warning,) = crowd.warned
    assert warning.endswith(f"a duplicate of cluster {outcome.record.id}, was ended: terminated")
