"""How clusters, jobs and schedules act on one another as time passes: starting, idling, failing, stopping, firing.

Nothing here runs by itself: `advance` is called with the present moment before each reading, and lets every change that
fell due since then happen, in the order in which it fell due.
"""

from dataclasses import replace

from xplenty_pulumi.emulator.life import clusters, firing, jobs
from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.knobs import CLUSTER_IN_ERROR
from xplenty_pulumi.emulator.life.records import FINAL, READY, EmulatedCluster, EmulatedJob
from xplenty_pulumi.emulator.life.schedules import EmulatedSchedule
from xplenty_pulumi.emulator.life.world import World


def advance(world: World, now: Moment) -> None:
    """Let everything happen that is due up to `now`; a moment before the last one changes nothing."""
    while (entry := world.next_due(now)) is not None:
        at, kind, number = entry
        match world.find(kind, number):
            case EmulatedCluster() as cluster if _is_due(clusters.due(cluster, knobs=world.knobs), at=at):
                apply_cluster(world, clusters.step(cluster, at=at), at=at)
            case EmulatedJob() as job if _is_due(jobs.due(job, knobs=world.knobs), at=at):
                apply_job(world, jobs.step(job, at=at), at=at)
            case EmulatedSchedule() as schedule if _is_due(schedule.next_run_at, at=at):
                firing.fire(world, schedule, at=at)
    world.now = max(now, world.now)


def _is_due(due: Moment | None, *, at: Moment) -> bool:
    return due is not None and due <= at


def apply_cluster(world: World, cluster: EmulatedCluster, *, at: Moment) -> None:
    """Take up a changed cluster, with all that follows for its jobs."""
    world.put(cluster)
    if cluster.status in READY:
        start_waiting_jobs(world, cluster, at=at)
        note_quiet(world, cluster.id, at=at)
    elif cluster.status == "error":
        fail_jobs(world, cluster.id, CLUSTER_IN_ERROR, at=at)
    elif cluster.status == "terminated":
        for job in world.unfinished_jobs(cluster.id):
            world.put(jobs.stopped(job, at=at))


def apply_job(world: World, job: EmulatedJob, *, at: Moment) -> None:
    """Take up a changed job, with all that follows for its cluster and the jobs beside it."""
    cluster = world.clusters.get(job.cluster_id)
    if job.status not in FINAL and (cluster is None or cluster.status == "error"):
        job = jobs.failed(job, CLUSTER_IN_ERROR, at=at)
    world.put(job)
    firing.retry(world, job, at=at)
    if cluster is None:
        return
    if job.waits_for_cluster or job.status in FINAL:
        start_waiting_jobs(world, cluster, at=at)
    if job.status in FINAL:
        note_quiet(world, cluster.id, at=at)


def start_waiting_jobs(world: World, cluster: EmulatedCluster, *, at: Moment) -> None:
    """Start, oldest first, every waiting job that the cluster has a place and nodes enough for."""
    unfinished = world.unfinished_jobs(cluster.id)
    ready = cluster.status in READY
    free = world.knobs.jobs_per_cluster - sum(jobs.holds_slot(job) for job in unfinished)
    for job in unfinished:
        if not job.waits_for_cluster:
            continue
        if ready and free > 0 and job.needed_nodes <= cluster.nodes:
            free -= 1
            world.put(jobs.started(job, at=at))
            continue
        status = world.knobs.job_over_capacity if ready else world.knobs.job_on_unready_cluster
        if job.status not in (status, "queued"):
            world.put(jobs.entered(job, status, at=at))


def note_quiet(world: World, cluster_id: int, *, at: Moment) -> None:
    """Start the count towards idle if the cluster is ready and has nothing to do."""
    cluster = world.clusters[cluster_id]
    if cluster.status in READY and cluster.quiet_since is None and not world.unfinished_jobs(cluster_id):
        world.put(replace(cluster, quiet_since=at))


def fail_jobs(world: World, cluster_id: int, errors: str, *, at: Moment) -> None:
    """Let every unfinished job of a cluster fail with `errors`."""
    for job in world.unfinished_jobs(cluster_id):
        world.put(jobs.failed(job, errors, at=at))
        firing.retry(world, world.jobs[job.id], at=at)


def stop_jobs(world: World, cluster_id: int, *, at: Moment) -> None:
    """Ask every unfinished job of a cluster to stop."""
    for job in world.unfinished_jobs(cluster_id):
        world.put(jobs.stop_requested(job, at=at))
