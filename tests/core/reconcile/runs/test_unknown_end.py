"""A status that this version does not know is waited for only while nothing says that the run has ended."""

from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.behaviours import rewritten
from xplenty_pulumi.client import Job
from xplenty_pulumi.core.kinds.compare import plan
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, has_ended, is_active
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.core.reports.drift import Cause, Entry, findings_of
from xplenty_pulumi.core.reports.overview import job_row
from xplenty_pulumi.core.reports.script_goals import JOB_GOALS
from xplenty_pulumi.errors import ReadyFailed, ReadyTimeout

WORD = "completed_with_warnings"
AT = "2026-01-01T00:02:00Z"
ENDS: list[dict[str, Any]] = [{"completed_at": AT, "progress": 0.5}, {"completed_at": None, "progress": 1.0}]
GOES_ON = {"completed_at": None, "progress": 0.5}


def shown(bench: Bench, fields: dict[str, Any]) -> None:
    """Let every run that is read show the unknown status and `fields`."""
    unknown = rewritten(lambda record: record.update(status=WORD, **fields))
    bench.wire.on(r"GET jobs/\d+", unknown)
    bench.wire.on("GET jobs", unknown)


@pytest.mark.parametrize("fields", ENDS)
@pytest.mark.parametrize("wait_for", ["completed", "running"])
def test_it_is_reported_and_not_waited_for(bench: Bench, fields: dict[str, Any], wait_for: str) -> None:
    """The `up` fails with the word, the link and the way to a new run, and does not say that the run goes on."""
    cluster = bench.own_cluster()
    shown(bench, fields)
    outcome = bench.job_runs.create(desired_run(cluster, wait_for=wait_for))
    assert isinstance(outcome.problem, ReadyFailed)
    assert bench.clock.monotonic() < 600
    text = str(outcome.problem)
    assert f"it has ended as '{WORD}', a status that this version of xplenty-pulumi does not know" in text
    assert f"; see {outcome.record.html_url}. " in text
    assert "for a new run change triggers" in text
    assert "goes on" not in text


def test_it_is_waited_for_while_nothing_says_that_it_has_ended(bench: Bench) -> None:
    """Then only time ends the wait."""
    cluster = bench.own_cluster()
    shown(bench, GOES_ON)
    outcome = bench.job_runs.create(desired_run(cluster, timeout=60))
    assert isinstance(outcome.problem, ReadyTimeout)


@pytest.mark.parametrize("fields", ENDS)
def test_the_next_up_and_a_refresh_say_the_same(bench: Bench, fields: dict[str, Any]) -> None:
    """The run is kept, is not started again, and is told of each time."""
    run = bench.client.jobs.run(cluster_id=bench.own_cluster().id, package_id=101)
    shown(bench, fields)
    desired = DesiredRun({"cluster_id": "501", "package_id": "101"}, timeout=60)
    sight = bench.job_runs.read(run.id, last_status=WORD, desired=desired)
    assert not sight.gone
    assert sight.remark.startswith("it has ended as")
    assert isinstance(bench.job_runs.resume(run.id, desired).problem, ReadyFailed)
    assert plan(JOB_RUN, {}, {"status": WORD}).replaces == ()
    assert bench.wire.count("POST jobs") == 1


def test_it_may_be_recorded(bench: Bench) -> None:
    """`on_failure` `record` leaves it at a warning, and a refresh has nothing to remark on."""
    cluster = bench.own_cluster()
    shown(bench, ENDS[0])
    outcome = bench.job_runs.create(desired_run(cluster, on_failure="record"))
    assert (outcome.problem, outcome.record.status) == (None, WORD)
    assert bench.warned[0].endswith("It is only recorded, as on_failure asks")
    desired = DesiredRun({"on_failure": "record"}, timeout=0)
    assert bench.job_runs.read(outcome.record.id, last_status=WORD, desired=desired).remark == ""


@pytest.mark.parametrize("fields", ENDS)
def test_there_is_nothing_to_stop(bench: Bench, fields: dict[str, Any]) -> None:
    """A destroy sends no stop, and an equal run declared anew is run anew."""
    cluster = bench.own_cluster()
    run = bench.client.jobs.run(cluster_id=cluster.id, package_id=101)
    shown(bench, fields)
    assert bench.job_runs.stop(run.id, timeout=60) == f"had ended as {WORD}"
    assert bench.wire.count(f"DELETE jobs/{run.id}") == 0
    assert bench.another_process().job_runs.create(desired_run(cluster)).record.id != run.id


def record(**fields: Any) -> Job:
    """Return a run with the unknown status."""
    known = {"id": 7, "cluster_id": 501, "package_id": 101, "created_at": "2026-01-01T00:00:00Z"}
    return Job.model_validate({**known, "status": WORD, **fields})


@pytest.mark.parametrize("fields", ENDS)
def test_drift_status_and_wait_see_its_end(fields: dict[str, Any]) -> None:
    """Every command that looks at runs says the same of it."""
    ended, going = record(**fields), record(**GOES_ON)
    entry = Entry("dev", "load", JOB_RUN, 7, {"cluster_id": "501"}, {"status": "running"})
    assert findings_of(entry, ended)[0].cause is Cause.END_UNKNOWN
    assert findings_of(entry, going)[0].cause is Cause.UNFINISHED
    assert (job_row(ended).is_ended, job_row(going).is_ended) == (True, False)
    assert "does not know" in JOB_GOALS["completed"].hopeless(ended)
    assert JOB_GOALS["completed"].hopeless(going) == ""
    assert JOB_GOALS["ended"].reached(ended)
    assert not JOB_GOALS["ended"].reached(going)
    assert (has_ended(ended), is_active(ended)) == (True, False)


def test_a_run_that_failed_on_the_way_may_still_be_tried_again() -> None:
    """`failed_at` alone does not say that it has ended."""
    retried = record(failed_at=AT, progress=0.2)
    assert not has_ended(retried)
    assert not job_row(retried).is_ended
