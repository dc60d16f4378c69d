"""A run that a resource let go is not a lost one: an equal one declared anew is run anew, by whatever process."""

import pytest

from tests.core.reconcile.runs.test_jobs import wanted
from tests.support.accounts.bench import Bench
from tests.support.faults.behaviours import answers, hiding, rewritten
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.emulator import PackageSeed
from xplenty_pulumi.errors import UnsureError


def test_a_run_that_was_let_go_is_run_anew_by_another_process(bench: Bench) -> None:
    """Destroyed and declared again, however soon, an equal run is a new run."""
    first = bench.job_runs.create(wanted(bench)).record
    bench.job_runs.stop(first.id, timeout=60)

    second = bench.another_process().job_runs.create(wanted(bench)).record

    assert second.id != first.id
    assert [run.status for run in bench.emulator.jobs()] == ["completed", "completed"]


def test_back_and_forth_is_a_new_run_each_time(bench: Bench) -> None:
    """Variables that change from A to B and back to A bring about three runs, each change in its own process."""
    process, held = bench, None
    for day in ("'A'", "'B'", "'A'"):
        process = process.another_process()
        if held is not None:
            process.job_runs.stop(held, timeout=60)
        held = process.job_runs.create(wanted(bench, variables={"day": day})).record.id

    assert [run.variables for run in bench.emulator.jobs()] == [{"day": "'A'"}, {"day": "'B'"}, {"day": "'A'"}]


def test_a_completed_run_that_nobody_let_go_is_taken_up_with_a_warning(bench: Bench) -> None:
    """What a crash lost and completed meanwhile is not run twice, and the user reads which run it is."""
    lost = bench.job_runs.create(wanted(bench)).record
    process = bench.another_process()

    assert process.job_runs.create(wanted(bench)).record.id == lost.id
    assert process.warned[0].startswith(f"adopted job {lost.id} (completed) instead of starting a run")


def test_a_completed_run_of_more_than_an_hour_ago_is_not_taken_up(bench: Bench) -> None:
    """An old success cannot be told from one that was lost, so the run is started, as the known limits say."""
    lost = bench.job_runs.create(wanted(bench)).record
    bench.clock.advance(2 * 3600)

    assert bench.another_process().job_runs.create(wanted(bench)).record.id != lost.id


def test_an_active_run_of_more_than_an_hour_ago_is_refused(bench: Bench) -> None:
    """An equal run that is still going is neither taken up nor joined by a second one."""
    bench.emulator.add_package(PackageSeed(200, "Long", run_seconds=8_000))
    going = bench.client.jobs.run(cluster_id=wanted_cluster(bench), package_id=200)
    bench.clock.advance(2 * 3600)

    with pytest.raises(UnsureError, match=rf"job {going.id} \(running\) has .* was started more than 60 minutes ago"):
        bench.job_runs.create(wanted(bench, package_id=200))

    assert bench.job_runs.create(wanted(bench, package_id=200, on_unsure="rerun")).record.id != going.id


def test_only_a_success_is_noted_as_let_go(bench: Bench) -> None:
    """A run that did not succeed is never taken up, so nothing is noted."""
    cluster_run = bench.client.jobs.run(cluster_id=wanted_cluster(bench), package_id=101)
    bench.job_runs.stop(cluster_run.id, timeout=60)

    assert JOB_RUN.phase(bench.emulator.job(cluster_run.id).status).value == "stopped"
    assert bench.wire.count(f"DELETE jobs/{cluster_run.id}/watchers") == 0


@pytest.mark.parametrize("status", [403, 404, 422])
def test_a_note_that_is_not_taken_is_a_warning(bench: Bench, status: int) -> None:
    """An ended run is let go all the same; only a service without such a list leaves something to say."""
    run = bench.job_runs.create(wanted(bench)).record
    bench.wire.on("DELETE jobs/.*/watchers", answers(status))

    bench.job_runs.stop(run.id, timeout=60)

    assert bool(bench.warned) is (status != 404)


def wanted_cluster(bench: Bench) -> int:
    """Return the id of the account's only cluster."""
    return int(str(wanted(bench).inputs["cluster_id"]))


def test_a_run_of_another_user_is_never_taken_up(bench: Bench) -> None:
    """What somebody else started is left to him, however equal it is."""
    going = bench.client.jobs.run(cluster_id=wanted_cluster(bench), package_id=101)
    bench.wire.on("GET jobs", rewritten(lambda record: record.update(creator={"type": "User", "id": 999})))

    assert bench.job_runs.create(wanted(bench)).record.id != going.id


def test_a_run_that_was_falsely_gone_is_found_again(bench: Bench) -> None:
    """A run that the state drops because of false 404s is taken up in the same process, not run twice."""
    run = bench.job_runs.create(wanted(bench)).record
    process = bench.another_process()
    process.wire.on(f"GET jobs/{run.id}", answers(404), calls={1, 2})
    process.wire.on("GET jobs", hiding(run.id), calls={1})
    assert process.job_runs.read(run.id, last_status="failed", desired=DesiredRun({}, timeout=0)).gone

    assert process.job_runs.create(wanted(bench)).record.id == run.id
