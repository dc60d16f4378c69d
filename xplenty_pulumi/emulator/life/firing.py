"""What a schedule does when its time comes: it finds or makes a cluster, and starts a job for each of its packages."""

from xplenty_pulumi.emulator.life import clusters, runs, schedules
from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.records import FINAL, READY, UNREADY, EmulatedCluster, EmulatedJob
from xplenty_pulumi.emulator.life.schedules import EmulatedSchedule
from xplenty_pulumi.emulator.life.world import World


def fire(world: World, schedule: EmulatedSchedule, *, at: Moment) -> None:
    """Let a schedule run that is due, unless its runs may not overlap and one is active; plan the next run."""
    schedule = schedules.replanned(schedule, at=at)
    is_skipped = not schedule.overlap and is_active(world, schedule.id)
    world.put(schedule if is_skipped else execute(world, schedule, at=at))


def execute(world: World, schedule: EmulatedSchedule, *, at: Moment) -> EmulatedSchedule:
    """Start a job for each package that there is, all on one cluster, and return the schedule after that."""
    packages = [(world.packages.get(int(one["package_id"])), one) for one in schedule.task.get("packages", ())]
    usable = [(found, one.get("variables") or {}) for found, one in packages if found and found.status == "active"]
    if not usable:
        return schedules.executed(schedule, (), at=at)
    cluster = _cluster(world, schedule, at=at)
    started = []
    for package, variables in usable:
        job = runs.new_run(
            world,
            package,
            at=at,
            cluster_id=cluster.id,
            variables=dict(variables),
            made_by=schedule.made_by,
            retries=schedule.retries,
        )
        world.put(job)
        started.append(job.id)
    world.put(clusters.busy(world.clusters[cluster.id], at=at))
    return schedules.executed(schedule, tuple(started), at=at)


def retry(world: World, job: EmulatedJob, *, at: Moment) -> None:
    """Repeat a failed job as its schedule said when it started it, on its cluster or on another one."""
    schedule = world.schedules.get(job.made_by.id) if job.made_by else None
    package = world.packages.get(job.package_id)
    if schedule is None or package is None or job.status != "failed" or job.attempts >= (job.retries or 0):
        return
    own = world.clusters.get(job.cluster_id)
    cluster = own if own is not None and own.status in READY | UNREADY else _cluster(world, schedule, at=at)
    again = runs.new_run(
        world,
        package,
        at=at,
        cluster_id=cluster.id,
        variables=job.variables,
        made_by=job.made_by,
        retries=job.retries,
        attempts=job.attempts + 1,
    )
    world.put(again)
    world.put(clusters.busy(world.clusters[cluster.id], at=at))
    world.put(schedules.retried(world.schedules[schedule.id], job.id, again.id))


def is_active(world: World, schedule_id: int) -> bool:
    """Return whether a job of the schedule has not ended."""
    return any(
        job.made_by is not None and job.made_by.id == schedule_id
        for job in world.jobs.values()
        if job.status not in FINAL
    )


def _cluster(world: World, schedule: EmulatedSchedule, *, at: Moment) -> EmulatedCluster:
    """The oldest living cluster that the strategy allows and that is large enough, or a new one."""
    nodes, strategy = int(schedule.task["nodes"]), schedule.reuse_cluster_strategy
    for cluster in world.clusters.values():
        is_own = cluster.made_by is not None and cluster.made_by.id == schedule.id
        fits = cluster.nodes >= nodes and cluster.status in READY | UNREADY
        if fits and (strategy == "any" or (strategy == "self" and is_own)):
            return cluster
    return _new_cluster(world, schedule, at=at)


def _new_cluster(world: World, schedule: EmulatedSchedule, *, at: Moment) -> EmulatedCluster:
    task = schedule.task
    cluster = clusters.pending(
        world.take_id(EmulatedCluster),
        region=world.region,
        nodes=int(task["nodes"]),
        at=at,
        fails=world.next_cluster_fails,
        type="production" if task["nodes"] > 1 else "sandbox",
        terminate_on_idle=task["terminate_on_idle"],
        time_to_idle=task["time_to_idle"],
        made_by=schedule.made_by,
    )
    world.put(cluster)
    return cluster
