"""An equal run that may be somebody else's: followed, refused or joined by another one only as the user says."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired_run
from tests.support.faults.behaviours import late, rewritten
from xplenty_pulumi.core.kinds.job_run import RUN_KEY
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.emulator import EmulatedCluster, PackageSeed
from xplenty_pulumi.errors import RefusedError, UnsureError

ENDLESS = 200
PROD = replace(OWNER, stack="prod")


def foreign_cluster(bench: Bench, owner: Owner | None = PROD) -> EmulatedCluster:
    """Return an available cluster of another stack, or without a marker, and add a package that runs for ever."""
    bench.emulator.add_package(PackageSeed(ENDLESS, "Endless", run_seconds=10**9))
    return bench.ready_cluster(description=sign("", marker_of(replace(owner, name="etl"))) if owner else "")


def equal_runs(bench: Bench, cluster: EmulatedCluster, **inputs: Any) -> tuple[DesiredRun, DesiredRun]:
    """Return the equal runs of the stacks `prod` and `dev`, the latter with these inputs besides."""
    theirs = desired_run(cluster, ENDLESS, wait_for="running")
    ours = desired_run(cluster, ENDLESS, wait_for="running", **inputs)
    return replace(theirs, owner=PROD), ours


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        (PROD, "cluster 501, on which it runs, belongs to another stack (its marker says prod-"),
        (None, "cluster 501, on which it runs, carries no stack's marker"),
    ],
)
@pytest.mark.parametrize("on_unsure", ["verify", "refuse"])
def test_a_second_stack_is_refused(bench: Bench, owner: Owner | None, words: str, on_unsure: str) -> None:
    """The run is named, whose its cluster is, and what the user can say; nothing is started, followed or stopped."""
    theirs, ours = equal_runs(bench, foreign_cluster(bench, owner), on_unsure=on_unsure)
    first = bench.job_runs.create(theirs).record
    with pytest.raises(UnsureError) as caught:
        bench.another_process().job_runs.create(ours)
    assert caught.value.candidates == (str(first.id),)
    assert f"job {first.id} (running) has the same cluster, package and variables, and {words}" in str(caught.value)
    assert "say with if_running what to do about it: 'queue' starts a run beside it" in str(caught.value)
    assert bench.wire.count("POST jobs") == 1


def test_queue_starts_one_beside_it(bench: Bench) -> None:
    """Each stack has its own run, and ending the second leaves the first."""
    theirs, ours = equal_runs(bench, foreign_cluster(bench), if_running="queue")
    first = bench.job_runs.create(theirs).record
    process = bench.another_process()
    second = process.job_runs.create(ours).record
    process.job_runs.stop(second.id, timeout=600, owner=OWNER)
    assert [(job.id, job.status) for job in bench.emulator.jobs()] == [(first.id, "running"), (second.id, "stopped")]


def test_fail_and_adopt_are_the_users_word_too(bench: Bench) -> None:
    """One refuses because of the run, the other follows it; none is started."""
    cluster = foreign_cluster(bench)
    theirs, refusing = equal_runs(bench, cluster, if_running="fail")
    first = bench.job_runs.create(theirs).record
    with pytest.raises(RefusedError, match=f"job {first.id}: it is running, with the same cluster"):
        bench.another_process().job_runs.create(refusing)
    _, adopting = equal_runs(bench, cluster, if_running="adopt")
    assert bench.another_process().job_runs.create(adopting).record.id == first.id
    assert bench.wire.count("POST jobs") == 1


@pytest.mark.parametrize("notify", [{}, {"notify": False}])
def test_a_completed_run_of_another_stack_is_not_taken_either(bench: Bench, notify: dict[str, Any]) -> None:
    """Within an hour it may be one that was lost; after that it is no reason not to start."""
    cluster = foreign_cluster(bench)
    first = bench.job_runs.create(replace(desired_run(cluster, **notify), owner=PROD)).record
    assert first.status == "completed"
    with pytest.raises(UnsureError):
        bench.another_process().job_runs.create(desired_run(cluster, **notify))
    again = bench.another_process().job_runs.create(desired_run(cluster, if_running="queue", **notify))
    assert again.record.id != first.id
    bench.clock.advance(2 * 3600)
    assert bench.another_process().job_runs.create(desired_run(cluster, **notify)).record.id not in {
        first.id,
        again.record.id,
    }


@pytest.mark.parametrize("creator", [{"type": "Schedule", "id": 7}, {"type": "User", "id": 999}])
def test_what_is_known_to_be_anothers_is_no_hindrance(bench: Bench, creator: dict[str, Any]) -> None:
    """Unsaid, a run of a schedule or of another user is none of our business, on whatever cluster."""
    theirs, ours = equal_runs(bench, foreign_cluster(bench))
    first = bench.job_runs.create(theirs).record
    bench.wire.on("GET jobs", rewritten(lambda record: record.update(creator=creator)))
    assert bench.another_process().job_runs.create(ours).record.id != first.id


def test_two_resources_of_one_process_run_on_a_foreign_cluster(bench: Bench) -> None:
    """What this process has started for one resource is known not to be the other's."""
    cluster = foreign_cluster(bench)
    first, second = (bench.job_runs.create(desired_run(cluster, owner=name)).record for name in ("a", "b"))
    assert first.id != second.id


