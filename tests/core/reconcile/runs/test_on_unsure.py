"""What the user may say about runs of which it cannot be told whether they were started."""

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.behaviours import answers, lost_after, lost_before
from tests.support.faults.exchange import Behaviour
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.errors import UnsureError


def wanted(bench: Bench, on_unsure: str) -> DesiredRun:
    """Return a run as it should be, on the account's only cluster."""
    clusters = bench.emulator.clusters() or (bench.own_cluster(),)
    return desired_run(clusters[0], on_unsure=on_unsure)


def lose_runs(bench: Bench, count: int) -> None:
    """Let runs of the same shape have been started by an attempt that nobody remembers."""
    for _ in range(count):
        bench.client.jobs.run(cluster_id=501, package_id=101)


@pytest.mark.parametrize("fault", [lost_after, lost_before])
def test_refuse_does_not_even_look(bench: Bench, fault: Behaviour) -> None:
    """A lost answer is told at once and left to the user."""
    bench.wire.on("POST jobs", fault)
    with pytest.raises(UnsureError):
        bench.job_runs.create(wanted(bench, "refuse"))
    assert bench.clock.monotonic() == 0
    assert bench.wire.count("POST jobs") == 1


def test_refuse_takes_nothing_up(bench: Bench) -> None:
    """A run that may be ours is named, neither followed nor doubled."""
    run = wanted(bench, "refuse")
    lose_runs(bench, 1)
    with pytest.raises(UnsureError) as caught:
        bench.job_runs.create(run)
    assert caught.value.candidates == ("9001",)
    assert "job 9001 (idle) may be the run" in str(caught.value)
    assert bench.wire.count("POST jobs") == 1


@pytest.mark.parametrize("on_unsure", ["verify", "refuse"])
def test_several_lost_runs_are_refused(bench: Bench, on_unsure: str) -> None:
    """Which one is meant cannot be known."""
    run = wanted(bench, on_unsure)
    lose_runs(bench, 2)
    with pytest.raises(UnsureError) as caught:
        bench.job_runs.create(run)
    assert sorted(caught.value.candidates) == ["9001", "9002"]
    assert bench.wire.count("POST jobs") == 2


def test_rerun_starts_one_more(bench: Bench) -> None:
    """On the user's word several lost runs are no reason not to start."""
    run = wanted(bench, "rerun")
    lose_runs(bench, 2)
    outcome = bench.job_runs.create(run)
    assert outcome.problem is None
    assert outcome.record.id == 9003


def test_rerun_finds_before_it_repeats(bench: Bench) -> None:
    """A run that shows up is not started again."""
    bench.wire.on("POST jobs", lost_after)
    assert bench.job_runs.create(wanted(bench, "rerun")).problem is None
    assert bench.wire.count("POST jobs") == 1


def test_rerun_sends_again_what_does_not_show(bench: Bench) -> None:
    """After the search it is started a second time."""
    bench.wire.on("POST jobs", lost_before, calls={1})
    outcome = bench.job_runs.create(wanted(bench, "rerun"))
    assert outcome.problem is None
    assert bench.wire.count("POST jobs") == 2
    assert len(bench.emulator.jobs()) == 1


def test_rerun_ends_after_the_second_call(bench: Bench) -> None:
    """Then it is unsure, and the text does not say that it was sent once."""
    bench.wire.on("POST jobs", lost_before)
    with pytest.raises(UnsureError, match="got no answer, twice; no such run has appeared"):
        bench.job_runs.create(wanted(bench, "rerun"))
    assert bench.wire.count("POST jobs") == 2


def test_rerun_sends_again_where_looking_fails(bench: Bench) -> None:
    """Whoever does not mind another run does not mind that it cannot be told."""
    bench.wire.on("POST jobs", lost_after, calls={1})
    bench.wire.on("GET jobs", answers(500), calls=range(2, 22))
    assert bench.job_runs.create(wanted(bench, "rerun")).problem is None
    assert bench.wire.count("POST jobs") == len(bench.emulator.jobs()) == 2
