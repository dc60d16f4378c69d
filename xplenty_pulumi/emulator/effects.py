"""How clusters and jobs act on one another: starting, queueing, idling, failing and stopping together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xplenty_pulumi.emulator import clusters, jobs
from xplenty_pulumi.emulator.knobs import CLUSTER_IN_ERROR
from xplenty_pulumi.emulator.records import FINAL, READY, Cluster, Job, Moment

if TYPE_CHECKING:
    from xplenty_pulumi.emulator.world import World


def apply_cluster(world: World, cluster: Cluster, *, at: Moment) -> None:
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


def apply_job(world: World, job: Job, *, at: Moment) -> None:
    """Take up a changed job, with all that follows for its cluster and the jobs beside it."""
    cluster = world.clusters.get(job.cluster_id)
    if job.status not in FINAL and (cluster is None or cluster.status == "error"):
        job = jobs.failed(job, CLUSTER_IN_ERROR, at=at)
    world.put(job)
    if cluster is None:
        return
    if job.waits_for_cluster or job.status in FINAL:
        start_waiting_jobs(world, cluster, at=at)
    if job.status in FINAL:
        note_quiet(world, cluster.id, at=at)


def start_waiting_jobs(world: World, cluster: Cluster, *, at: Moment) -> None:
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
        else:
            _keep_waiting(world, job, ready=ready, at=at)


def _keep_waiting(world: World, job: Job, *, ready: bool, at: Moment) -> None:
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


def stop_jobs(world: World, cluster_id: int, *, at: Moment) -> None:
    """Ask every unfinished job of a cluster to stop."""
    for job in world.unfinished_jobs(cluster_id):
        world.put(jobs.stop_requested(job, at=at))


def submit(world: World, job: Job, *, at: Moment) -> None:
    """Take up a new job; its cluster is busy from now on."""
    cluster = world.clusters[job.cluster_id]
    world.put(job)
    world.put(clusters.busy(cluster, at=at, knobs=world.knobs))
