"""Runs of workflows: the jobs of their tasks, one after the other, and what they share with the workflow's."""

import json
from typing import Any

import pytest

from tests.support.accounts.caller import KEY, AccountCaller, emulated
from xplenty_pulumi.emulator import PackageSeed, Seed

LOADS, FAILS = 1, 2


def workflow(number: int, **tasks: int) -> PackageSeed:
    flow = {"components": [{"name": name, "package_id": package} for name, package in tasks.items()]}
    return PackageSeed(number, f"workflow {number}", flow_type="workflow", data_flow_json=json.dumps(flow))


SEED = Seed(
    api_key=KEY,
    packages=(
        PackageSeed(LOADS, "Loads", run_seconds=20),
        PackageSeed(FAILS, "Fails", run_seconds=10, failure="Input path not found."),
        workflow(3, first=LOADS, second=LOADS),
        workflow(4, first=LOADS, second=FAILS, third=LOADS),
        workflow(5, missing=99),
        PackageSeed(6, "no workflow", data_flow_json='{"name": "first", "package_id": 1}'),
    ),
)


def children(caller: AccountCaller, job: int, **query: Any) -> list[tuple[str, str]]:
    found = caller.get(f"jobs/{job}/children", sort="created", direction="asc", **query).json()
    return [(one["component"]["name"], one["status"]) for one in found]


def running(caller: AccountCaller, package: int) -> int:
    """Return a run of the package that has just begun to run."""
    job = caller.new_job(caller.new_cluster(), package)
    caller.clock.advance(5)
    assert caller.job(job)["status"] == "running"
    return job


def test_tasks_run_one_after_the_other() -> None:
    """Each task is a job of its own that begins when the one before has completed; then the workflow has completed."""
    caller = emulated(SEED)
    job = running(caller, 3)
    seen = []
    for _ in range(3):
        seen.append((caller.job(job)["status"], children(caller, job)))
        caller.clock.advance(20)
    assert seen == [
        ("running", [("first", "running")]),
        ("running", [("first", "completed"), ("second", "running")]),
        ("completed", [("first", "completed"), ("second", "completed")]),
    ]


def test_a_task_that_fails_fails_the_workflow() -> None:
    """The task has the error of its package, the workflow a general one, and later tasks do not begin."""
    caller = emulated(SEED)
    job = running(caller, 4)
    caller.clock.advance(100)
    read = caller.job(job)
    assert (read["status"], read["errors"], read["runtime_in_seconds"]) == ("failed", "Workflow failed to execute.", 30)
    assert children(caller, job) == [("first", "completed"), ("second", "failed")]
    (completed,) = caller.get(f"jobs/{job}/children", status="completed").json()
    assert completed["errors"] is None
    (failed,) = caller.get(f"jobs/{job}/children", status="failed").json()
    assert (failed["errors"], failed["package_id"]) == ("Input path not found.", FAILS)


def test_a_task_whose_package_is_missing_fails() -> None:
    """A workflow that names a package that is not there fails with that."""
    caller = emulated(SEED)
    job = running(caller, 5)
    caller.clock.advance(100)
    (failed,) = caller.get(f"jobs/{job}/children").json()
    assert (caller.job(job)["status"], failed["errors"]) == ("failed", "Package 99 does not exist.")


def test_a_task_under_way_shares_the_end_of_the_workflow() -> None:
    """Stopping the workflow stops the task that runs, and no other begins."""
    caller = emulated(SEED)
    job = running(caller, 3)
    caller.delete(f"jobs/{job}")
    assert children(caller, job) == [("first", "pending_stoppage")]
    caller.clock.advance(100)
    assert (caller.job(job)["status"], children(caller, job)) == ("stopped", [("first", "stopped")])


def test_a_task_under_way_fails_with_the_cluster() -> None:
    """A cluster in error fails the workflow and the task that runs on it, with the same words."""
    caller = emulated(SEED)
    job = running(caller, 3)
    caller.emulator.fail_cluster(caller.job(job)["cluster_id"])
    (child,) = caller.get(f"jobs/{job}/children").json()
    assert (child["status"], child["errors"]) == ("failed", caller.job(job)["errors"])


@pytest.mark.parametrize("package", [LOADS, FAILS, 6])
def test_other_jobs_have_no_children(package: int) -> None:
    """A data flow has no tasks, whatever its flow says."""
    caller = emulated(SEED)
    assert children(caller, running(caller, package)) == []


def test_a_workflow_that_waits_has_no_children_yet() -> None:
    """Tasks begin with the workflow."""
    caller = emulated(SEED)
    assert children(caller, caller.new_job(caller.new_cluster(ready=False), 3)) == []


def test_a_child_is_read_like_a_job() -> None:
    """By its own id it shows its task; it has a log and variables, and cannot be stopped by itself."""
    caller = emulated(SEED)
    (child,) = caller.get(f"jobs/{running(caller, 3)}/children").json()
    assert caller.job(child["id"]) == child
    assert child["component"] == {"name": "first", "type": "run_package_component"}
    assert caller.get(f"jobs/{child['id']}/log").status == 200
    assert caller.get(f"jobs/{child['id']}/variables").json() == {}
    assert caller.delete(f"jobs/{child['id']}").status == 404


@pytest.mark.parametrize(("setting", "count"), [(False, 1), (True, 2)])
def test_whether_lists_hold_children_is_a_knob(setting: bool, count: int) -> None:
    """The list of jobs has the workflow alone, or its children as well."""
    caller = emulated(SEED, children_in_lists=setting)
    running(caller, 3)
    assert len(caller.get("jobs").json()) == count
    assert len(caller.get("jobs", package_id=LOADS).json()) == count - 1


def test_a_service_may_lack_the_call() -> None:
    """Without the call, the children of every job are a 404."""
    caller = emulated(SEED, job_children=False)
    assert caller.get(f"jobs/{running(caller, 3)}/children").status == 404
