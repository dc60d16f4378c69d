"""Ending a cluster on which jobs are still active."""

from random import Random

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER
from tests.support.faults.behaviours import answers, preceded_by, rewritten
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.marker import marker_of, sign
from xplenty_pulumi.core.kinds.ownership import as_marked
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile.runs.follow import RunStopper
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import InvalidError, ReadyTimeout, RefusedError


def busy_cluster(bench: Bench, *packages: int) -> int:
    """Return the id of a cluster on which somebody has started a run of each package."""
    number = bench.emulator.add_cluster().id
    for package in packages:
        bench.client.jobs.run(cluster_id=number, package_id=package)
    return number


def ends(bench: Bench, number: int) -> list[str]:
    """Return how the jobs on the cluster have ended."""
    return [job.status for job in bench.emulator.jobs() if job.cluster_id == number]


def test_active_jobs_are_stopped_first(bench: Bench) -> None:
    """By default every job on the cluster is stopped, seen to be stopped, and only then the cluster ended."""
    number = busy_cluster(bench, 101, 102, 104)
    bench.clusters.delete(number, timeout=600)
    assert ends(bench, number) == ["stopped", "stopped", "stopped"]
    assert bench.emulator.cluster(number).status == "terminated"
    ended = [path for method, path, _ in bench.wire.requests if method == "DELETE"]
    assert len(ended) == 4
    assert ended[-1] == f"clusters/{number}"


def test_active_jobs_may_be_waited_for(bench: Bench) -> None:
    """On the user's word they come to their own end."""
    number = busy_cluster(bench, 101, 103)
    bench.clusters.delete(number, timeout=600, active_jobs="wait")
    assert ends(bench, number) == ["completed", "failed"]
    assert bench.wire.count("DELETE jobs/.*") == 0
    assert bench.emulator.cluster(number).status == "terminated"


def test_active_jobs_may_be_a_reason_not_to_end_it(bench: Bench) -> None:
    """On the user's word nothing is touched, and the jobs are named."""
    number = busy_cluster(bench, 101)
    with pytest.raises(RefusedError) as caught:
        bench.clusters.delete(number, timeout=600, active_jobs="fail")
    assert caught.value.resource == f"cluster {number}"
    assert "jobs are still active on it: 9001 (idle); nothing was stopped or ended" in str(caught.value)
    assert "active_jobs_on_terminate" in caught.value.advice
    assert bench.wire.count("DELETE .*") == 0


@pytest.mark.parametrize("policy", ["stop", "wait", "fail"])
def test_a_quiet_cluster_is_ended_in_any_case(bench: Bench, policy: str) -> None:
    """Jobs that have ended, and jobs on other clusters, are nobody's concern."""
    number = busy_cluster(bench, 101)
    bench.emulator.complete_job(9001)
    other = busy_cluster(bench, 104)
    bench.clusters.delete(number, timeout=600, active_jobs=policy)
    assert bench.emulator.cluster(number).status == "terminated"
    assert ends(bench, other) == ["queued"]


def test_waiting_for_jobs_shares_the_time(bench: Bench) -> None:
    """A job that does not end in time is named, and the cluster lives on."""
    bench.emulator.edit_cluster(busy_cluster(bench, 102), nodes=4)
    with pytest.raises(ReadyTimeout, match="job 9001: not ended after 1m"):
        bench.clusters.delete(501, timeout=60, active_jobs="wait")
    assert bench.clock.monotonic() == pytest.approx(60)
    assert bench.emulator.cluster(501).status == "available"


def test_jobs_on_a_cluster_that_is_ending_are_its_own_business(bench: Bench) -> None:
    """The service is already dealing with them."""
    number = busy_cluster(bench, 101)
    bench.client.clusters.terminate(number)
    bench.wire.requests.clear()
    bench.clusters.delete(number, timeout=600, active_jobs="fail")
    assert bench.wire.count("GET jobs") == bench.wire.count("DELETE .*") == 0


