"""Runs are started once, and followed to the end."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.behaviours import answers, late, lost_after, lost_before, preceded_by, rewritten, unreachable
from tests.support.faults.exchange import Behaviour
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.errors import UnsureError

FAILS, ARCHIVED = 103, 105


def wanted(bench: Bench, package_id: int = 101, **inputs: Any) -> DesiredRun:
    """Return a run as it should be, on the account's only cluster."""
    clusters = bench.emulator.clusters() or (bench.own_cluster(),)
    return desired_run(clusters[0], package_id, **inputs)


def test_a_run_is_followed_until_completed(bench: Bench) -> None:
    """Create returns when the service shows the run as completed."""
    outcome = bench.job_runs.create(wanted(bench))
    assert outcome.problem is None
    assert outcome.record.status == "completed"
    assert bench.emulator.job(outcome.record.id).status == "completed"


def test_what_is_sent(bench: Bench) -> None:
    """Ids go as numbers and variables as texts."""
    bench.job_runs.create(wanted(bench, variables={"N": 4.0}, dynamic_variables={"NOW": "CurrentTime()"}, triggers=[1]))
    assert bench.wire.bodies("POST jobs") == [
        {
            "cluster_id": 501,
            "package_id": 101,
            "variables": {"N": "4"},
            "dynamic_variables": {"NOW": "CurrentTime()"},
        }
    ]


def test_progress_is_told(bench: Bench) -> None:
    """While it runs, the share that is done stands beside the time."""
    bench.job_runs.create(wanted(bench))
    shares = [headline.removeprefix("running ") for headline in bench.headlines if headline.startswith("running ")]
    assert bench.headlines[:2] == ["idle", "pending"]
    assert shares == sorted(shares, key=lambda share: int(share.rstrip("%")))
    assert len(shares) > 2
    assert all(detail.endswith(" of 24h") for _, detail in bench.told)


def test_a_run_may_wait_for_its_cluster(bench: Bench) -> None:
    """A cluster that is still being built takes jobs."""
    cluster = bench.emulator.add_cluster(status="creating")
    assert bench.job_runs.create(desired_run(cluster)).problem is None


def test_a_lost_run_of_an_earlier_attempt_is_taken_up(bench: Bench) -> None:
    """What a crash left running is followed, and nothing is started."""
    run = wanted(bench)
    lost = bench.another_process().client.jobs.run(cluster_id=501, package_id=101)
    outcome = bench.job_runs.create(run)
    assert outcome.problem is None
    assert outcome.record.id == lost.id
    assert bench.wire.count("POST jobs") == 1
    assert bench.warned[0].startswith(f"adopted job {lost.id} (idle) instead of starting a run: ")


@pytest.mark.parametrize("triggers", [{}, {"triggers": [2]}])
def test_it_is_said_that_triggers_of_a_lost_run_are_not_known(bench: Bench, triggers: dict[str, Any]) -> None:
    """The user reads how to have a new run, where the one that is taken up may have run before they changed."""
    run = wanted(bench, **triggers)
    bench.another_process().client.jobs.run(cluster_id=501, package_id=101)
    bench.job_runs.create(run)
    assert bench.warned[0].endswith("change them again for a new run") is bool(triggers)


def test_a_run_of_a_schedule_is_not_taken_up(bench: Bench) -> None:
    """A schedule's equal run stands beside ours."""
    run = wanted(bench)
    bench.client.jobs.run(cluster_id=501, package_id=101)
    bench.wire.on("GET jobs", rewritten(lambda record: record.update(creator={"type": "Schedule", "id": 301})))
    assert bench.job_runs.create(run).problem is None
    assert len(bench.emulator.jobs()) == 2


@pytest.mark.parametrize("fault", [lost_after, late(4), late(30)], ids=["at once", "after 4 s", "after 30 s"])
def test_a_lost_answer_is_found_again(bench: Bench, fault: Behaviour) -> None:
    """The run that was started without our hearing of it is followed."""
    bench.wire.on("POST jobs", fault)
    outcome = bench.job_runs.create(wanted(bench))
    assert outcome.problem is None
    assert [one.id for one in bench.emulator.jobs()] == [outcome.record.id]
    assert bench.wire.count("POST jobs") == 1
    assert bench.headlines[0] == "the answer got lost, looking for the run"


@pytest.mark.parametrize("fault", [lost_before, late(100), answers(502), answers(503), answers(200)])
def test_a_run_is_never_sent_twice(bench: Bench, fault: Behaviour) -> None:
    """Where nothing appears it is unsure, and there is one call all the same."""
    bench.wire.on("POST jobs", fault)
    with pytest.raises(UnsureError) as caught:
        bench.job_runs.create(wanted(bench))
    assert bench.wire.count("POST jobs") == 1
    assert caught.value.resource == "package 101 on cluster 501"
    assert "was not sent again, lest it run twice" in str(caught.value)


