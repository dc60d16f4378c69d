"""Runs of workflows: their tasks, one after the other, each of which is a job that clients can read.

The jobs of the tasks are no records: what they are follows from the workflow's job and the moment.
"""

from collections.abc import Iterator
from dataclasses import replace

from xplenty_pulumi.emulator.life import jobs
from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.packages import EmulatedPackage, EmulatedTask, components
from xplenty_pulumi.emulator.life.records import FINAL, STOPPING, EmulatedJob
from xplenty_pulumi.emulator.life.world import World

WORKFLOW_FAILED = "Workflow failed to execute."


def planned(world: World, job: EmulatedJob) -> EmulatedJob:
    """Return a new job with the tasks of its workflow; they say how long it runs and whether it fails."""
    package = world.packages[job.package_id]
    tasks = tuple(_tasks(world, package)) if package.flow_type == "workflow" else ()
    if not tasks:
        return job
    seconds = sum(task.seconds for task in tasks) if package.run_seconds is None else package.run_seconds
    failure = WORKFLOW_FAILED if job.failure is None and tasks[-1].failure else job.failure
    return replace(job, tasks=tasks, run_seconds=seconds, failure=failure)


def _tasks(world: World, package: EmulatedPackage) -> Iterator[EmulatedTask]:
    """The tasks up to the first that fails, as one does whose package is not there."""
    for component in components(package):
        name, number = component.get("name"), component.get("package_id")
        if not (isinstance(name, str) and isinstance(number, int)):
            continue
        ran = world.packages.get(number)
        seconds = ran.run_seconds if ran and ran.run_seconds is not None else world.knobs.job_run_seconds
        failure = ran.failure if ran else f"Package {number} does not exist."
        yield EmulatedTask(world.take_id(EmulatedJob), name, number, seconds, failure)
        if failure:
            return


def children(job: EmulatedJob, *, now: Moment) -> Iterator[EmulatedJob]:
    """Yield the jobs of the workflow's tasks that have begun by `now`: one begins when the one before has completed."""
    end = job.status_since if job.status in STOPPING or job.status in FINAL else now
    begin = job.started_at
    for task in job.tasks:
        if begin is None or begin > end:
            return
        yield _child(job, task, begin=begin, end=end)
        begin = None if task.failure else begin + task.seconds


def _child(job: EmulatedJob, task: EmulatedTask, *, begin: Moment, end: Moment) -> EmulatedJob:
    """The job of a task; one under way shares what becomes of the workflow's."""
    child = replace(
        job,
        id=task.id,
        package_id=task.package_id,
        task=task.name,
        tasks=(),
        created_at=begin,
        started_at=begin,
        run_seconds=task.seconds,
        variables={},
        dynamic_variables={},
        outputs=(),
    )
    over = begin + task.seconds
    if over > end:
        return child
    child = replace(child, errors=None)
    return jobs.failed(child, task.failure, at=over) if task.failure else jobs.finished(child, "completed", at=over)