def test_a_service_that_refuses_to_end_a_busy_cluster() -> None:
    """It has no reason to, once the jobs are seen to have ended."""
    bench = Bench.new(knobs=Knobs(delete_busy_cluster="refuse"))
    number = busy_cluster(bench, 101)
    bench.clusters.delete(number, timeout=600)
    assert bench.wire.count("DELETE clusters/.*") == 1


def test_a_job_that_can_not_be_stopped_keeps_the_cluster(bench: Bench) -> None:
    """What goes on running is told, and nothing is ended under it."""
    number = busy_cluster(bench, 104)
    bench.wire.on("DELETE jobs/.*", answers(422, "not now"))
    with pytest.raises(InvalidError, match="not now"):
        bench.clusters.delete(number, timeout=600)
    assert bench.emulator.cluster(number).status == "available"


@pytest.mark.parametrize("policy", ["stop", "wait"])
def test_a_job_that_vanishes_has_ended(bench: Bench, policy: str) -> None:
    """A 404 that stays one is an end."""
    number = busy_cluster(bench, 101)
    bench.wire.on("GET jobs/9001", preceded_by(lambda: bench.emulator.delete_record("job", 9001)), calls={1})
    bench.clusters.delete(number, timeout=600, active_jobs=policy)
    assert bench.emulator.cluster(number).status == "terminated"


def test_every_active_status_is_listed(bench: Bench) -> None:
    """Whatever a job that has not ended is doing, it is found, once."""
    number = busy_cluster(bench, 101)
    stopping = RunStopper(bench.client, Polls(bench.client, bench.clock), Patience(clock=bench.clock))
    active = stopping.active_on(number)
    assert [job.id for job in active] == [9001]
    assert bench.wire.count("GET jobs") == len(JOB_RUN.phases) - 3


@pytest.mark.parametrize("policy", ["stop", "wait"])
def test_jobs_that_come_while_others_end_are_dealt_with_too(bench: Bench, policy: str) -> None:
    """A colleague starts one while the first is stopped or waited for: the end of the cluster is no end for it."""
    number = busy_cluster(bench, 101)
    late = preceded_by(lambda: bench.client.jobs.run(cluster_id=number, package_id=101))
    bench.wire.on("GET jobs/9001", late, calls={1})
    bench.clusters.delete(number, timeout=6000, active_jobs=policy)
    assert ends(bench, number) == [{"stop": "stopped", "wait": "completed"}[policy]] * 2
    assert bench.wire.count("DELETE jobs/.*") == (2 if policy == "stop" else 0)
    assert bench.emulator.cluster(number).status == "terminated"


def test_a_job_that_a_list_goes_on_showing_is_dealt_with_once(bench: Bench) -> None:
    """A list that lags behind does not keep the cluster alive."""
    number = busy_cluster(bench, 101)
    bench.wire.on("GET jobs", rewritten(lambda job: job.update(status="running")))
    bench.clusters.delete(number, timeout=600)
    assert bench.emulator.cluster(number).status == "terminated"


def test_a_job_that_completes_before_it_can_be_stopped_is_not_called_stopped(bench: Bench) -> None:
    """The warning says how it ended."""
    number = busy_cluster(bench, 101)
    bench.wire.on("DELETE jobs/9001", preceded_by(lambda: bench.emulator.complete_job(9001)))
    bench.clusters.delete(number, timeout=600)
    assert bench.warned == [f"job 9001, which was active on cluster {number}, had completed before it could be stopped"]


def test_a_cluster_that_changes_hands_while_its_jobs_end_lives_on(bench: Bench) -> None:
    """What is ended because of its marker is looked at again after each thing that takes time."""
    marker = marker_of(OWNER).drawn(bench.clock.now(), Random(1))
    number = busy_cluster(bench, 101)
    bench.emulator.edit_cluster(number, description=sign("", marker))
    made = as_marked(bench.client.clusters.get(number))
    bench.wire.on("DELETE jobs/9001", preceded_by(lambda: bench.emulator.edit_cluster(number, description="kept")))
    assert bench.clusters.delete(number, timeout=600, made=made) == "left alone"
    assert bench.emulator.cluster(number).status == "available"
