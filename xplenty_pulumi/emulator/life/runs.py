"""A new run of a package."""

from typing import Any

from xplenty_pulumi.emulator.life import workflows
from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.packages import EmulatedPackage
from xplenty_pulumi.emulator.life.records import EmulatedJob, Output
from xplenty_pulumi.emulator.life.world import World


def new_run(world: World, package: EmulatedPackage, *, at: Moment, **fields: Any) -> EmulatedJob:
    """Return a new run of a package; `fields` say on which cluster, and what the caller has given besides."""
    number = world.take_id(EmulatedJob)
    seconds = world.knobs.job_run_seconds if package.run_seconds is None else package.run_seconds
    outputs = enumerate(package.outputs.items())
    job = EmulatedJob(
        id=number,
        status=world.knobs.first_job_status,
        status_since=at,
        package_id=package.id,
        created_at=at,
        updated_at=at,
        run_seconds=seconds,
        needed_nodes=package.needed_nodes,
        failure=package.failure,
        outputs=tuple(Output(number * 10 + index, name, count) for index, (name, count) in outputs),
        **fields,
    )
    return workflows.planned(world, job)
