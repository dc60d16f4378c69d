"""What was made a moment ago and is not shown is no thing that has gone: the reads of a service may lag behind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired, desired_hook, desired_run, desired_schedule
from tests.support.faults.behaviours import answers, hiding
from tests.support.faults.exchange import Exchange
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.core.kinds.ownership import Origin, made_at
from xplenty_pulumi.emulator import Fault
from xplenty_pulumi.errors import ReadyFailed, UnsureError

OURS = marker_of(OWNER)
FIRST_ID = 501


def hidden(bench: Bench, kind: str, number: int, *, seconds: float) -> None:
    """Let the service show the thing neither by itself nor in a list for so many seconds."""
    shown_at = bench.clock.monotonic() + seconds

    def until_then(trouble: Fault) -> Callable[[Exchange], httpx.Response]:
        return lambda exchange: exchange.meet(trouble) if bench.clock.monotonic() < shown_at else exchange.forward()

    bench.wire.on(f"GET {kind}/{number}", until_then(answers(404)))
    bench.wire.on(f"GET {kind}", until_then(hiding(number)))


@pytest.mark.parametrize("minutes", [1, 5, 9])
def test_a_new_cluster_is_waited_for_until_it_is_shown(bench: Bench, minutes: int) -> None:
    """Its create call was answered, so a 404 says only that the read is behind."""
    hidden(bench, "clusters", FIRST_ID, seconds=minutes * 60)
    made = bench.clusters.create(desired())
    assert (made.problem, made.record.id, made.record.status) == (None, FIRST_ID, "available")
    assert any("not shown by the service yet" in headline for headline in bench.headlines)


def test_a_new_cluster_that_is_never_shown_is_gone_in_the_end(bench: Bench) -> None:
    """The wait does not go on for ever, and has no more polls than one for what is shown."""
    hidden(bench, "clusters", FIRST_ID, seconds=3600)
    made = bench.clusters.create(desired())
    assert isinstance(made.problem, ReadyFailed)
    assert 600 <= bench.clock.monotonic() < 630
    assert bench.wire.count(f"GET clusters/{FIRST_ID}") < 100


def test_a_new_cluster_that_is_not_shown_meets_its_deadline(bench: Bench) -> None:
    """The time of the user counts also before the service shows anything."""
    hidden(bench, "clusters", FIRST_ID, seconds=3600)
    made = bench.clusters.create(replace(desired(), timeout=120))
    assert "not available with 2 nodes after 2m" in str(made.problem)


def test_a_new_run_is_waited_for_until_it_is_shown(bench: Bench) -> None:
    """It is followed to its end and not given up."""
    cluster = bench.ready_cluster()
    hidden(bench, "jobs", 9001, seconds=300)
    made = bench.job_runs.create(desired_run(cluster))
    assert (made.problem, made.record.status) == (None, "completed")


@pytest.mark.parametrize("act", ["update", "read", "delete"])
def test_a_cluster_that_its_state_has_never_seen_built_is_not_gone(bench: Bench, act: str) -> None:
    """Else the next create makes a second one, and a destroy leaves it to cost money."""
    made = bench.emulator.add_cluster(status="creating")
    origin = Origin(made_at(bench.client.clusters.get(made.id)), OURS, is_new=True)
    hidden(bench, "clusters", made.id, seconds=3600)
    calls: dict[str, Callable[[], object]] = {
        "update": lambda: bench.clusters.update(made.id, replace(desired(), made=origin)),
        "read": lambda: bench.clusters.read(made.id, owner=OURS, made=origin),
        "delete": lambda: bench.clusters.delete(made.id, timeout=600, made=origin),
    }
    with pytest.raises(UnsureError, match=r"does not show it \(404\), although it was created 1\ds ago"):
        calls[act]()
    bench.clock.advance(600)
    if act == "update":
        with pytest.raises(ReadyFailed, match="does not know it"):
            calls[act]()
    else:
        assert "does not know it" in str(calls[act]()) or "unknown to the service" in str(calls[act]())


def test_a_creation_that_is_hours_ahead_does_not_keep_what_is_gone(bench: Bench) -> None:
    """Where no answer tells the service's time and the clock here is behind, a destroy still comes to its end."""
    made = bench.emulator.add_cluster(status="creating")
    shown_at = bench.client.clusters.get(made.id).created_at
    assert shown_at is not None
    origin = Origin((shown_at + timedelta(hours=3)).isoformat(), OURS, is_new=True)
    hidden(bench, "clusters", made.id, seconds=3600)
    assert bench.clusters.read(made.id, owner=OURS, made=origin).gone


def test_a_cluster_that_was_seen_ready_is_gone_at_once(bench: Bench) -> None:
    """The service has shown it before, so its reads are not behind."""
    made = bench.ready_cluster()
    origin = Origin(made_at(bench.client.clusters.get(made.id)), OURS)
    hidden(bench, "clusters", made.id, seconds=3600)
    assert bench.clusters.read(made.id, owner=OURS, made=origin).gone


def test_a_run_that_is_not_shown_yet_is_not_taken_for_stopped(bench: Bench) -> None:
    """A destroy that lets go of it would leave it running."""
    number = bench.client.jobs.run(cluster_id=bench.ready_cluster().id, package_id=101).id
    origin = Origin(made_at(bench.client.jobs.get(number)), OURS, is_new=True)
    hidden(bench, "jobs", number, seconds=3600)
    with pytest.raises(UnsureError, match="may exist"):
        bench.job_runs.stop(number, timeout=600, owner=OWNER, made=origin)


@pytest.mark.parametrize("kind", ["schedule", "hook"])
@pytest.mark.parametrize("act", ["update", "read", "delete"])
def test_a_definition_that_its_create_has_never_seen_is_not_gone(bench: Bench, act: str, kind: str) -> None:
    """Else the next create makes a second one; of a hook, which shows no time, the last create call tells its age."""
    wanted = {"schedule": desired_schedule(), "hook": desired_hook()}[kind]
    acting = {"schedule": bench.schedules, "hook": bench.hooks}[kind]
    bench.wire.on(f"GET {kind}s/[0-9]+", answers(404))
    bench.wire.on(f"GET {kind}s", lambda _: httpx.Response(200, json=[]))
    made = acting.create(wanted)
    assert "although it was created" in str(made.problem)
    origin = Origin(made_at(made.record), OURS, is_new=True, nonces=made.nonces)
    calls: dict[str, Callable[[], object]] = {
        "update": lambda: acting.update(made.record.id, replace(wanted, made=origin)),
        "read": lambda: acting.read(made.record.id, owner=OURS, made=origin),
        "delete": lambda: acting.delete(made.record.id, owner=OURS, made=origin),
    }
    with pytest.raises(UnsureError, match=r"does not show it \(404\)"):
        calls[act]()
    bench.clock.advance(660)
    if act == "update":
        with pytest.raises(ReadyFailed, match="does not know it"):
            calls[act]()
    else:
        assert "does not know it" in str(calls[act]()) or "unknown to the service" in str(calls[act]())
