"""A run that a doubled call started besides ours is named at the end of the operation."""

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.behaviours import answers, doubled
from xplenty_pulumi.core.reconcile.runs.start import doubled_runs


def started(bench: Bench) -> str:
    """Start a run, and return what the look at the end says."""
    bench.job_runs.create(desired_run(bench.own_cluster(), 101))
    return doubled_runs(bench.client, bench.known_runs)


def test_the_other_run_of_a_doubled_call_is_named(bench: Bench) -> None:
    """The text names both, and how the other one is stopped."""
    bench.wire.on("POST jobs", doubled, calls={1})
    text = started(bench)
    ours, other = sorted(one.id for one in bench.emulator.jobs())[::-1]
    assert f"job {other} (completed) is equal to job {ours}, which this operation started" in text
    assert "Look at what it has done: that may be there twice" in text


def test_one_that_goes_on_is_to_be_stopped(bench: Bench) -> None:
    """What is active can be stopped, and the text says how."""
    bench.wire.on("POST jobs", doubled, calls={1})
    bench.job_runs.create(desired_run(bench.own_cluster(), 106, wait_for="submitted"))
    other = min(one.id for one in bench.emulator.jobs())
    assert f"`xplenty-pulumi stop job {other}` ends it" in doubled_runs(bench.client, bench.known_runs)


def test_nothing_is_said_of_one_run(bench: Bench) -> None:
    """A calm start has nothing besides it, and what was there before is no double."""
    assert started(bench) == ""


def test_nothing_is_looked_at_where_nothing_was_started(bench: Bench) -> None:
    """An operation without new runs costs no call."""
    assert doubled_runs(bench.client, bench.known_runs) == ""
    assert bench.wire.count("GET jobs") == 0


def test_a_look_that_fails_says_so(bench: Bench) -> None:
    """The operation has succeeded, so only the doubt is told."""
    bench.job_runs.create(desired_run(bench.own_cluster(), 101))
    bench.wire.on("GET jobs", answers(503))
    assert "could not be looked at" in doubled_runs(bench.client, bench.known_runs)
