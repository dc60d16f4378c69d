"""A cancelled `up` leaves its run alone, or sees it stopped where the user asked for that."""

from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.behaviours import answers, preceded_by
from xplenty_pulumi.client import Job
from xplenty_pulumi.core.reconcile.outcome import Outcome
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import Cancelled, ReadyTimeout, UnsureError


def cancelled_while_running(bench: Bench, **inputs: Any) -> Outcome[Job]:
    """Follow a run that the user has had enough of once it is running."""
    bench.wire.on("GET jobs/.*", preceded_by(lambda: setattr(bench, "interruption", "cancelled")), calls={5})
    return bench.job_runs.create(desired_run(bench.ready_cluster(), **inputs))


@pytest.mark.parametrize("inputs", [{}, {"on_cancel": "leave"}])
def test_it_is_left_alone(bench: Bench, inputs: dict[str, Any]) -> None:
    """It goes on, and the next `up` waits for it."""
    outcome = cancelled_while_running(bench, **inputs)
    assert isinstance(outcome.problem, Cancelled)
    assert outcome.problem.advice == "It stays in the account; the next `pulumi up` waits for it and starts no other"
    assert bench.emulator.job(outcome.record.id).status == "running"
    assert bench.wire.count("DELETE .*") == 0


def test_it_is_stopped(bench: Bench) -> None:
    """What counts is that the service shows it as stopped, although nobody waits for its success any more."""
    outcome = cancelled_while_running(bench, on_cancel="stop")
    assert outcome.record.status == bench.emulator.job(outcome.record.id).status == "stopped"
    assert str(outcome.problem) == (
        f"job {outcome.record.id}: stopped, because the `up` was cancelled and on_cancel is 'stop'. "
        "The next `pulumi up` starts a new run"
    )


def test_it_may_complete_in_the_same_moment(bench: Bench) -> None:
    """Then it is a success like any other."""
    bench.wire.on("DELETE .*", preceded_by(lambda: bench.emulator.complete_job(bench.emulator.jobs()[0].id)))
    outcome = cancelled_while_running(bench, on_cancel="stop")
    assert (outcome.record.status, outcome.problem) == ("completed", None)


def test_one_that_fails_in_the_same_moment_is_not_called_stopped(bench: Bench) -> None:
    """Its own failure is what the text gives."""
    bench.wire.on("DELETE .*", preceded_by(lambda: bench.emulator.fail_job(bench.emulator.jobs()[0].id)))
    outcome = cancelled_while_running(bench, on_cancel="stop")
    assert "was to be stopped, because the `up` was cancelled" in str(outcome.problem)
    assert "and is seen failed. " in str(outcome.problem)


def test_one_that_can_not_be_stopped_is_kept(bench: Bench) -> None:
    """What goes on running is never reported as stopped."""
    bench.wire.on("DELETE .*", answers(503))
    outcome = cancelled_while_running(bench, on_cancel="stop")
    assert isinstance(outcome.problem, UnsureError)
    assert outcome.record.status == "running"


def test_stopping_has_its_own_time() -> None:
    """A run that does not stop in time is kept, with what is seen of it."""
    bench = Bench.new(knobs=Knobs(job_stopping_seconds=600))
    outcome = cancelled_while_running(bench, on_cancel="stop", stop_timeout="1m")
    assert isinstance(outcome.problem, ReadyTimeout)
    assert outcome.problem.message == "not ended after 1m; last seen stopping"
