"""Runs of workflows: what is said of the tasks that have failed, and that no task is taken for a run of its own."""

import json
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.behaviours import answers, rewritten
from xplenty_pulumi.client import Client
from xplenty_pulumi.core.reading.tasks import tasks_of
from xplenty_pulumi.core.reconcile.runs.failure import failure_of
from xplenty_pulumi.emulator import Knobs, PackageSeed
from xplenty_pulumi.errors import JobFailed

LOADS, FAILS, WORKFLOW = 101, 103, 200
TASKS = {"load": LOADS, "import": FAILS, "report": LOADS}
SAID = "its task import (job 9003, package 103) failed: Package failed to execute: input path not found"


def workflow(bench: Bench, **tasks: int) -> int:
    """Add a workflow with these tasks to the account, by name and package, and return its id."""
    flow = {"components": [{"name": name, "package_id": package} for name, package in tasks.items()]}
    package = PackageSeed(WORKFLOW, "Nightly", flow_type="workflow", data_flow_json=json.dumps(flow))
    return bench.emulator.add_package(package).id


def failed(bench: Bench, **tasks: int) -> JobFailed:
    """Return what is said of a run of a workflow with these tasks that fails."""
    desired = desired_run(bench.own_cluster(), workflow(bench, **(tasks or TASKS)))
    problem = bench.job_runs.create(desired).problem
    assert isinstance(problem, JobFailed)
    return problem


def test_a_failed_workflow_names_its_failed_task(bench: Bench) -> None:
    """The task stands with its job, its package and its error, after the workflow's error."""
    problem = failed(bench)
    assert str(problem).startswith(f"job 9001: failed: Workflow failed to execute; {SAID}; see http")
    assert problem.reason == "Workflow failed to execute."


@pytest.mark.parametrize("status", [404, 403, 422, 500])
def test_a_service_that_does_not_show_tasks_changes_nothing_else(bench: Bench, status: int) -> None:
    """Where the call is missing, refused or fails, the error is that of the workflow alone."""
    bench.wire.on("GET jobs/.*/children", answers(status))
    said = str(failed(bench))
    assert said.startswith("job 9001: failed: Workflow failed to execute; see http")
    assert said.endswith("The next `pulumi up` starts a new run")


def test_a_run_of_a_data_flow_is_not_asked_for_tasks(bench: Bench) -> None:
    """Its package shows that it has none."""
    bench.job_runs.create(desired_run(bench.own_cluster(), FAILS))
    assert bench.wire.count("GET jobs/.*/children") == 0


def test_a_run_that_does_not_show_its_package_is_asked_for_tasks(bench: Bench) -> None:
    """Whether it is a workflow's is not known, and asking does no harm."""
    bench.wire.on("GET jobs.*", rewritten(lambda record: record.pop("package", None)))
    assert SAID in str(failed(bench))


def test_only_failed_tasks_are_named(bench: Bench) -> None:
    """A service that answers with all tasks, whatever the status that is asked for, is read all the same."""
    bench.wire.on("GET jobs/.*/children", rewritten(lambda record: record.update(status="completed", errors=None)))
    assert "its task" not in str(failed(bench))


def task(bench: Bench, number: int, **fields: Any) -> Any:
    """Return a failed run of a task as the service may show it."""
    shown = {"id": number, "status": "failed", "package_id": 7, "errors": f"No {number}.", "component": {"name": "t"}}
    return bench.client.jobs._model.model_validate({**shown, **fields})


def test_many_failed_tasks_are_counted(bench: Bench) -> None:
    """Three are named, the rest is counted."""
    job = task(bench, 1, component=None)
    said = failure_of(job, {}, tasks=[task(bench, number) for number in range(2, 8)]).message
    assert said.count("its task t (job") == 3
    assert "(job 4, package 7) failed: No 4; 3 more tasks failed" in said


@pytest.mark.parametrize("shown", [{"component": None, "errors": None}, {"component": {}, "errors": ""}])
def test_a_task_that_shows_little_is_named_by_its_job(bench: Bench, shown: dict[str, Any]) -> None:
    """Without a name and an error it is still said which job failed."""
    said = failure_of(task(bench, 1, component=None), {}, tasks=[task(bench, 2, **shown)]).message
    assert "its task without a name (job 2, package 7) failed: the service gives no reason" in said


@pytest.fixture
def listing() -> Bench:
    """An account whose lists of jobs hold the jobs of tasks as well."""
    return Bench.new(knobs=Knobs(children_in_lists=True))


def started(bench: Bench) -> Client:
    """Let a workflow run whose task runs the package 101 on the account's only cluster."""
    cluster = bench.own_cluster()
    bench.client.jobs.run(cluster_id=cluster.id, package_id=workflow(bench, load=LOADS))
    bench.clock.advance(10)
    assert [job.package_id for job in bench.client.jobs.list()] == [LOADS, WORKFLOW]
    return bench.client


def test_a_task_is_not_taken_for_a_lost_run(listing: Bench) -> None:
    """A run is started although a workflow of this user runs the same package on the same cluster."""
    started(listing)
    outcome = listing.job_runs.create(desired_run(listing.emulator.clusters()[0], LOADS))
    assert (outcome.problem, outcome.record.component) == (None, None)
    assert len(listing.emulator.jobs()) == 2
    assert listing.warned == []


def test_a_task_is_stopped_with_its_workflow(listing: Bench) -> None:
    """Ending the cluster stops the workflow, and asks for nothing else."""
    started(listing)
    listing.clusters.delete(listing.emulator.clusters()[0].id, timeout=600)
    assert [job.status for job in listing.emulator.jobs()] == ["stopped"]
    assert listing.wire.count("DELETE jobs/.*") == 1


def test_tasks_come_in_their_order(bench: Bench) -> None:
    """The oldest is the first."""
    failed(bench)
    (job,) = bench.client.jobs.list()
    assert [(one.component or {})["name"] for one in tasks_of(bench.client, job)] == ["load", "import"]
