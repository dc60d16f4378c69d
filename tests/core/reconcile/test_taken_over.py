"""An id that is another thing's by now, as after the service was restored from a backup, is not ours to act on."""

from dataclasses import replace
from random import Random

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired, desired_run, desired_schedule
from tests.support.faults.behaviours import lost_after
from xplenty_pulumi.core.kinds.marker import marker_of, sign
from xplenty_pulumi.core.kinds.ownership import Origin
from xplenty_pulumi.core.kinds.schedule import SCHEDULE
from xplenty_pulumi.core.reconcile import DefinitionReconciler, KnownDefinitions, definition_of
from xplenty_pulumi.errors import ReadyFailed

MADE = Origin("2020-02-29T12:00:00Z", marker_of(OWNER))
"""When the thing in the state was created, long before what has its id now."""
OURS = marker_of(OWNER)
OLDER = Origin(MADE.at)
"""That of what another resource holds."""


def writes(bench: Bench) -> int:
    """Return how many calls were sent that can change something."""
    return bench.wire.count("(POST|PUT|DELETE) .*")


def other_run(bench: Bench) -> int:
    """Return a run of somebody else that goes on for a while."""
    number = bench.client.jobs.run(cluster_id=bench.ready_cluster().id, package_id=101).id
    bench.clock.advance(10)
    return number


@pytest.mark.parametrize("status", ["available", "creating"])
def test_a_cluster_of_another_is_not_ended(bench: Bench, status: str) -> None:
    """It is named in a warning, and not waited for."""
    other = bench.ready_cluster(status=status)
    assert bench.clusters.delete(other.id, timeout=600, owner=OURS, nonces=("x",), made=MADE) == "left alone"
    assert (writes(bench), bench.emulator.cluster(other.id).status) == (0, status)
    assert bench.warned[0].startswith(f"cluster {other.id}: its id is that of another cluster by now")
    assert bench.warned[0].endswith(f"all the same, `xplenty-pulumi terminate cluster {other.id}` ends it")


def test_a_cluster_of_another_is_not_resized(bench: Bench) -> None:
    """The update fails, and says how to go on."""
    other = bench.ready_cluster()
    with pytest.raises(ReadyFailed, match=r"another cluster by now.*`pulumi up --refresh`"):
        bench.clusters.update(other.id, replace(desired(nodes=5), made=MADE))
    assert writes(bench) == 0


def test_a_cluster_of_another_is_seen_as_gone(bench: Bench) -> None:
    """What is wrong with it is no drift of ours."""
    seen = bench.clusters.read(bench.ready_cluster().id, owner=OURS, made=MADE)
    assert (seen.gone, seen.record) == (True, None)
    assert "its id is that of another cluster" in seen.remark


def test_a_new_cluster_may_get_the_id_again(bench: Bench) -> None:
    """What was seen to be gone does not keep its successor with the same id from being held and ended."""
    made = bench.clusters.create(desired()).record
    assert bench.clusters.read(made.id, owner=OURS, made=Origin(MADE.at)).gone
    assert made.created_at is not None
    origin = Origin(made.created_at.isoformat(), OURS)
    assert bench.clusters.update(made.id, replace(desired(nodes=3), made=origin)).problem is None
    assert bench.clusters.delete(made.id, timeout=600, made=origin) == "terminated"


def test_a_new_cluster_with_an_id_of_the_state_is_found_by_its_marker(bench: Bench) -> None:
    """Where the answer is lost, that another resource holds an older one of this id causes no second POST."""
    bench.known_clusters.hold(501, made=OLDER)
    bench.wire.on("POST clusters", lost_after, calls={1})
    assert bench.clusters.create(desired()).record.id == 501
    assert [one.id for one in bench.emulator.living_clusters()] == [501]


def test_an_interrupted_create_with_an_id_of_the_state_is_adopted(bench: Bench) -> None:
    """That another resource holds an older one of this id makes it nobody's."""
    made = bench.ready_cluster(description=sign("", OURS.drawn(bench.clock.now(), Random(1))))
    bench.known_clusters.hold(made.id, made=OLDER)
    assert bench.clusters.create(desired()).record.id == made.id
    assert bench.wire.count("POST clusters") == 0


def test_an_interrupted_schedule_with_an_id_of_the_state_is_adopted(bench: Bench) -> None:
    """As a cluster is."""
    task = {"packages": [{"package_id": 101, "variables": {}}]}
    text = sign("", OURS.drawn(bench.clock.now(), Random(1)))
    made = bench.client.schedules.create({"task": task, "description": text})
    known = KnownDefinitions(definition_of(SCHEDULE, bench.client), bench.clock)
    known.hold(made.id, made=OLDER)
    assert DefinitionReconciler(known, bench.patience).create(desired_schedule("name")).record.id == made.id


