"""How a run ends: as hoped, with the reason, or stopped; and what is known of it later."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.behaviours import answers, preceded_by
from tests.support.faults.exchange import Exchange
from xplenty_pulumi.client import Job
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.core.reconcile.runs.failure import last_words
from xplenty_pulumi.emulator import Knobs, PackageSeed
from xplenty_pulumi.errors import AuthError, Cancelled, JobFailed, ReadyFailed, ReadyTimeout, ServerError

NOT_FOUND = "Package failed to execute: input path not found."
LOG = """\
the log of job 9001 before its error:
  2026-01-01T00:00:00Z Job 9001 submitted
  2026-01-01T00:00:05Z Package 103 started on cluster 501"""


def wanted(bench: Bench, package_id: int = 101, **inputs: Any) -> DesiredRun:
    """Return a run as it should be, on a new cluster."""
    return desired_run(bench.emulator.add_cluster(), package_id, **inputs)


def running(bench: Bench, *, package_id: int = 101) -> int:
    """Let somebody start a run on a new cluster, and return its id once it is running."""
    cluster = bench.emulator.add_cluster()
    number = bench.client.jobs.run(cluster_id=cluster.id, package_id=package_id).id
    bench.clock.advance(10)
    assert bench.emulator.job(number).status == "running"
    return number


def test_a_failed_run_carries_its_error_and_link(bench: Bench) -> None:
    """The run is returned with the service's own words, a page to look at, and what happens next; its log stands apart.

    The last line of the log, which repeats those words, is left out, and so its lines are not called the end.
    """
    outcome = bench.job_runs.create(wanted(bench, 103))
    problem = outcome.problem
    assert isinstance(problem, JobFailed)
    assert outcome.record.status == problem.last_status == "failed"
    assert problem.reason == NOT_FOUND
    assert str(problem) == (
        f"job {outcome.record.id}: failed: {NOT_FOUND.rstrip('.')}; see {outcome.record.html_url}. "
        "Correct the package, its variables or the cluster first (`xplenty-pulumi status job 9001` shows the log). "
        "The next `pulumi up` starts a new run"
    )
    assert bench.noted == [LOG]


def test_a_failed_run_without_a_log_is_told_all_the_same(bench: Bench) -> None:
    """A log that cannot be read takes nothing away from the run's own words."""
    bench.wire.on("GET jobs/.*", answer_without_log)
    outcome = bench.job_runs.create(wanted(bench, 103))
    assert isinstance(outcome.problem, JobFailed)
    assert bench.noted == []
    assert NOT_FOUND.rstrip(".") in str(outcome.problem)


@pytest.mark.parametrize(("log", "where"), [("a\nb\nNo\n\n", "before its error"), ("a\nNo\nb", "ends with")])
def test_a_log_whose_last_line_is_left_out_does_not_end_there(bench: Bench, log: str, where: str) -> None:
    """Only what stands before the end is shown, and is called so."""
    failed = Job(id=7, status="failed", errors="No.")
    bench.wire.on("GET jobs/7", lambda _: httpx.Response(200, json={"id": 7, "status": "failed", **summary(log)}))
    assert last_words(bench.client, failed) == f"the log of job 7 {where}:\n  a\n  b"


def summary(body: str) -> dict[str, Any]:
    """Return the part of a job that has its log."""
    return {"log_summary": {"body": body}}


def answer_without_log(exchange: Exchange) -> httpx.Response:
    """Answer as the account does, but refuse whatever asks for a log."""
    if "log_summary" in str(exchange.request.url):
        return httpx.Response(403, json={"message": "Not on your plan."})
    return exchange.forward()


def test_errors_fit_into_a_line(bench: Bench) -> None:
    """Line breaks of the service's text become spaces."""
    bench.emulator.add_package(PackageSeed(200, "x", failure="first\n  line\tand\r\nsecond"))
    outcome = bench.job_runs.create(wanted(bench, 200))
    assert isinstance(outcome.problem, JobFailed)
    assert outcome.problem.reason == "first line and second"


