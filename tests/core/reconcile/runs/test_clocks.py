"""A lost run is recognised by the clock of the service, however wrong the clock of this machine is."""

from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.exchange import Exchange
from xplenty_pulumi.errors import UnsureError

HOUR = 3600.0


def clocks(bench: Bench, *, here: float = 0.0, service: float = 0.0) -> None:
    """Let the clock here, and the Date of the service's answers, be so many seconds ahead from now on."""
    bench.clock.jump(here)

    def dated(exchange: Exchange) -> httpx.Response:
        answer = exchange.forward()
        answer.headers["Date"] = format_datetime(bench.clock.now() + timedelta(seconds=service - here), usegmt=True)
        return answer

    bench.wire.on("GET .*", dated)


def lost_run(bench: Bench) -> int:
    """Let an earlier `up` of the stack have started a run and lost it; return its id."""
    return bench.another_process().job_runs.create(desired_run(bench.own_cluster())).record.id


@pytest.mark.parametrize("hours", [-5, 0, 5])
def test_a_run_lost_a_moment_ago_is_adopted(bench: Bench, hours: int) -> None:
    """The clock here was set anew between the killed `up` and the next one; nothing is started twice."""
    lost = lost_run(bench)
    clocks(bench, here=hours * HOUR)
    assert bench.job_runs.create(desired_run(bench.emulator.clusters()[0])).record.id == lost


@pytest.mark.parametrize(("here", "service"), [(0, 5), (-5, 0)])
def test_a_run_that_only_one_of_the_clocks_calls_young_is_named(bench: Bench, here: int, service: int) -> None:
    """Neither is it started again, nor is an old one taken for what is wanted now."""
    lost_run(bench)
    bench.clock.advance(0 if service else 3 * HOUR)
    clocks(bench, here=here * HOUR, service=service * HOUR)
    with pytest.raises(UnsureError, match="started more than 60 minutes ago"):
        bench.job_runs.create(desired_run(bench.emulator.clusters()[0]))
    assert len(bench.emulator.jobs()) == 1


def test_an_old_run_is_not_adopted(bench: Bench) -> None:
    """Where both clocks are right it is not thought to be lost."""
    lost = lost_run(bench)
    bench.clock.advance(3 * HOUR)
    clocks(bench)
    assert bench.job_runs.create(desired_run(bench.emulator.clusters()[0])).record.id != lost
