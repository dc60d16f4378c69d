"""A cluster is changed in place, and the change is seen before it is reported."""

from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired, signed
from tests.support.faults.behaviours import answers, lost_after, lost_before, preceded_by, rewritten
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import InvalidError, ReadyFailed, ReadyTimeout, ServerError, UnsureError

SIGNED = signed("night", held=True)
CHANGES: dict[str, tuple[Any, Any]] = {
    "nodes": (4, 4),
    "name": ("day", "day"),
    "description": ("day loads", signed("day loads", held=True)),
    "terminate_on_idle": (True, True),
    "time_to_idle": (60, 60),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_field_is_updated_in_place(bench: Bench, name: str) -> None:
    """One call sets the one field, and the cluster has it afterwards; descriptions keep the marker."""
    wanted, stored = CHANGES[name]
    made = bench.emulator.add_cluster(description=SIGNED, name="night")
    outcome = bench.clusters.update(made.id, desired(**{"name": "night", "description": "night", name: wanted}))
    assert outcome.problem is None
    assert bench.wire.bodies("PUT .*") == [{name: stored}]
    assert getattr(bench.emulator.cluster(made.id), name) == stored


def test_every_field_that_changes_in_place_is_tried() -> None:
    """The table of this test is complete."""
    assert set(CHANGES) == set(CLUSTER.names(Change.IN_PLACE))


@pytest.mark.parametrize(("name", "shown"), [("terminate_on_idle", False), ("time_to_idle", 3600)])
def test_an_accepted_change_that_is_never_shown_is_a_problem(bench: Bench, name: str, *, shown: object) -> None:
    """What the cluster costs depends on it, so the answer to the call is no proof of it."""
    made = bench.emulator.add_cluster(description=SIGNED)
    bench.wire.on("GET clusters.*", rewritten(lambda record: record.update({name: shown})))
    outcome = bench.clusters.update(made.id, desired(description="night", **{name: CHANGES[name][0]}))
    assert isinstance(outcome.problem, ReadyFailed)
    assert f"took it, but shows another {name} than was sent" in str(outcome.problem)


def test_an_accepted_change_that_is_shown_late_is_waited_for(bench: Bench) -> None:
    """A service may show a cluster as it was before for a while."""
    made = bench.emulator.add_cluster(description=SIGNED)
    before = rewritten(lambda record: record.update(terminate_on_idle=False))
    bench.wire.on("GET clusters.*", before, calls=range(1, 6))
    outcome = bench.clusters.update(made.id, desired(description="night", terminate_on_idle=True))
    assert (outcome.problem, outcome.record.terminate_on_idle) == (None, True)


def test_a_text_that_the_service_rewrites_is_warned_of(bench: Bench) -> None:
    """Nothing depends on it, so it stops no `up`."""
    made = bench.emulator.add_cluster(description=SIGNED, name="night")
    bench.wire.on("GET clusters.*", rewritten(lambda record: record.update(name=record["name"].lower())))
    outcome = bench.clusters.update(made.id, desired(description="night", name="Day"))
    assert outcome.problem is None
    assert (
        [text for text in bench.warned if "another name than was sent; declare what it keeps" in text]
        == bench.warned
        != []
    )


def test_several_fields_are_updated_by_one_call(bench: Bench) -> None:
    """All differences travel together."""
    made = bench.emulator.add_cluster(description=SIGNED)
    bench.clusters.update(made.id, desired(nodes=3, name="day", time_to_idle=60, description="night"))
    assert bench.wire.bodies("PUT .*") == [{"nodes": 3, "name": "day", "time_to_idle": 60}]


def test_nothing_to_change_sends_only_reads(bench: Bench) -> None:
    """An update of what is as desired waits and writes nothing."""
    made = bench.emulator.add_cluster(description=SIGNED, status="creating")
    outcome = bench.clusters.update(made.id, desired(description="night"))
    assert outcome.problem is None
    assert outcome.record.status == "available"
    assert {method for method, _, _ in bench.wire.requests} == {"GET"}


@pytest.mark.parametrize("nodes", [5, 2])
@pytest.mark.parametrize("shows", ["new", "old"])
@pytest.mark.parametrize("status", ["scaling", "available"])
def test_resize_is_honest(nodes: int, shows: Any, status: Any) -> None:
    """It ends when the service shows a ready status and the number, however the service shows the way there."""
    bench = Bench.new(knobs=Knobs(scaling_nodes=shows, scaling_status=status))
    made = bench.emulator.add_cluster(nodes=3)
    outcome = bench.clusters.update(made.id, desired(nodes=nodes))
    assert outcome.problem is None
    assert (outcome.record.status, outcome.record.nodes) == ("available", nodes)
    if (shows, status) != ("new", "available"):  # there the service hides the way entirely
        assert bench.emulator.cluster(made.id).status == "available"


def test_resize_tells_its_progress(bench: Bench) -> None:
    """The status shows while it is scaling."""
    made = bench.emulator.add_cluster()
    bench.clusters.update(made.id, desired(nodes=3))
    assert bench.headlines == ["scaling"]


def test_resize_waits_until_it_is_allowed(bench: Bench) -> None:
    """A cluster that is still being built or resized is waited for, since the service refuses to resize it."""
    made = bench.emulator.add_cluster(status="scaling", previous_nodes=2, nodes=3)
    outcome = bench.clusters.update(made.id, desired(nodes=4))
    assert outcome.problem is None
    assert bench.wire.count("PUT .*") == 1


def test_an_idle_cluster_is_resized(bench: Bench) -> None:
    """Idle is a ready status too."""
    made = bench.emulator.add_cluster(status="idle")
    assert bench.clusters.update(made.id, desired(nodes=3)).problem is None


def test_one_deadline_for_all_of_an_update(bench: Bench) -> None:
    """Waiting before and after the change shares the time the user gave."""
    made = bench.emulator.add_cluster(status="creating")
    outcome = bench.clusters.update(made.id, desired(nodes=3, timeout=200))
    assert isinstance(outcome.problem, ReadyTimeout)
    assert bench.clock.monotonic() == pytest.approx(200)
    assert outcome.record.status == "scaling"


@pytest.mark.parametrize(("fault", "puts"), [(lost_after, 1), (lost_before, 2), (answers(502), 2)])
def test_a_lost_answer_is_looked_for(bench: Bench, fault: Any, puts: int) -> None:
    """The cluster is read before the change is sent again."""
    made = bench.emulator.add_cluster()
    bench.wire.on("PUT .*", fault, calls={1})
    outcome = bench.clusters.update(made.id, desired(nodes=3))
    assert outcome.problem is None
    assert outcome.record.nodes == 3
    assert bench.wire.count("PUT .*") == puts


def test_answers_that_stay_lost_are_unsure(bench: Bench) -> None:
    """After four attempts without effect the cluster is returned with the problem."""
    made = bench.emulator.add_cluster()
    bench.wire.on("PUT .*", lost_before)
    outcome = bench.clusters.update(made.id, desired(nodes=3))
    assert isinstance(outcome.problem, UnsureError)
    assert bench.wire.count("PUT .*") == 4
    assert outcome.record.id == made.id


def test_a_refused_change_is_a_problem(bench: Bench) -> None:
    """The service's words reach the user, the cluster stays known, and nothing is tried again."""
    made = bench.emulator.add_cluster()
    outcome = bench.clusters.update(made.id, desired(nodes=21))
    assert isinstance(outcome.problem, InvalidError)
    assert "must be between 2 and 20" in str(outcome.problem)
    assert bench.wire.count("PUT .*") == 1


@pytest.mark.parametrize("status", ["pending_terminate", "terminating", "terminated"])
def test_an_ended_cluster_can_not_be_updated(bench: Bench, status: str) -> None:
    """It is said why, and how to get a new one."""
    made = bench.emulator.add_cluster(status=status)
    with pytest.raises(ReadyFailed) as caught:
        bench.clusters.update(made.id, desired())
    assert caught.value.resource == f"cluster {made.id}"
    assert f"it is {status}" in str(caught.value)
    assert caught.value.advice == "Run `pulumi up --refresh` to create it anew"


def test_an_unknown_cluster_can_not_be_updated(bench: Bench) -> None:
    """A 404 is told in words and never as a bare status."""
    with pytest.raises(ReadyFailed, match="does not know it"):
        bench.clusters.update(77, desired())


def test_a_cluster_that_ends_before_the_change(bench: Bench) -> None:
    """One that is gone between the look and the change ends the update with what is known of it."""
    made = bench.emulator.add_cluster()
    ends = preceded_by(lambda: bench.emulator.end_cluster(made.id))
    bench.wire.on(f"PUT clusters/{made.id}", ends, calls={1})
    outcome = bench.clusters.update(made.id, desired(nodes=3))
    assert isinstance(outcome.problem, InvalidError)
    assert outcome.record.id == made.id


def test_a_cluster_that_vanishes_before_the_change(bench: Bench) -> None:
    """The same for one that leaves no trace."""
    made = bench.emulator.add_cluster()
    vanishes = preceded_by(lambda: bench.emulator.delete_record("cluster", made.id))
    bench.wire.on(f"GET clusters/{made.id}", vanishes, calls={2})
    outcome = bench.clusters.update(made.id, desired(nodes=3))
    assert isinstance(outcome.problem, ReadyFailed)
    assert bench.wire.count("PUT .*") == 0


def test_an_update_that_can_not_look_raises(bench: Bench) -> None:
    """Before anything is known of the cluster there is nothing to return."""
    made = bench.emulator.add_cluster()
    bench.wire.on("GET .*", answers(500))
    with pytest.raises(ServerError):
        bench.clusters.update(made.id, desired())


def test_a_single_404_does_not_make_a_change_done(bench: Bench) -> None:
    """What a look does not show may still have to be changed."""
    made = bench.emulator.add_cluster(name="night")
    bench.wire.on("GET clusters/.*", answers(404), calls={2})
    outcome = bench.clusters.update(made.id, desired(name="day"))
    assert outcome.problem is None
    assert bench.emulator.cluster(made.id).name == "day"


@pytest.mark.parametrize("calls", [{1}, {1, 2, 3}])
def test_a_moment_in_which_it_is_not_known_is_borne(bench: Bench, calls: set[int]) -> None:
    """A 404 to the change itself is looked into like one to a look: what shows again is changed after all."""
    made = bench.emulator.add_cluster(description=SIGNED)
    bench.wire.on("PUT .*", answers(404), calls=calls)
    assert bench.clusters.update(made.id, desired(nodes=4, description="night")).problem is None
    assert bench.emulator.cluster(made.id).nodes == 4


def test_a_cluster_that_goes_before_the_change_is_gone(bench: Bench) -> None:
    """That is certain after ten seconds and a complete list, and is said in these words."""
    made = bench.emulator.add_cluster(description=SIGNED)
    bench.wire.on("PUT .*", preceded_by(lambda: bench.emulator.delete_record("cluster", made.id)), calls={1})
    problem = bench.clusters.update(made.id, desired(nodes=4, description="night")).problem
    assert isinstance(problem, ReadyFailed)
    assert problem.reason == "the service does not know it (404)"
