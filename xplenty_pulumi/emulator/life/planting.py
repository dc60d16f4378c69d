"""Putting the packages and schedules of a seed into a new world."""

from typing import Any

from xplenty_pulumi.emulator.life.records import EmulatedPackage, EmulatedSchedule, Moment
from xplenty_pulumi.emulator.life.world import World
from xplenty_pulumi.emulator.seed import PackageSeed, ScheduleSeed, Seed

_AGE_SECONDS = 30 * 86400


def plant(world: World, seed: Seed) -> None:
    """Put everything the seed names into `world`, as made a while ago."""
    made_at = world.now - _AGE_SECONDS
    for package in seed.packages:
        world.put(package_of(package, now=made_at))
    for schedule in seed.schedules:
        world.put(_schedule_of(schedule, now=made_at))


def package_of(seed: PackageSeed, *, now: Moment) -> EmulatedPackage:
    """Return the package that a seed describes."""
    return EmulatedPackage(
        id=seed.id,
        name=seed.name,
        created_at=now,
        updated_at=now,
        description=seed.description,
        variables=seed.variables,
        status=seed.status,
        flow_type=seed.flow_type,
        data_flow_json=seed.data_flow_json,
        run_seconds=seed.run_seconds,
        failure=seed.failure,
        needed_nodes=seed.needed_nodes,
        outputs=seed.outputs,
    )


def _schedule_of(seed: ScheduleSeed, *, now: Moment) -> EmulatedSchedule:
    return EmulatedSchedule(
        id=seed.id,
        name=seed.name,
        created_at=now,
        updated_at=now,
        start_at=now,
        description=seed.description,
        status=seed.status,
        interval_amount=seed.interval_amount,
        interval_unit=seed.interval_unit,
        overlap=seed.overlap,
        reuse_cluster_strategy=seed.reuse_cluster_strategy,
        task=_task_of(seed),
    )


def _task_of(seed: ScheduleSeed) -> dict[str, Any]:
    packages = [{"package_id": package.package_id, "variables": package.variables} for package in seed.packages]
    return {
        "nodes": seed.nodes,
        "terminate_on_idle": seed.terminate_on_idle,
        "time_to_idle": seed.time_to_idle,
        "packages": packages,
    }
