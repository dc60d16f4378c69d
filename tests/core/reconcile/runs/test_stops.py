"""Stopping a run ends when the service shows that it has ended."""

from typing import Any

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.faults.behaviours import answers, lost_after, lost_before, preceded_by
from tests.support.faults.exchange import Exchange
from xplenty_pulumi.emulator import Knobs, PackageSeed
from xplenty_pulumi.errors import AuthError, InvalidError, NotFoundError, ReadyTimeout, UnsureError, WaitError


def running(bench: Bench, *, package_id: int = 101) -> int:
    """Let somebody start a run on a new cluster, and return its id once it is running."""
    cluster = bench.emulator.add_cluster()
    number = bench.client.jobs.run(cluster_id=cluster.id, package_id=package_id).id
    bench.clock.advance(10)
    assert bench.emulator.job(number).status == "running"
    return number


def test_stop_waits_until_stopped(bench: Bench) -> None:
    """An answer of `pending_stoppage` is a promise; what counts is `stopped`."""
    number = running(bench)
    assert bench.job_runs.stop(number, timeout=600) == "stopped"
    assert bench.emulator.job(number).status == "stopped"
    assert bench.wire.count("DELETE .*") == 1


@pytest.mark.parametrize(
    ("ending", "seen"),
    [("complete_job", "had completed"), ("fail_job", "had failed"), ("stop_job", "had been stopped")],
)
def test_stop_of_an_ended_run_sends_nothing(bench: Bench, ending: str, seen: str) -> None:
    """An ended run is left as it is, no time is spent on it, and how it had ended is told."""
    number = running(bench)
    getattr(bench.emulator, ending)(number)
    before = bench.clock.monotonic()
    assert bench.job_runs.stop(number, timeout=600) == seen
    assert bench.clock.monotonic() == before
    assert bench.wire.count(f"DELETE jobs/{number}") == 0


def test_stop_may_be_repeated(bench: Bench) -> None:
    """The stop of one that is being stopped is only waited for."""
    number = running(bench)
    bench.client.jobs.stop(number)
    assert bench.job_runs.stop(number, timeout=600) == "stopped"
    assert bench.emulator.job(number).status == "stopped"
    assert bench.wire.count("DELETE .*") == 1


def test_stop_of_an_unknown_run_is_done(bench: Bench) -> None:
    """A 404 counts as ended."""
    bench.job_runs.stop(7, timeout=600)
    assert bench.wire.count("DELETE .*") == 0


@pytest.mark.parametrize(("fault", "deletes"), [(lost_after, 1), (lost_before, 2), (answers(502), 2)])
def test_a_lost_answer_to_a_stop_is_looked_for(bench: Bench, fault: Any, deletes: int) -> None:
    """The run is read before its stop is asked for again."""
    number = running(bench, package_id=102)
    bench.wire.on("DELETE .*", fault, calls={1})
    bench.job_runs.stop(number, timeout=600)
    assert bench.emulator.job(number).status == "stopped"
    assert bench.wire.count("DELETE .*") == deletes


@pytest.mark.parametrize("ending", ["complete_job", "fail_job"])
def test_one_that_ends_in_the_same_moment(bench: Bench, ending: str) -> None:
    """The service refuses to stop what has just ended, and that is as good."""
    number = running(bench)
    bench.wire.on("DELETE .*", preceded_by(lambda: getattr(bench.emulator, ending)(number)))
    bench.job_runs.stop(number, timeout=600)
    assert bench.wire.count(f"DELETE jobs/{number}") == 1


def test_one_that_is_forgotten_in_the_same_moment(bench: Bench) -> None:
    """The same for one that leaves no trace."""
    number = running(bench)
    bench.wire.on("DELETE .*", preceded_by(lambda: bench.emulator.delete_record("job", number)))
    bench.job_runs.stop(number, timeout=600)
    assert bench.wire.count("DELETE .*") == 1


@pytest.mark.parametrize(
    ("fault", "error"), [(lost_before, UnsureError), (answers(422), InvalidError), (answers(404), NotFoundError)]
)
def test_a_stop_that_does_not_come_about_is_raised(bench: Bench, fault: Any, error: type[Exception]) -> None:
    """What goes on running is never reported as stopped."""
    number = running(bench, package_id=102)
    bench.wire.on("DELETE .*", fault)
    with pytest.raises(error):
        bench.job_runs.stop(number, timeout=600)
    assert bench.emulator.job(number).status == "running"


def promised(exchange: Exchange) -> httpx.Response:
    """Promise the stop and forget about it."""
    number = int(exchange.request.url.path.rpartition("/")[2])
    return httpx.Response(200, json={"id": number, "status": "pending_stoppage"})


def test_one_that_goes_on_all_the_same_is_asked_again(bench: Bench) -> None:
    """A promise that does not show for ten seconds is not waited for to the end of all time."""
    number = running(bench, package_id=102)
    bench.wire.on("DELETE .*", promised, calls={1})
    before = bench.clock.monotonic()
    assert bench.job_runs.stop(number, timeout=600) == "stopped"
    assert bench.emulator.job(number).status == "stopped"
    assert bench.wire.count("DELETE .*") == 2
    assert bench.clock.monotonic() - before < 120


def test_one_that_shows_again_is_asked_to_stop(bench: Bench) -> None:
    """A service that did not know it for a moment does not make it run to its end."""
    number = running(bench, package_id=102)
    bench.wire.on(f"GET jobs/{number}", answers(404), calls={1, 2})
    assert bench.job_runs.stop(number, timeout=600) == "stopped"
    assert bench.emulator.job(number).status == "stopped"


def test_a_stop_that_is_never_kept_ends_in_time(bench: Bench) -> None:
    """What goes on running is told as that."""
    number = running(bench, package_id=102)
    bench.emulator.add_package(PackageSeed(102, "Endless", run_seconds=10**9))
    bench.wire.on("DELETE .*", promised)
    with pytest.raises(WaitError, match="running"):
        bench.job_runs.stop(number, timeout=40)
    assert bench.wire.count("DELETE .*") > 1


def test_stop_within_its_time() -> None:
    """When time is over, what is seen is told."""
    bench = Bench.new(knobs=Knobs(job_stopping_seconds=600))
    number = running(bench)
    with pytest.raises(ReadyTimeout) as caught:
        bench.job_runs.stop(number, timeout=60)
    assert caught.value.message == "not ended after 1m; last seen stopping"
    assert caught.value.resource == f"job {number}"
    assert caught.value.advice


@pytest.mark.parametrize("asked", ["GET jobs/.*", "DELETE .*"])
def test_a_stop_that_fails_says_what_may_go_on(bench: Bench, asked: str) -> None:
    """A key that may not do it is the reason, and the run is what the user has to see to."""
    number = running(bench)
    bench.wire.on(asked, answers(403))
    with pytest.raises(AuthError) as caught:
        bench.job_runs.stop(number, timeout=600)
    seen = "was not seen" if asked.startswith("GET") else "was last seen running"
    assert f"; job {number} {seen} and may go on. " in str(caught.value)
