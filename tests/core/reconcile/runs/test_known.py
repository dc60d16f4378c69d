"""Which run is whose: by what it runs, when it appeared and who holds it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER
from tests.support.faults.behaviours import rewritten
from xplenty_pulumi.client import Job
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.core.reconcile.runs.equal import EqualRuns, WhoseRuns
from xplenty_pulumi.core.reconcile.runs.known import RunShape

INPUTS = {"cluster_id": "501", "package_id": "101", "variables": {"DAY": "'x'"}}
SHAPE = RunShape.of(INPUTS)


def job(**fields: Any) -> Job:
    """Return a run of this shape as the service would show it, but for `fields`."""
    shown = {"id": 9, "status": "running", "cluster_id": 501, "package_id": 101, "variables": {"DAY": "'x'"}}
    return Job.model_validate({**shown, **fields})


def started(bench: Bench, *, times: int = 1, variables: Mapping[str, Any] | None = None) -> list[int]:
    """Let somebody start this many runs of the shape; return their ids."""
    if not bench.emulator.clusters():
        bench.own_cluster()
    given = {"DAY": "'x'"} if variables is None else variables
    return [bench.client.jobs.run(cluster_id=501, package_id=101, variables=given).id for _ in range(times)]


def sorted_runs(bench: Bench) -> EqualRuns:
    """Return the equal runs by whose they are, as the run `nightly` sees them."""
    newest = bench.known_runs.newest(int(SHAPE.package_id))
    desired = DesiredRun(INPUTS, timeout=60, owner=OWNER)
    return WhoseRuns(bench.client, bench.known_runs, Polls(bench.client, bench.clock), desired, newest).equal()


def left_behind(bench: Bench) -> int | None:
    """Return the id of the run that an earlier attempt has lost."""
    found = sorted_runs(bench).lost
    return found.id if found else None


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({}, True),
        ({"variables": {"DAY": "'y'"}}, False),
        ({"variables": {}}, False),
        ({"variables": {"DAY": "'x'", "MORE": "1"}}, False),
        ({"cluster_id": 502}, False),
        ({"package_id": 102}, False),
        ({"cluster_id": None}, False),
        ({"dynamic_variables": {"NOW": "CurrentTime()"}}, False),
        ({"dynamic_variables": {}}, True),
        ({"dynamic_variables": None}, True),
    ],
)
def test_shape_decides(fields: dict[str, Any], *, fits: bool) -> None:
    """Another cluster, package or variable is another run."""
    assert SHAPE.fits(job(**fields)) is fits


@pytest.mark.parametrize(
    ("shown", "apart", "fits"),
    [
        ({"A": "1"}, {"B": "f()"}, True),
        ({"A": "1", "B": "f()"}, {}, True),
        ({"A": "1", "B": "f()"}, None, True),
        ({"A": "1"}, {}, True),
        ({"A": "1"}, {"B": "g()"}, False),
        ({"A": "2"}, {"B": "f()"}, False),
    ],
)
def test_dynamic_variables_count_wherever_they_show(shown: Any, apart: Any, *, fits: bool) -> None:
    """No source says where a record shows them."""
    shape = RunShape.of({**INPUTS, "variables": {"A": "1"}, "dynamic_variables": {"B": "f()"}})
    assert shape.fits(job(variables=shown, dynamic_variables=apart)) is fits


@pytest.mark.parametrize(
    ("shown", "apart", "agrees"),
    [
        ({"A": "1", "_ADDED": "2"}, {"B": "f()"}, True),
        ({"A": "1"}, {"B": "f()", "_ADDED": "g()"}, True),
        (None, None, True),
        ({"A": "'1'"}, {"B": "f( )"}, True),
        ({"A": "&#49;"}, {}, True),
        ({"A": "****"}, {"B": "***"}, True),
        ({}, {"B": "f()"}, False),
        ({"A": "-1"}, {}, False),
        ({"A": "*"}, {}, False),
        ({"A": "2", "_ADDED": "2"}, {}, False),
        ({"A": "1"}, {"_ADDED": "g()"}, False),
    ],
)
def test_an_answer_may_show_what_the_service_adds(shown: Any, apart: Any, *, agrees: bool) -> None:
    """It answers the start all the same, however it spells or masks that, unless it contradicts what was sent."""
    shape = RunShape.of({**INPUTS, "variables": {"A": "1"}, "dynamic_variables": {"B": "f()"}})
    assert shape.agrees(job(variables=shown, dynamic_variables=apart)) is agrees


def test_numbers_of_the_service_count_as_texts() -> None:
    """A variable may come back as a number."""
    assert RunShape.of({**INPUTS, "variables": {"N": "4"}}).fits(job(variables={"N": 4}))


def test_key_is_equal_for_equal_shapes() -> None:
    """The order of variables does not matter, their kind does."""
    one = RunShape.of({**INPUTS, "variables": {"A": "1", "B": "2"}})
    assert one.key() == RunShape.of({**INPUTS, "variables": {"B": "2", "A": "1"}}).key()
    assert one.key() != SHAPE.key()
    assert one.key() != RunShape.of({**INPUTS, "variables": {}, "dynamic_variables": {"A": "1", "B": "2"}}).key()


def test_a_lost_run_is_found(bench: Bench) -> None:
    """A fitting run of the last hour that nobody holds may be the one whose answer got lost."""
    (lost,) = started(bench)
    assert left_behind(bench) == lost


@pytest.mark.parametrize(
    ("seconds", "ending", "found"),
    [(0, None, True), (7, None, True), (100, None, True), (5, "fail_job", False), (5, "stop_job", False)],
)
def test_only_a_good_run_is_taken_up(bench: Bench, seconds: float, ending: str | None, *, found: bool) -> None:
    """One that waits, runs or has completed is; one that failed or was stopped is not."""
    (lost,) = started(bench)
    bench.clock.advance(seconds)
    if ending:
        getattr(bench.emulator, ending)(lost)
    assert (left_behind(bench) == lost) is found


def test_a_run_that_is_being_stopped_is_not_taken_up(bench: Bench) -> None:
    """Somebody does not want it."""
    (lost,) = started(bench)
    bench.client.jobs.stop(lost)
    assert left_behind(bench) is None


@pytest.mark.parametrize(("minutes", "found"), [(61, True), (63, False)])
def test_an_old_run_is_not_taken_up(bench: Bench, minutes: int, *, found: bool) -> None:
    """An hour, and two minutes for clocks that differ."""
    (lost,) = started(bench)
    bench.clock.advance(minutes * 60)
    assert (left_behind(bench) == lost) is found


@pytest.mark.parametrize("missing", [("created_at",), ("creator", "owner_id")])
def test_a_run_that_does_not_say_when_or_by_whom_is_doubtful(bench: Bench, missing: tuple[str, ...]) -> None:
    """It is not taken up, and none is started beside it without a word of the user."""
    started(bench)
    bench.wire.on("GET jobs", rewritten(lambda record: [record.pop(name) for name in missing]))
    found = sorted_runs(bench)
    assert (found.lost, len(found.doubtful)) == (None, 1)
    assert "it is not known wh" in found.unsure().message


def test_a_held_run_is_not_lost(bench: Bench) -> None:
    """What the state holds, or held until it was replaced, is not taken up, whoever asks."""
    before = bench.known_runs.newest(int(SHAPE.package_id))
    (held,) = started(bench)
    bench.known_runs.hold(held)
    assert left_behind(bench) is None
    assert bench.known_runs.appeared(SHAPE, before) is None
    assert left_behind(bench.another_process()) == held


@pytest.mark.parametrize(("name", "found"), [(OWNER.name, True), ("hourly", False)])
def test_a_claimed_run_is_lost_to_its_owner_alone(bench: Bench, name: str, *, found: bool) -> None:
    """What this process started for one resource is not taken up by another."""
    (claimed,) = started(bench)
    bench.known_runs.claim(claimed, replace(OWNER, name=name))
    assert (left_behind(bench) == claimed) is found


@pytest.mark.parametrize(("creator", "found"), [({"type": "Schedule", "id": 1}, False), ({"type": "User"}, True)])
def test_a_run_of_a_schedule_is_never_taken_up(bench: Bench, creator: dict[str, Any], *, found: bool) -> None:
    """It looks the same, but a schedule started it."""
    started(bench)
    bench.wire.on("GET jobs", rewritten(lambda record: record.update(creator=creator)))
    assert (left_behind(bench) is not None) is found


def test_two_lost_runs_can_not_be_told_apart(bench: Bench) -> None:
    """Then none is taken up and none is started, and both are named."""
    lost = started(bench, times=2)
    found = sorted_runs(bench)
    assert found.lost is None
    assert sorted(found.unsure().candidates) == [str(one) for one in lost]
    assert "there are several" in str(found.unsure())


def test_what_appeared_since(bench: Bench) -> None:
    """A run that was not there before is the one whose answer got lost, whatever the clocks say."""
    started(bench)
    before = bench.known_runs.newest(int(SHAPE.package_id))
    assert bench.known_runs.appeared(SHAPE, before) is None
    bench.clock.jump(-36_000)
    started(bench, variables={"DAY": "'y'"})
    (fresh,) = started(bench)
    found = bench.known_runs.appeared(SHAPE, before)
    assert found is not None
    assert found.id == fresh


def test_a_run_that_failed_at_once_has_appeared(bench: Bench) -> None:
    """A lost answer may be that of a run that is over already; it must not be started again."""
    before = bench.known_runs.newest(int(SHAPE.package_id))
    (fresh,) = started(bench)
    bench.emulator.fail_job(fresh)
    found = bench.known_runs.appeared(SHAPE, before)
    assert found is not None
    assert found.id == fresh


def test_the_last_hour_is_looked_at_to_its_end(bench: Bench) -> None:
    """A busy account does not hide a lost run, and a long history is not read."""
    started(bench, times=150, variables={})
    bench.clock.advance(7200)
    (lost,) = started(bench)
    started(bench, times=120, variables={})
    bench.wire.requests.clear()
    assert left_behind(bench) == lost
    assert bench.wire.count("GET jobs") == 2


def test_runs_of_other_packages_are_not_read(bench: Bench) -> None:
    """The list is asked for by package."""
    started(bench)
    bench.client.jobs.run(cluster_id=501, package_id=102, variables={"DAY": "'x'"})
    assert [one.package_id for one in bench.known_runs.newest(int(SHAPE.package_id))] == [101]