def test_both_that_have_an_id_are_held(bench: Bench) -> None:
    """The newer one stays held when the older one is seen to be gone."""
    bench.known_clusters.hold(501, made=OLDER)
    made = bench.clusters.create(desired()).record
    assert bench.clusters.read(made.id, made=OLDER).gone
    assert bench.known_clusters.holds(made)


def test_what_two_answers_date_a_second_apart_is_let_go_as_one(bench: Bench) -> None:
    """Its id is not held any more, so nothing that the state has lost counts as being on a cluster of the state."""
    bench.known_clusters.hold(501, made=MADE)
    bench.known_clusters.hold(501, made=replace(MADE, at="2020-02-29T12:00:01Z"))
    bench.known_clusters.lose(501, made=MADE)
    assert not bench.known_clusters.holds_id(501)


def test_a_run_of_another_is_not_stopped(bench: Bench) -> None:
    """Whether the run in the state had ended or not, nothing is sent."""
    number = other_run(bench)
    before = writes(bench)
    assert bench.job_runs.stop(number, timeout=600, made=MADE) == "unknown to the service"
    assert (writes(bench), bench.emulator.job(number).status) == (before, "running")
    (text,) = bench.warned
    assert "its id is that of another job" in text
    assert text.endswith(f"all the same, `xplenty-pulumi stop job {number}` stops it")


def test_a_run_of_another_is_not_followed(bench: Bench) -> None:
    """The `up` fails: how the run in the state has ended cannot be seen."""
    number = other_run(bench)
    run = replace(desired_run(bench.ready_cluster()), made=MADE)
    with pytest.raises(ReadyFailed, match=r"another job by now.*how it ended cannot be seen"):
        bench.job_runs.resume(number, run)


def test_a_new_run_with_an_id_of_the_state_is_found(bench: Bench) -> None:
    """Where the answer is lost, that another resource holds an older one of this id does not hide it."""
    run = desired_run(bench.own_cluster())
    bench.known_runs.hold(9001, replace(OWNER, name="other"), made=OLDER)
    bench.wire.on("POST jobs", lost_after, calls={1})
    assert bench.job_runs.create(run).record.id == 9001


def test_a_lost_run_with_an_id_of_the_state_is_taken_up(bench: Bench) -> None:
    """The next process starts no other one; one that takes it up keeps it from everybody else."""
    run = desired_run(bench.own_cluster())
    made = bench.another_process().job_runs.create(run).record
    bench.known_runs.hold(made.id, replace(OWNER, name="other"), made=OLDER)
    assert bench.job_runs.create(run).record.id == made.id
    assert not bench.known_runs.is_free(made, replace(OWNER, name="third"))
    assert bench.wire.count("POST jobs") == 1


def test_both_runs_that_have_an_id_are_known(bench: Bench) -> None:
    """The newer one is still its resource's when the older one is seen to be gone."""
    made = bench.job_runs.create(desired_run(bench.own_cluster())).record
    other = replace(desired_run(bench.ready_cluster()), owner=replace(OWNER, name="other"), made=OLDER)
    bench.known_runs.hold(made.id, other.owner, made=OLDER)
    bench.job_runs.read(made.id, last_status="completed", desired=other)
    assert bench.known_runs.is_free(made, OWNER)
    assert not bench.known_runs.is_free(made, other.owner)


@pytest.mark.parametrize(("last", "gone"), [("completed", False), ("failed", True)])
def test_a_success_outlives_its_id(bench: Bench, last: str, gone: bool) -> None:
    """As with a run that the service forgets: a success stays one, and a failure may be repeated."""
    run = replace(desired_run(bench.ready_cluster()), made=MADE)
    seen = bench.job_runs.read(other_run(bench), last_status=last, desired=run)
    assert (seen.record, seen.gone) == (None, gone)


def test_a_schedule_of_another_is_left_alone(bench: Bench) -> None:
    """Update, read and delete see that the one in the state is gone."""
    (other, *_) = bench.emulator.schedules()
    with pytest.raises(ReadyFailed, match="another schedule by now"):
        bench.schedules.update(other.id, replace(desired_schedule("name"), made=MADE))
    assert bench.schedules.read(other.id, owner=OURS, made=MADE).gone
    assert bench.schedules.delete(other.id, owner=OURS, made=MADE) == "left alone"
    assert writes(bench) == 0
    assert other in bench.emulator.schedules()


def test_a_cluster_of_ours_with_another_time_of_creation_is_ended(bench: Bench) -> None:
    """Its marker says whose it is: left alone, it would go on costing money, and no state would know of it."""
    made = bench.clusters.create(desired()).record
    assert bench.clusters.read(made.id, owner=OURS, made=MADE).record
    assert bench.clusters.update(made.id, replace(desired(nodes=3), made=MADE)).problem is None
    assert bench.clusters.delete(made.id, timeout=600, owner=OURS, made=MADE) == "terminated"
    assert bench.warned == []
