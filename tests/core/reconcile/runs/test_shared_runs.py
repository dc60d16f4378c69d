"""A run that two resources hold, or that somebody else started: whoever lets go of it does not stop it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired_run
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.emulator import EmulatedCluster, PackageSeed

ENDLESS = 200


def endless(cluster: EmulatedCluster, name: str, **inputs: Any) -> DesiredRun:
    """Return a run of the resource `name` that ends only where somebody stops it."""
    return desired_run(cluster, ENDLESS, wait_for="running", owner=f"JobRun::{name}", **inputs)


def hands_in(process: Bench, run: int, *owners: Owner | None) -> None:
    """Let the engine show this process the run as one that the state has for each of these resources."""
    for owner in owners:
        process.known_runs.hold(run)
        process.known_runs.claim(run, owner)


@pytest.fixture
def cluster(bench: Bench) -> EmulatedCluster:
    """A cluster of the stack, in an account with a package that runs for ever."""
    bench.emulator.add_package(PackageSeed(ENDLESS, "Endless", run_seconds=10**9))
    return bench.own_cluster()


@pytest.fixture
def foreign(bench: Bench, cluster: EmulatedCluster) -> EmulatedCluster:
    """A cluster of another stack of the same account."""
    text = sign("", marker_of(replace(OWNER, stack="prod", name="etl")))
    return bench.ready_cluster(description=text)


def test_a_run_that_another_resource_holds_too_is_not_stopped(bench: Bench, cluster: EmulatedCluster) -> None:
    """An equal resource that was declared in front of another one took up its run, and its delete leaves it alone."""
    old, new = endless(cluster, "old"), endless(cluster, "new")
    run = bench.job_runs.create(old).record
    process = bench.another_process()
    assert process.job_runs.create(new).record.id == run.id

    process = bench.another_process()
    hands_in(process, run.id, old.owner)

    assert process.job_runs.delete(run.id, new, timeout=600) == "left to old"
    assert process.warned == [f"job {run.id} was not stopped: old holds it"]
    assert bench.emulator.job(run.id).status == "running"
    assert process.job_runs.delete(run.id, old, timeout=600) == "stopped"


def test_a_run_that_is_shown_as_another_ones_is_not_taken_up(bench: Bench, cluster: EmulatedCluster) -> None:
    """Declared behind the other one, an equal resource has a run of its own."""
    old, new = endless(cluster, "old"), endless(cluster, "new")
    run = bench.job_runs.create(old).record
    process = bench.another_process()
    hands_in(process, run.id, old.owner)

    assert process.job_runs.create(new).record.id != run.id
    assert process.warned == []


def test_the_last_of_two_that_are_removed_stops_the_run(bench: Bench, cluster: EmulatedCluster) -> None:
    """With nobody left who holds it, the run ends as any other does."""
    first, second = endless(cluster, "first"), endless(cluster, "second")
    run = bench.job_runs.create(first).record
    process = bench.another_process()
    hands_in(process, run.id, first.owner, second.owner)

    assert process.job_runs.delete(run.id, first, timeout=600) == "left to second"
    assert process.job_runs.delete(run.id, second, timeout=600) == "stopped"
    assert bench.emulator.job(run.id).status == "stopped"


def test_a_refresh_shows_whose_a_run_is(bench: Bench, cluster: EmulatedCluster) -> None:
    """What was read for one resource is not stopped by the delete of another one."""
    old, new = endless(cluster, "old"), endless(cluster, "new")
    run = bench.job_runs.create(old).record
    process = bench.another_process()
    process.job_runs.read(run.id, last_status="running", desired=old)

    assert process.job_runs.delete(run.id, new, timeout=600) == "left to old"


def test_a_followed_run_of_another_stack_goes_on(bench: Bench, foreign: EmulatedCluster) -> None:
    """Its delete sends nothing, and a warning names it."""
    theirs = bench.client.jobs.run(cluster_id=foreign.id, package_id=ENDLESS)
    outcome = bench.job_runs.create(endless(foreign, "ours", if_running="adopt"))
    assert (outcome.record.id, outcome.is_foreign) == (theirs.id, True)

    process = bench.another_process()
    ours = replace(endless(foreign, "ours", if_running="adopt"), is_foreign=True)
    assert process.job_runs.resume(theirs.id, ours).is_foreign
    assert process.job_runs.delete(theirs.id, ours, timeout=600) == "left running"

    (warning,) = process.warned
    assert warning.startswith(f"job {theirs.id} (running) was not stopped: somebody else started it")
    assert warning.endswith(f"`xplenty-pulumi stop job {theirs.id}` stops it")
    assert bench.emulator.job(theirs.id).status == "running"
    assert bench.wire.count("DELETE .*") == 0


@pytest.mark.parametrize(
    ("ending", "seen"), [("complete_job", "had completed"), ("delete_record", "unknown to the service")]
)
def test_a_followed_run_that_has_ended_is_no_reason_to_warn(
    bench: Bench, foreign: EmulatedCluster, ending: str, seen: str
) -> None:
    """There is nothing that goes on; nor is it noted as let go, which is for the one who started it."""
    theirs = bench.client.jobs.run(cluster_id=foreign.id, package_id=ENDLESS)
    getattr(bench.emulator, ending)(*(["job"] if ending == "delete_record" else []), theirs.id)
    ours = replace(endless(foreign, "ours", if_running="adopt"), is_foreign=True)

    assert bench.job_runs.delete(theirs.id, ours, timeout=600) == seen
    assert (bench.warned, bench.wire.count("DELETE .*")) == ([], 0)


def test_a_followed_run_is_not_stopped_when_it_takes_too_long(bench: Bench, foreign: EmulatedCluster) -> None:
    """The `up` fails and says that the run goes on; what is not ours is stopped by no option."""
    theirs = bench.client.jobs.run(cluster_id=foreign.id, package_id=ENDLESS)
    ours = desired_run(foreign, ENDLESS, if_running="adopt", max_runtime="10m", on_cancel="stop")

    outcome = bench.job_runs.create(ours)

    assert "it goes on, since somebody else started it" in str(outcome.problem)
    assert bench.emulator.job(theirs.id).status == "running"


def test_a_followed_run_is_not_stopped_by_a_cancel(bench: Bench, foreign: EmulatedCluster) -> None:
    """Whoever has had enough of waiting leaves it running, whatever `on_cancel` says."""
    theirs = bench.client.jobs.run(cluster_id=foreign.id, package_id=ENDLESS)
    bench.cancel_at(f"GET jobs/{theirs.id}")

    outcome = bench.job_runs.create(desired_run(foreign, ENDLESS, if_running="adopt", on_cancel="stop"))

    assert f"job {theirs.id}: cancelled while waiting" in str(outcome.problem)
    assert (outcome.is_foreign, bench.wire.count("DELETE .*")) == (True, 0)


def test_a_run_of_this_stack_that_was_taken_up_is_stopped(bench: Bench, cluster: EmulatedCluster) -> None:
    """What an earlier attempt of this resource started is ours, also where `if_running` says `adopt`."""
    lost = bench.job_runs.create(endless(cluster, "ours")).record
    process = bench.another_process()
    outcome = process.job_runs.create(endless(cluster, "ours", if_running="adopt"))

    assert (outcome.record.id, outcome.is_foreign) == (lost.id, False)
    assert process.job_runs.delete(lost.id, endless(cluster, "ours"), timeout=600) == "stopped"
    assert bench.emulator.job(lost.id).status == "stopped"
