"""Where the answer to a create is lost, the cluster is looked for before anything is sent again."""

from dataclasses import replace

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired, signed
from tests.support.faults.behaviours import answers, late, lost_after, lost_before, unreachable
from tests.support.faults.exchange import Behaviour
from xplenty_pulumi.core.kinds import marker
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.errors import RefusedError, UnsureError

OURS = marker_of(OWNER)


def ours(bench: Bench) -> list[int]:
    """Return the ids of all living clusters that carry our marker."""
    return [one.id for one in bench.emulator.living_clusters() if marker.whose(one.description) == OURS]


@pytest.mark.parametrize("fault", [lost_after, late(4), late(30)], ids=["at once", "after 4 s", "after 30 s"])
def test_a_lost_answer_is_found_again(bench: Bench, fault: Behaviour) -> None:
    """The cluster that was made without our hearing of it is adopted; no duplicate is made."""
    bench.wire.on("POST clusters", fault, calls={1})
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert ours(bench) == [outcome.record.id]
    assert bench.wire.count("POST clusters") == 1
    assert bench.headlines[0] == f"the answer got lost, looking for a cluster with {OURS}"


@pytest.mark.parametrize("fault", [lost_before, answers(502), answers(503), answers(200)])
def test_a_lost_request_is_sent_once_more(bench: Bench, fault: Behaviour) -> None:
    """Where nothing appears within 37 seconds, it is created by a second call."""
    bench.wire.on("POST clusters", fault, calls={1})
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert ours(bench) == [outcome.record.id]
    assert bench.wire.count("POST clusters") == 2


def test_lost_twice_is_unsure(bench: Bench) -> None:
    """After two calls without an effect that shows, it is left to the next run, which is told what to look for."""
    bench.wire.on("POST clusters", lost_before)
    with pytest.raises(UnsureError) as caught:
        bench.clusters.create(desired())
    assert bench.wire.count("POST clusters") == 2
    assert caught.value.marker == str(OURS)
    assert "tried twice: the answer of 127.0.0.1 does not tell" in str(caught.value)
    assert caught.value.advice == (
        "Run `pulumi up` again within 60 minutes: it adopts a cluster that this create call has made"
    )


@pytest.mark.parametrize("fault", [unreachable, answers(500)])
def test_nothing_is_sent_again_while_looking_fails(bench: Bench, fault: Behaviour) -> None:
    """A second call needs a look that shows nothing; without one it is unsure, and never said to be unsent."""
    bench.known_clusters.listing()
    bench.wire.on("POST clusters", lost_after)
    bench.wire.on("GET clusters", fault)
    with pytest.raises(UnsureError) as caught:
        bench.clusters.create(desired())
    assert bench.wire.count("POST clusters") == 1
    assert "looking for it failed too" in str(caught.value)
    assert caught.value.marker == str(OURS)


def test_looking_may_fail_for_a_while(bench: Bench) -> None:
    """An outage shorter than the search does not hide the cluster."""
    bench.known_clusters.listing()
    bench.wire.on("POST clusters", lost_after)
    bench.wire.on("GET clusters", answers(503), calls=range(1, 8))
    outcome = bench.clusters.create(desired())
    assert ours(bench) == [outcome.record.id]


def test_the_next_run_adopts_what_came_too_late(bench: Bench) -> None:
    """An effect after the search is found by the next attempt, in another process."""
    bench.wire.on("POST clusters", late(100), calls={1})
    bench.wire.on("POST clusters", lost_before, calls={1})
    with pytest.raises(UnsureError):
        bench.clusters.create(desired())
    bench.clock.advance(60)
    outcome = bench.another_process().clusters.create(desired())
    assert ours(bench) == [outcome.record.id]


def test_what_a_first_call_made_too_late_is_ended(bench: Bench) -> None:
    """When both calls took effect in the end, the next attempt adopts one and ends the other."""
    bench.wire.on("POST clusters", late(100), calls={1})
    bench.wire.on("POST clusters", late(100), calls={1})
    with pytest.raises(UnsureError):
        bench.clusters.create(desired())
    bench.clock.advance(100)
    assert len(list(bench.client.clusters.list())) == len(ours(bench)) == 2
    outcome = bench.another_process().clusters.create(desired())
    assert outcome.problem is None
    assert ours(bench) == [outcome.record.id]


def test_an_hour_later_it_is_refused(bench: Bench) -> None:
    """What nobody claimed within its hour is left to a person."""
    bench.wire.on("POST clusters", late(100))
    with pytest.raises(UnsureError):
        bench.clusters.create(desired())
    bench.clock.advance(3700)
    with pytest.raises(RefusedError, match="too long ago for a lost answer"):
        bench.another_process().clusters.create(desired())


def test_an_equal_cluster_of_another_appears_meanwhile(bench: Bench) -> None:
    """What others create while the answer is lost is not taken for ours."""
    foreign = replace(OWNER, name="hourly")
    bench.wire.on("POST clusters", lost_before, calls={1})
    bench.known_clusters.listing()
    other = bench.emulator.add_cluster(description=signed(owner=foreign))
    assert bench.clusters.create(desired()).record.id != other.id


def test_lost_and_then_refused_is_unsure(bench: Bench) -> None:
    """A refusal of the second call says nothing of the first, which may still take effect."""
    bench.wire.on("POST clusters", lost_before, calls=[1])
    bench.wire.on("POST clusters", answers(402, "Confirm your billing details"), calls=[1])
    with pytest.raises(UnsureError) as caught:
        bench.clusters.create(desired())
    assert "Confirm your billing details" in str(caught.value)
    assert caught.value.marker == str(OURS)