def test_a_late_commit_on_the_stacks_own_cluster_is_taken_up(bench: Bench) -> None:
    """A start that took effect after the search is found by the next attempt within the hour."""
    ours = desired_run(bench.own_cluster())
    bench.wire.on("POST jobs", late(42), calls={1})
    with pytest.raises(UnsureError, match=r"It may still appear\. Wait two minutes"):
        bench.job_runs.create(ours)
    bench.clock.advance(50 * 60)
    assert [bench.another_process().job_runs.create(ours).record.id] == [job.id for job in bench.emulator.jobs()]


def test_a_late_commit_on_another_cluster_is_refused(bench: Bench) -> None:
    """It cannot be known whose it is, so no second one is started."""
    _, ours = equal_runs(bench, foreign_cluster(bench))
    bench.wire.on("POST jobs", late(42), calls={1})
    with pytest.raises(UnsureError):
        bench.job_runs.create(ours)
    bench.clock.advance(60)
    with pytest.raises(UnsureError, match="if_running"):
        bench.another_process().job_runs.create(ours)
    assert len(bench.emulator.jobs()) == 1


def test_a_run_that_changes_hands_is_not_stopped(bench: Bench) -> None:
    """After a rename the new resource takes up the run; the old one's delete leaves it alone and says so."""
    cluster = bench.own_cluster()
    bench.emulator.add_package(PackageSeed(ENDLESS, "Endless", run_seconds=10**9))
    old, new = (desired_run(cluster, ENDLESS, wait_for="running", owner=f"JobRun::{name}") for name in ("a", "b"))
    run = bench.job_runs.create(old).record

    process = bench.another_process()
    assert process.job_runs.create(new).record.id == run.id
    assert process.job_runs.stop(run.id, timeout=600, owner=old.owner) == "left to b"

    assert process.warned[0].startswith(f"adopted job {run.id} (running)")
    assert process.warned[1] == f"job {run.id} was not stopped: b holds it"
    assert bench.emulator.job(run.id).status == "running"
    assert process.job_runs.stop(run.id, timeout=600, owner=new.owner) == "stopped"


def other_record(**fields: Any) -> Any:
    """Let an answer show another run than the one that was asked for, and no address that says which one it is."""
    return rewritten(lambda record: record.update({"url": None, "html_url": None, **fields}))


@pytest.mark.parametrize(
    "fields",
    [
        {"id": 9001},
        {"id": 999_999, "cluster_id": 502},
        {"id": 999_999, "package_id": 102},
        {"id": 999_999, "variables": {"day": "'another'"}},
        {"id": 999_999, "cluster_id": None},
        {"id": 999_999, "variables": {"day": "'monday'", "more": "1"}, "owner_id": 777, "creator": None},
        {"id": 999_999, "variables": {"day": "'monday'", RUN_KEY: f"'{marker_of(PROD)}'"}},
    ],
)
def test_an_answer_with_another_run_is_not_believed(bench: Bench, fields: dict[str, Any]) -> None:
    """The run that was started is looked for and followed, and the other one is left alone."""
    cluster = bench.own_cluster()
    before = bench.client.jobs.run(cluster_id=cluster.id, package_id=101, variables={"day": "'before'"})
    bench.emulator.stop_job(before.id)
    bench.wire.on("POST jobs", other_record(**fields))
    outcome = bench.job_runs.create(desired_run(cluster, variables={"day": "'monday'"}))
    assert (outcome.problem, outcome.record.id, outcome.record.status) == (None, 9002, "completed")


def test_an_answer_with_another_run_and_none_of_ours_is_unsure(bench: Bench) -> None:
    """Where nothing was started, no run is made up."""
    foreign = {"id": 999_999, "status": "running", "cluster_id": 502, "package_id": 101}
    bench.wire.on("POST jobs", lambda _exchange: httpx.Response(201, json=foreign))
    with pytest.raises(UnsureError, match="no such run has appeared"):
        bench.job_runs.create(desired_run(bench.own_cluster()))


def test_an_answer_without_variables_is_believed(bench: Bench) -> None:
    """What a record does not show contradicts nothing."""
    bench.wire.on("POST jobs", other_record(variables=None))
    assert bench.job_runs.create(desired_run(bench.own_cluster(), variables={"day": "'x'"})).problem is None
    assert "the answer got lost, looking for the run" not in bench.headlines


@pytest.mark.parametrize("on_unsure", ["verify", "refuse"])
def test_a_stack_with_an_old_name_takes_no_run_of_the_renamed_one(bench: Bench, on_unsure: str) -> None:
    """The cluster has the marker of the old name still; only a state that holds it makes a run on it this stack's."""
    cluster = bench.own_cluster()
    bench.emulator.add_package(PackageSeed(ENDLESS, "Endless", run_seconds=10**9))
    theirs, ours = equal_runs(bench, cluster, on_unsure=on_unsure)
    first = bench.job_runs.create(theirs).record
    bench.own_clusters.clear()
    with pytest.raises(UnsureError, match=f"cluster {cluster.id}, on which it runs, has this stack's marker, but its"):
        bench.another_process().job_runs.create(ours)
    assert bench.wire.count("POST jobs") == 1
    assert bench.emulator.job(first.id).status == "running"
