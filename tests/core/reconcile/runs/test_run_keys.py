"""Runs of a package that declares the variable for a run's own key: they say whose they are, however old they are."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired_run
from tests.support.faults.behaviours import doubled, lost_after, preceded_by, rewritten
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, RUN_KEY, job_view, run_key_of
from xplenty_pulumi.core.kinds.marker import Owner, marker_of
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.emulator import EmulatedCluster, Knobs, PackageSeed
from xplenty_pulumi.errors import UnsureError

ENDLESS = 200
HOURS = 3600


@pytest.fixture(autouse=True)
def _keyed(bench: Bench) -> None:
    """Let the packages of the account declare the variable, one that runs for ever among them."""
    bench.are_keyed = True
    bench.emulator.add_package(PackageSeed(ENDLESS, "Endless", run_seconds=10**9))


@pytest.fixture
def cluster(bench: Bench) -> EmulatedCluster:
    """A cluster that carries no marker at all."""
    return bench.ready_cluster()


def going(cluster: EmulatedCluster, **inputs: Any) -> DesiredRun:
    """Return a run that ends only where somebody stops it."""
    return desired_run(cluster, ENDLESS, wait_for="running", **inputs)


def started_by(owner: Owner, bench: Bench, cluster: EmulatedCluster) -> int:
    """Return a run that a process of this owner has started with its key."""
    key = marker_of(owner).drawn(bench.clock.now(), Random(3)).held
    return bench.client.jobs.run(cluster_id=cluster.id, package_id=ENDLESS, variables={RUN_KEY: f"'{key}'"}).id


def test_the_key_is_a_quoted_variable_and_no_output(bench: Bench, cluster: EmulatedCluster) -> None:
    """The service reads it as a text, and the variables of the resource are those of the program."""
    job = bench.job_runs.create(desired_run(cluster, variables={"day": "1"})).record

    value = bench.emulator.job(job.id).variables[RUN_KEY]
    assert value.startswith("'[xp2:")
    assert value.endswith(":h]'")
    key = run_key_of(job)
    assert key is not None
    assert key.whose == marker_of(OWNER)
    assert job_view(job)["variables"] == {"day": "1"}


def test_each_start_draws_a_key_of_its_own(bench: Bench, cluster: EmulatedCluster) -> None:
    """Two runs of one resource differ in their nonce."""
    first = bench.job_runs.create(desired_run(cluster, variables={"day": "1"})).record
    second = bench.job_runs.create(desired_run(cluster, variables={"day": "2"})).record

    assert run_key_of(first) != run_key_of(second)


@pytest.mark.parametrize("package", [101, ENDLESS], ids=["completed", "running"])
def test_a_lost_run_is_taken_up_however_old_it_is(bench: Bench, cluster: EmulatedCluster, package: int) -> None:
    """Neither its age nor a cluster without a marker leaves a doubt."""
    desired = desired_run(cluster, package, wait_for="running")
    run = bench.job_runs.create(desired).record
    bench.clock.advance(20 * HOURS)
    process = bench.another_process()

    assert process.job_runs.create(desired).record.id == run.id
    assert f"adopted job {run.id}" in process.warned[0]
    assert "its key says that it was started for this resource" in process.warned[0]


@pytest.mark.parametrize("hours", [0, 20])
def test_a_lost_success_is_not_taken_up_once_the_resource_has_run_otherwise(
    bench: Bench, cluster: EmulatedCluster, hours: int
) -> None:
    """Variables that change to B and back to A ask for another run of A, also where no state has held the first one."""
    process = bench
    for day in ("1", "2", "1"):
        process = process.another_process()
        process.job_runs.create(desired_run(cluster, variables={"day": day}))
        bench.clock.advance(hours * HOURS)

    assert process.warned == []
    assert len(bench.emulator.jobs()) == 3


def test_a_later_run_of_the_same_second_supersedes_in_whatever_order_a_list_has_them() -> None:
    """The service shows when a run was started to the second, so the order of two may be any."""
    bench = Bench.new(knobs=Knobs(list_ties="against_id"))
    bench.are_keyed, cluster = True, bench.ready_cluster()
    for day in (1, 2):
        key = marker_of(OWNER).drawn(bench.clock.now(), Random(day)).held
        given = {"day": str(day), RUN_KEY: f"'{key}'"}
        bench.client.jobs.run(cluster_id=cluster.id, package_id=101, variables=given)
    bench.clock.advance(HOURS)

    process = bench.another_process()
    adopted = process.job_runs.create(desired_run(cluster, variables={"day": "2"})).record
    new = process.job_runs.create(desired_run(cluster, variables={"day": "1"})).record
    assert [one.id for one in bench.emulator.jobs()][1:] == [adopted.id, new.id]


def test_an_active_run_with_other_inputs_is_named_and_left_alone(bench: Bench, cluster: EmulatedCluster) -> None:
    """As where the variables are changed after an `up` was killed: both go on, and it is said how to stop one."""
    old = bench.job_runs.create(going(cluster, variables={"day": "1"})).record
    process = bench.another_process()

    process.job_runs.create(going(cluster, variables={"day": "2"}))

    assert process.warned[0].startswith(f"job {old.id} (running) goes on beside the new run")
    assert [one.status for one in bench.emulator.jobs()] == ["running", "running"]


def test_an_active_run_with_other_inputs_that_was_left_is_not_named(bench: Bench, cluster: EmulatedCluster) -> None:
    """With on_destroy="leave" it was to go on."""
    first = going(cluster, variables={"day": "1"}, on_destroy="leave")
    bench.job_runs.delete(bench.job_runs.create(first).record.id, first, timeout=60)
    process = bench.another_process()

    process.job_runs.create(going(cluster, variables={"day": "2"}))

    assert process.warned == []


def test_a_run_that_was_let_go_is_run_anew_however_old_it_is(bench: Bench, cluster: EmulatedCluster) -> None:
    """As where a crash comes between the delete and the create of a replacement."""
    run = bench.job_runs.create(desired_run(cluster)).record
    bench.job_runs.delete(run.id, desired_run(cluster), timeout=60)
    bench.clock.advance(2 * HOURS)

    assert bench.another_process().job_runs.create(desired_run(cluster)).record.id != run.id


def test_a_run_that_is_replaced_each_time_is_a_new_one_each_time(bench: Bench, cluster: EmulatedCluster) -> None:
    """As with rerun="always", each time in a process of its own."""
    process, desired = bench, desired_run(cluster)
    held = process.job_runs.create(desired).record.id
    for _ in range(3):
        process = process.another_process()
        process.known_runs.hold(held, desired.owner)
        process.job_runs.delete(held, desired, timeout=60)
        held = process.job_runs.create(desired).record.id

    assert [one.status for one in bench.emulator.jobs()] == ["completed"] * 4


def test_a_run_that_is_left_on_destroy_is_not_taken_up_later(bench: Bench, cluster: EmulatedCluster) -> None:
    """It goes on, and the resource that is declared again has a run of its own."""
    desired = going(cluster, on_destroy="leave")
    run = bench.job_runs.create(desired).record
    bench.job_runs.delete(run.id, desired, timeout=60)

    again = bench.another_process().job_runs.create(desired).record

    assert again.id != run.id
    assert bench.emulator.job(run.id).status == "running"


def test_a_lost_run_without_notices_is_doubtful_while_it_runs(bench: Bench, cluster: EmulatedCluster) -> None:
    """Nobody watches it either way, so nothing is started."""
    desired = going(cluster, notify=False)
    bench.job_runs.create(desired)

    with pytest.raises(UnsureError, match="nobody watches it"):
        bench.another_process().job_runs.create(desired)


def test_a_run_of_another_stack_is_no_obstacle(bench: Bench, cluster: EmulatedCluster) -> None:
    """Its key says so, and the stack starts its own run beside it."""
    theirs = started_by(replace(OWNER, stack="prod"), bench, cluster)

    ours = bench.job_runs.create(going(cluster)).record

    assert ours.id != theirs
    assert bench.warned == []


def test_a_run_of_another_resource_of_the_stack_is_judged_as_without_a_key(
    bench: Bench, cluster: EmulatedCluster
) -> None:
    """It may have been renamed, so nothing is started on a cluster without a marker."""
    started_by(replace(OWNER, name="renamed"), bench, cluster)

    with pytest.raises(UnsureError, match="carries no stack's marker"):
        bench.job_runs.create(going(cluster))


def test_the_key_finds_the_run_whose_answer_was_lost(bench: Bench, cluster: EmulatedCluster) -> None:
    """An equal run that somebody starts in the same moment leaves no doubt."""
    made: list[int] = []

    def beside() -> None:
        made.append(bench.client.jobs.run(cluster_id=cluster.id, package_id=ENDLESS).id)

    bench.wire.on("POST jobs", lost_after, calls={1})
    bench.wire.on("GET jobs", preceded_by(beside), calls={2})

    found = bench.job_runs.create(going(cluster)).record

    assert found.id not in made
    assert len(bench.emulator.jobs()) == 2


def test_the_key_finds_it_whatever_the_service_adds_to_its_variables(bench: Bench, cluster: EmulatedCluster) -> None:
    """It was drawn for this call alone, so no second run is started."""

    def with_more(record: dict[str, Any]) -> None:
        record["variables"]["_ADDED"] = "1"

    bench.wire.on("POST jobs", lost_after, calls={1})
    bench.wire.on("GET jobs", rewritten(with_more))

    bench.job_runs.create(going(cluster))

    assert len(bench.emulator.jobs()) == 1


def test_only_a_run_with_the_same_key_is_a_double(bench: Bench, cluster: EmulatedCluster) -> None:
    """What a start that arrives twice has made is named at the end of the operation; an equal run is not."""
    run = bench.job_runs.create(going(cluster)).record
    (start,) = bench.known_runs.starts
    double = run.model_copy(update={"id": run.id + 1})
    other = started_by(OWNER, bench, cluster)

    assert start.doubled(double)
    assert not start.doubled(bench.client.jobs.get(other))


@pytest.mark.parametrize("group", ["variables", "dynamic_variables"])
def test_the_key_cannot_be_given(group: str) -> None:
    """It would say of a run that it is another one's."""
    checked = check(JOB_RUN, {"cluster_id": 1, "package_id": 2, group: {RUN_KEY: "1"}})

    assert [problem.field for problem in checked.problems] == [group]
    assert f"{RUN_KEY} cannot be set" in str(checked.problems[0])


def test_what_a_doubled_start_has_made_is_let_go_with_its_run(bench: Bench, cluster: EmulatedCluster) -> None:
    """So that an equal run that is declared later is run, and not taken for the double."""
    bench.wire.on("POST jobs", doubled, calls={1})
    run = bench.job_runs.create(desired_run(cluster)).record
    assert len(bench.emulator.jobs()) == 2
    bench.job_runs.delete(run.id, desired_run(cluster), timeout=600)

    again = bench.another_process().job_runs.create(desired_run(cluster)).record

    assert again.id not in {one.id for one in bench.emulator.jobs()[:2]}
    assert len(bench.emulator.jobs()) == 3


def test_an_earlier_run_of_the_resource_is_not_asked_about_again(bench: Bench, cluster: EmulatedCluster) -> None:
    """Each night lets go of its own run, however many there were before."""
    process = bench
    for night in range(3):
        desired = desired_run(cluster, variables={"night": str(night)})
        process = process.another_process()
        run = process.job_runs.create(desired).record
        bench.clock.advance(24 * HOURS)
        process.job_runs.delete(run.id, desired, timeout=600)

    assert bench.wire.count("DELETE jobs/.*/watchers") == 3
