"""The life of one job run, as pure functions of the job, the knobs and a moment."""

from dataclasses import replace

from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.records import FINAL, STOPPING, EmulatedJob


def due(job: EmulatedJob, *, knobs: Knobs) -> Moment | None:
    """Return when the job changes by itself, or None when it has ended or waits for its cluster."""
    if job.completed_at is not None or job.status in FINAL or job.waits_for_cluster:
        return None
    seconds = {
        "idle": knobs.job_idle_seconds,
        "pending": knobs.job_pending_seconds,
        "queued": knobs.job_pending_seconds,
        "running": job.run_seconds,
        "pending_stoppage": knobs.job_pending_stoppage_seconds,
        "stopping": knobs.job_stopping_seconds,
    }
    return job.status_since + seconds[job.status]


def step(job: EmulatedJob, *, at: Moment) -> EmulatedJob:
    """Return the job after the change that was due at `at`; one that is initialised begins to wait for its cluster."""
    if job.status == "idle":
        return entered(job, "pending", at=at)
    if job.status == "running":
        return failed(job, job.failure, at=at) if job.failure is not None else finished(job, "completed", at=at)
    if job.status == "pending_stoppage":
        return entered(job, "stopping", at=at)
    if job.status == "stopping":
        return stopped(job, at=at)
    return replace(job, waits_for_cluster=True)


def entered(job: EmulatedJob, status: str, *, at: Moment) -> EmulatedJob:
    """Return the job in `status` since `at`."""
    return replace(job, status=status, status_since=at, updated_at=at)


def started(job: EmulatedJob, *, at: Moment) -> EmulatedJob:
    """Return the job running."""
    return replace(entered(job, "running", at=at), started_at=at, waits_for_cluster=False)


def stop_requested(job: EmulatedJob, *, at: Moment) -> EmulatedJob:
    """Return the job with its stop requested; one that is being stopped already stays as it is."""
    if job.status in STOPPING:
        return job
    return replace(entered(job, "pending_stoppage", at=at), waits_for_cluster=False)


def stopped(job: EmulatedJob, *, at: Moment) -> EmulatedJob:
    """Return the job `stopped`."""
    return finished(job, "stopped", at=at)


def failed(job: EmulatedJob, errors: str, *, at: Moment) -> EmulatedJob:
    """Return the job `failed` with its error text."""
    return replace(finished(job, "failed", at=at), errors=errors)


def finished(job: EmulatedJob, status: str, *, at: Moment) -> EmulatedJob:
    """Return the job ended in one of its final statuses."""
    return replace(entered(job, status, at=at), completed_at=at, waits_for_cluster=False)


def progress(job: EmulatedJob, *, now: Moment) -> float:
    """Return how far the job is, from 0 to 1; failed jobs read 0, as in recorded answers."""
    if job.status == "completed":
        return 1.0
    if job.started_at is None or job.status == "failed":
        return 0.0
    end = job.completed_at if job.completed_at is not None else now
    return round(min((end - job.started_at) / job.run_seconds, 0.99), 4) if job.run_seconds > 0 else 0.99


def runtime(job: EmulatedJob, *, now: Moment) -> int:
    """Return the whole seconds the job has run; it stands still once the job has ended."""
    if job.started_at is None:
        return 0
    return int((job.completed_at if job.completed_at is not None else now) - job.started_at)


def holds_slot(job: EmulatedJob) -> bool:
    """Return whether the job takes one of its cluster's places."""
    return job.status == "running" or (job.status in STOPPING and job.started_at is not None)