def test_a_run_that_comes_too_late_is_taken_up_by_the_next(bench: Bench) -> None:
    """The next attempt finds it, so it runs once in all."""
    bench.wire.on("POST jobs", late(100))
    run = wanted(bench)
    with pytest.raises(UnsureError):
        bench.job_runs.create(run)
    bench.clock.advance(100)
    outcome = bench.another_process().job_runs.create(run)
    assert [one.id for one in bench.emulator.jobs()] == [outcome.record.id]


@pytest.mark.parametrize("fault", [unreachable, answers(500)])
def test_a_search_that_fails_is_unsure(bench: Bench, fault: Behaviour) -> None:
    """What cannot be looked for may be running, so it is never said that nothing was sent."""
    bench.wire.on("POST jobs", lost_after)
    bench.wire.on("GET jobs", fault, calls=range(2, 100))
    with pytest.raises(UnsureError, match="looking for it failed too") as caught:
        bench.job_runs.create(wanted(bench))
    assert bench.wire.count("POST jobs") == 1
    assert "Wait two minutes and look with `xplenty-pulumi status jobs`" in caught.value.advice


def test_several_that_appeared_are_not_guessed_at(bench: Bench) -> None:
    """An equal run that somebody else starts while the answer is lost is not told apart, so both are named."""
    run = wanted(bench)
    others = preceded_by(lambda: bench.client.jobs.run(cluster_id=501, package_id=101))
    bench.wire.on("POST jobs", lost_after, calls={1})
    bench.wire.on("GET jobs", others, calls={2})
    with pytest.raises(UnsureError) as caught:
        bench.job_runs.create(run)
    assert len(caught.value.candidates) == 2


def test_equal_runs_of_two_resources_are_two_runs(bench: Bench) -> None:
    """One after the other in one process, each gets a run of its own."""
    first, second = (bench.job_runs.create(wanted(bench, owner=owner)) for owner in ("nightly", "hourly"))
    assert first.record.id != second.record.id
    assert bench.wire.count("POST jobs") == 2


def test_equal_runs_at_the_same_time_are_as_many_runs(bench: Bench) -> None:
    """Threads that start together do not take up each other's."""
    runs = [wanted(bench, owner=f"run-{number}") for number in range(6)]
    found: list[int] = []

    def start(run: DesiredRun) -> None:
        found.append(bench.job_runs.create(run).record.id)

    threads = [threading.Thread(target=start, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 6 == len(bench.emulator.jobs())


def test_a_second_attempt_takes_up_its_own_run(bench: Bench) -> None:
    """The same resource, created again in the same process before its state was kept, does not run twice."""
    first, second = (bench.job_runs.create(wanted(bench)) for _ in range(2))
    assert first.record.id == second.record.id


@pytest.mark.parametrize("held_by", ["read", "resume", "stop"])
def test_a_run_that_was_looked_at_is_not_taken_up(bench: Bench, held_by: str) -> None:
    """What a resource of this process holds, or held until it was replaced, belongs to it; a new run is started."""
    run = wanted(bench)
    held = bench.client.jobs.run(cluster_id=501, package_id=101).id
    bench.emulator.complete_job(held)
    actions: dict[str, Callable[[], object]] = {
        "read": lambda: bench.job_runs.read(held, last_status="", desired=DesiredRun({}, timeout=0)),
        "resume": lambda: bench.job_runs.resume(held, run),
        "stop": lambda: bench.job_runs.stop(held, timeout=60),
    }
    actions[held_by]()
    assert bench.job_runs.create(run).record.id != held


def test_runtime_is_counted_in_the_time_of_the_account(bench: Bench) -> None:
    """A clock here that is an hour ahead stops no run, although the service does not count its seconds."""
    cluster = bench.ready_cluster()
    bench.clock.jump(3600)
    bench.wire.on("GET jobs/.*", rewritten(lambda record: record.update(runtime_in_seconds=None)))
    outcome = bench.job_runs.create(desired_run(cluster, 101, max_runtime="30m"))
    assert (outcome.problem, outcome.record.status) == (None, "completed")


def test_a_run_that_the_answer_shows_otherwise_is_named(bench: Bench) -> None:
    """It was no lost answer: the run may be the one that was asked for, so the user is told which to look at."""
    other = rewritten(lambda record: record.update(variables={"day": "2"}))
    bench.wire.on("POST jobs", other)
    bench.wire.on("GET jobs.*", rewritten(lambda record: record.update(variables={"day": "2"})))
    with pytest.raises(UnsureError, match=r"its start shows job 9001, .*not sent again, lest it run twice"):
        bench.job_runs.create(wanted(bench, variables={"day": "1"}))
    assert len(bench.emulator.jobs()) == 1
