"""Terminating ends when the service shows that it has ended."""

from typing import Any

import pytest

from tests.support.accounts.bench import BUILDING_TIME, Bench
from tests.support.faults.behaviours import answers, lost_after, lost_before, preceded_by
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import AuthError, Cancelled, InvalidError, ReadyTimeout, UnsureError


def test_delete_waits_until_terminated(bench: Bench) -> None:
    """An answer of `pending_terminate` is a promise; what counts is `terminated`."""
    made = bench.emulator.add_cluster()
    bench.clusters.delete(made.id, timeout=600)
    assert bench.emulator.cluster(made.id).status == "terminated"
    assert bench.wire.count("DELETE .*") == 1
    assert bench.headlines == ["[1/2] pending_terminate", "[2/2] terminating"]


@pytest.mark.parametrize("status", ["pending", "creating", "scaling"])
def test_delete_waits_for_what_is_being_built(bench: Bench, status: str) -> None:
    """The service refuses to end it before, so the call is not made before."""
    made = bench.emulator.add_cluster(status=status)
    bench.clusters.delete(made.id, timeout=600)
    assert bench.emulator.cluster(made.id).status == "terminated"
    assert bench.wire.count("DELETE .*") == 1
    assert bench.headlines[0] == status


@pytest.mark.parametrize("status", ["idle", "error"])
def test_delete_of_what_is_not_at_work(bench: Bench, status: str) -> None:
    """Idle and broken clusters cost money too."""
    made = bench.emulator.add_cluster(status=status)
    bench.clusters.delete(made.id, timeout=600)
    assert bench.emulator.cluster(made.id).status == "terminated"


@pytest.mark.parametrize("status", ["pending_terminate", "terminating", "terminated"])
def test_delete_of_what_is_ending(bench: Bench, status: str) -> None:
    """Its end is not asked for again, only waited for."""
    made = bench.emulator.add_cluster(status=status)
    bench.clusters.delete(made.id, timeout=600)
    assert bench.wire.count("DELETE .*") == 0
    assert bench.emulator.cluster(made.id).status == "terminated"


@pytest.mark.parametrize(
    ("status", "seen"), [("available", "terminated"), ("terminating", "terminated"), ("terminated", "had terminated")]
)
def test_how_it_ended_says_whether_that_was_so_before(bench: Bench, status: str, seen: str) -> None:
    """What had ended before is told from what was seen to end."""
    made = bench.emulator.add_cluster(status=status)
    assert bench.clusters.delete(made.id, timeout=600) == seen


def test_delete_may_be_repeated(bench: Bench) -> None:
    """The second time there is nothing to do."""
    made = bench.emulator.add_cluster()
    bench.clusters.delete(made.id, timeout=600)
    before = bench.clock.monotonic()
    bench.clusters.delete(made.id, timeout=600)
    assert bench.clock.monotonic() == before
    assert bench.wire.count("DELETE .*") == 1


def test_delete_of_an_unknown_cluster_is_done(bench: Bench) -> None:
    """A 404 that stays one counts as ended, and nothing is sent."""
    bench.clusters.delete(77, timeout=600)
    assert bench.wire.count("DELETE .*") == 0
    assert bench.clock.monotonic() == 10