@pytest.mark.parametrize("no_errors", ["null", "empty"])
def test_a_run_stopped_by_others_fails(no_errors: Any) -> None:
    """Only a completed run is a success; without a reason that is said."""
    bench = Bench.new(knobs=Knobs(no_errors=no_errors))
    bench.wire.on("GET jobs/.*", preceded_by(lambda: bench.emulator.stop_job(9001)), calls={5})
    outcome = bench.job_runs.create(wanted(bench))
    assert isinstance(outcome.problem, JobFailed)
    assert outcome.problem.last_status == "stopped"
    assert "stopped: the service gives no reason; see http" in str(outcome.problem)


def test_a_cluster_that_breaks_fails_its_runs(bench: Bench) -> None:
    """The service's reason names the cluster."""
    bench.wire.on("GET jobs/.*", preceded_by(lambda: bench.emulator.fail_cluster(501)), calls={5})
    outcome = bench.job_runs.create(wanted(bench))
    assert isinstance(outcome.problem, JobFailed)
    assert "in erroneous state" in outcome.problem.reason
    assert "; cluster 501 is in error; " in str(outcome.problem)


def test_a_cluster_that_ends_takes_its_runs_with_it(bench: Bench) -> None:
    """That the cluster has ended is the reason which the service does not give; a plain `up` would not mend it."""
    bench.wire.on("GET jobs/.*", preceded_by(lambda: bench.emulator.end_cluster(501)), calls={5})
    outcome = bench.job_runs.create(wanted(bench))
    assert isinstance(outcome.problem, JobFailed)
    assert "stopped: the service gives no reason; cluster 501 is terminated; see http" in str(outcome.problem)
    assert outcome.problem.advice.startswith("If this stack declares the cluster, run `pulumi up --refresh`")


def test_a_forgotten_quote_is_hinted_at(bench: Bench) -> None:
    """A value that reads like words may be what is wrong; only its name is shown."""
    outcome = bench.job_runs.create(wanted(bench, 103, variables={"DAY": "s3cretword", "N": 1}))
    assert "'DAY' looks like a string without its quotes, see xplenty_pulumi.quote()" in str(outcome.problem)
    assert "s3cretword" not in str(outcome.problem)


def test_a_slow_run_is_kept(bench: Bench) -> None:
    """When time is over the run goes on, and is returned with the problem."""
    outcome = bench.job_runs.create(wanted(bench, timeout=30))
    assert isinstance(outcome.problem, ReadyTimeout)
    assert outcome.record.status == "running"
    assert "not completed after 30s; last seen running" in str(outcome.problem)
    assert bench.wire.count("DELETE .*") == 0


def test_a_cancelled_run_goes_on(bench: Bench) -> None:
    """Cancelling the `up` does not stop what was started."""
    bench.cancel_at("POST jobs")
    outcome = bench.job_runs.create(wanted(bench))
    assert isinstance(outcome.problem, Cancelled)
    assert [one.id for one in bench.emulator.unfinished_jobs()] == [outcome.record.id]
    assert bench.wire.count("DELETE .*") == 0


def test_a_run_that_vanishes_is_a_problem(bench: Bench) -> None:
    """The last that was known of it is returned."""
    bench.wire.on("GET jobs/.*", preceded_by(lambda: bench.emulator.delete_record("job", 9001)), calls={3})
    outcome = bench.job_runs.create(wanted(bench))
    assert isinstance(outcome.problem, ReadyFailed)
    assert "the service no longer knows this run, which was active" in str(outcome.problem)
    assert outcome.record.id == 9001


def test_resume_follows_and_never_starts(bench: Bench) -> None:
    """A run known by its id is waited for, in whatever process."""
    number = running(bench)
    run = DesiredRun({"cluster_id": "501", "package_id": "101"}, 600)
    outcome = bench.another_process().job_runs.resume(number, run)
    assert outcome.problem is None
    assert outcome.record.status == "completed"
    assert bench.wire.count("POST jobs") == 1


