"""A new run of a package, with the tasks of a workflow."""

from collections.abc import Sequence
from typing import Any

from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.packages import EmulatedPackage, EmulatedTask, components
from xplenty_pulumi.emulator.life.records import EmulatedJob, Output
from xplenty_pulumi.emulator.life.world import World

WORKFLOW_FAILED = "Workflow failed to execute."


def new_run(world: World, package: EmulatedPackage, *, at: Moment, **fields: Any) -> EmulatedJob:
    """Return a new run of a package; `fields` say on which cluster, and what the caller has given besides."""
    number = world.take_id(EmulatedJob)
    tasks = _tasks(world, package)
    seconds, failure = _course(world, package, tasks)
    outputs = enumerate(package.outputs.items())
    return EmulatedJob(
        id=number,
        status=world.knobs.first_job_status,
        status_since=at,
        package_id=package.id,
        created_at=at,
        updated_at=at,
        run_seconds=seconds,
        needed_nodes=package.needed_nodes,
        failure=failure,
        tasks=tasks,
        outputs=tuple(Output(number * 10 + index, name, count) for index, (name, count) in outputs),
        **fields,
    )


def _tasks(world: World, package: EmulatedPackage) -> tuple[EmulatedTask, ...]:
    """The tasks of a workflow, up to the first that fails; a package that is not there fails its task."""
    tasks: list[EmulatedTask] = []
    for component in components(package) if package.flow_type == "workflow" else ():
        name, number = component.get("name"), component.get("package_id")
        if not (isinstance(name, str) and isinstance(number, int)):
            continue
        ran = world.packages.get(number)
        seconds = ran.run_seconds if ran and ran.run_seconds is not None else world.knobs.job_run_seconds
        failure = ran.failure if ran else f"Package {number} does not exist."
        tasks.append(EmulatedTask(world.take_id(EmulatedJob), name, number, seconds, failure))
        if failure:
            break
    return tuple(tasks)


def _course(world: World, package: EmulatedPackage, tasks: Sequence[EmulatedTask]) -> tuple[float, str | None]:
    """How long a run takes, and what it fails with: as its package says, or as the tasks do."""
    usual = sum(task.seconds for task in tasks) if tasks else world.knobs.job_run_seconds
    failure = package.failure or (WORKFLOW_FAILED if tasks and tasks[-1].failure else None)
    return usual if package.run_seconds is None else package.run_seconds, failure