@pytest.mark.parametrize("occasions", [{1}, {3}, {4}])
def test_a_single_404_does_not_count_as_ended(bench: Bench, occasions: set[int]) -> None:
    """A service that lags behind itself for a moment does not let a paid cluster live on unseen."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET clusters/.*", answers(404), calls=occasions)
    bench.clusters.delete(made.id, timeout=600)
    assert bench.emulator.cluster(made.id).status == "terminated"


@pytest.mark.parametrize("kept", [0, 30])
def test_a_service_that_forgets_ended_clusters(kept: float) -> None:
    """One that is no longer known while its end is waited for has ended."""
    bench = Bench.new(knobs=Knobs(ended_cluster_kept_seconds=kept))
    made = bench.emulator.add_cluster()
    bench.clusters.delete(made.id, timeout=600)
    assert bench.emulator.living_clusters() == ()


@pytest.mark.parametrize(("fault", "deletes"), [(lost_after, 1), (lost_before, 2), (answers(502), 2)])
def test_a_lost_answer_is_looked_for(bench: Bench, fault: Any, deletes: int) -> None:
    """The cluster is read before its end is asked for again."""
    made = bench.emulator.add_cluster()
    bench.wire.on("DELETE .*", fault, calls={1})
    bench.clusters.delete(made.id, timeout=600)
    assert bench.emulator.cluster(made.id).status == "terminated"
    assert bench.wire.count("DELETE .*") == deletes


@pytest.mark.parametrize("answer", [404, 422, 200])
def test_one_that_ends_in_the_same_moment(answer: Any) -> None:
    """Whatever the service says to ending what has just ended, it has ended."""
    bench = Bench.new(knobs=Knobs(delete_ended_cluster=answer))
    made = bench.emulator.add_cluster()
    bench.wire.on("DELETE .*", preceded_by(lambda: bench.emulator.end_cluster(made.id)))
    bench.clusters.delete(made.id, timeout=600)
    assert bench.emulator.cluster(made.id).status == "terminated"


@pytest.mark.parametrize("fault", [lost_before, answers(422, "jobs are on it")])
def test_an_end_that_does_not_come_about_is_raised(bench: Bench, fault: Any) -> None:
    """What goes on living is never reported as ended."""
    made = bench.emulator.add_cluster()
    bench.wire.on("DELETE .*", fault)
    with pytest.raises((UnsureError, InvalidError)):
        bench.clusters.delete(made.id, timeout=600)
    assert bench.wire.count("DELETE .*") == 4
    assert bench.emulator.cluster(made.id).status == "available"


def test_a_key_that_may_not_end_it(bench: Bench) -> None:
    """A refusal of the key is raised at once."""
    made = bench.emulator.add_cluster()
    bench.wire.on("DELETE .*", answers(403))
    with pytest.raises(AuthError):
        bench.clusters.delete(made.id, timeout=600)
    assert bench.wire.count("DELETE .*") == 1


def test_cancelled_before_it_could_be_asked_to_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call itself does not know what it was about; the failure says what still lives."""
    made = bench.emulator.add_cluster()

    def cancelled(_number: int) -> None:
        raise Cancelled("cancelled while waiting for the service to take a call")

    monkeypatch.setattr(bench.client.clusters, "terminate", cancelled)
    with pytest.raises(Cancelled, match=f"cluster {made.id} was last seen available; it may cost money until"):
        bench.clusters.delete(made.id, timeout=600)


def test_delete_within_its_time(bench: Bench) -> None:
    """Waiting for the building and for the end share the user's time; when it is over, what is seen is told."""
    made = bench.emulator.add_cluster(status="creating")
    with pytest.raises(ReadyTimeout) as caught:
        bench.clusters.delete(made.id, timeout=BUILDING_TIME + 10)
    assert bench.clock.monotonic() == pytest.approx(BUILDING_TIME + 10)
    assert caught.value.resource == f"cluster {made.id}"
    assert caught.value.last_status == "terminating"
    assert "not terminated after 3m10s" in str(caught.value)


def test_one_that_never_gets_ready_can_not_be_ended(bench: Bench) -> None:
    """It is said what it was waited for."""
    made = bench.emulator.add_cluster(status="creating")
    with pytest.raises(ReadyTimeout, match="not ready to be terminated after 1m; last seen creating"):
        bench.clusters.delete(made.id, timeout=60)


def test_a_cancelled_delete_says_so(bench: Bench) -> None:
    """The end was asked for and goes on without us."""
    made = bench.emulator.add_cluster()
    bench.interruption = "cancelled"
    with pytest.raises(Cancelled, match="cancelled while waiting for it to be terminated"):
        bench.clusters.delete(made.id, timeout=600)
    assert bench.emulator.cluster(made.id).status == "pending_terminate"