def test_resume_of_a_completed_run_takes_no_time(bench: Bench) -> None:
    """A completed run stays one, so the first look is enough."""
    number = running(bench)
    bench.emulator.complete_job(number)
    before = bench.clock.monotonic()
    assert bench.job_runs.resume(number, DesiredRun({"cluster_id": "501", "package_id": "101"}, 600)).problem is None
    assert bench.clock.monotonic() == before


def test_resume_of_a_forgotten_run(bench: Bench) -> None:
    """How it ended cannot be seen any more, and what to do is said."""
    with pytest.raises(ReadyFailed) as caught:
        bench.job_runs.resume(7, DesiredRun({}, 600))
    assert caught.value.resource == "job 7"
    assert caught.value.advice.startswith("Take it out of the program, or change triggers")


ACTIVE = ("idle", "pending", "queued", "running", "pending_stoppage", "stopping")
SIGHTS = {status: f"it is {status}. The next `pulumi up` goes on following it" for status in ACTIVE}


@pytest.mark.parametrize("status", [*ACTIVE, "completed", "failed", "stopped"])
def test_sight_of_every_status(bench: Bench, status: str) -> None:
    """An ended run is not gone; one that did not succeed, or not yet, is remarked on."""
    number = running(bench)
    put_into(bench, number, status)
    sight = bench.job_runs.read(number, last_status="running", desired=DesiredRun({}, timeout=0))
    assert not sight.gone
    assert sight.record is not None
    assert sight.record.status == status
    assert sight.remark.startswith(SIGHTS.get(status, "" if status == "completed" else f"{status}: "))
    assert bool(sight.remark) is (status != "completed")


def put_into(bench: Bench, number: int, status: str) -> None:
    """Let a running job be in `status`."""
    endings = {"completed": "complete_job", "failed": "fail_job", "stopped": "stop_job"}
    if status in endings:
        getattr(bench.emulator, endings[status])(number)
        return
    account, job = bench.emulator.account, bench.emulator.job(number)
    with account.lock:
        account.world.put(replace(job, status=status, status_since=account.world.now))


def test_every_status_is_tried() -> None:
    """The list of this test is complete."""
    assert {*ACTIVE, "completed", "failed", "stopped"} == set(JOB_RUN.phases)


@pytest.mark.parametrize("status", JOB_RUN.phases)
def test_a_forgotten_run(bench: Bench, status: str) -> None:
    """A success stays one, a failure may be forgotten, and of what was active it is said that nobody knows its end."""
    sight = bench.job_runs.read(7, last_status=status, desired=DesiredRun({}, timeout=0))
    assert sight.record is None
    assert sight.gone is (status in {"failed", "stopped"})
    assert ("which was active, so how it ended cannot be seen" in sight.remark) is (status in ACTIVE)
    assert bool(sight.remark) is (status != "completed")


def test_a_single_404_is_not_believed(bench: Bench) -> None:
    """A service that lags behind itself for a moment does not make a run start again."""
    number = running(bench)
    bench.wire.on("GET jobs/.*", answers(404), calls={1, 3})
    assert not bench.job_runs.read(number, last_status="running", desired=DesiredRun({}, timeout=0)).gone
    run = DesiredRun({"cluster_id": "501", "package_id": "101"}, 600)
    assert bench.job_runs.resume(number, run).problem is None


def test_trouble_is_not_gone(bench: Bench) -> None:
    """Whatever keeps us from looking never makes a run disappear."""
    number = running(bench)
    bench.wire.on("GET .*", answers(500))
    with pytest.raises(ServerError):
        bench.job_runs.read(number, last_status="running", desired=DesiredRun({}, timeout=0))


def test_a_key_that_is_refused_while_a_run_is_followed(bench: Bench) -> None:
    """The failure says what goes on, and the state keeps it."""
    bench.wire.on("GET jobs/.*", answers(401))
    outcome = bench.job_runs.create(wanted(bench))
    assert isinstance(outcome.problem, AuthError)
    assert f"; job {outcome.record.id} was last seen idle and may go on. " in str(outcome.problem)
