"""What is waited for with job runs, and what the sight of one means."""

from xplenty_pulumi import text
from xplenty_pulumi.client import Job
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.job_run import FAR_ENOUGH, JOB_RUN, has_unknown_end, is_active
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reconcile.outcome import Observation
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.core.waiting.goal import Goal
from xplenty_pulumi.errors import ReadyFailed, RefusedError, UnsureError


def label(job_id: int) -> str:
    """Return how texts name this run."""
    return text.label(JOB_RUN.name, job_id)


def phase_of(job: Job) -> Phase:
    """Return what the job's status means."""
    return JOB_RUN.phase(job.status)


def has_succeeded(job: Job) -> bool:
    """Return whether the run has completed."""
    return phase_of(job) is Phase.SUCCEEDED


def forgotten(job_id: int, last: str) -> Observation[Job]:
    """Return what it means that the service does not know a run whose status was `last`.

    A success is one for ever, a failure may be forgotten, and of a run that was active nobody can say how it ended.
    """
    if JOB_RUN.phase(last) is Phase.SUCCEEDED:
        return Observation(None)
    if JOB_RUN.is_spent(last):
        return Observation(None, gone=True, remark="the service does not know it (404), and it had not succeeded")
    problem = vanished(job_id)
    return Observation(None, remark=f"{problem.message}. {problem.advice}")


def vanished(job_id: int) -> ReadyFailed:
    """Return the error for a run that was active when it was seen last, and that the service does not know now."""
    return ReadyFailed(
        "the service no longer knows this run, which was active, so how it ended cannot be seen",
        resource=label(job_id),
        advice="Take it out of the program, or change triggers, which rerun 'on_failure' does not heed, for a new run",
    )


def unknown_end(job: Job) -> ReadyFailed:
    """Return the error for a run that has ended with a status that this version does not know."""
    link = f"; see {job.html_url}" if job.html_url else ""
    return ReadyFailed(
        f"it has ended as {job.status!r}, a status that this version of xplenty-pulumi does not know, so whether it "
        f"succeeded cannot be told{link}",
        last_status=job.status,
        reason=job.status,
        resource=label(job.id),
        advice="Look at it. No `pulumi up` runs it again by itself: for a new run change triggers, which rerun "
        "'on_failure' does not heed; to leave it at that set on_failure to 'record', or take it out of the program",
    )


def refusal(job: Job) -> UnsureError:
    """Return the error for a run that may or may not be the one an earlier attempt started."""
    return UnsureError(
        f"job {job.id} ({job.status}) may be the run that an earlier attempt started, so none was started now",
        candidates=[str(job.id)],
        advice="Set on_unsure to 'verify' to take it up, or to 'rerun' to start another one",
    )


def _progress(job: Job) -> str:
    return f"{job.progress:.0%}" if phase_of(job) is Phase.RUNNING and job.progress else ""


def refusal_beside(job: Job) -> RefusedError:
    """Return the error for an equal run, where none is to be started beside it."""
    return RefusedError(
        f"it is {job.status}, with the same cluster, package and variables, so none was started",
        resource=label(job.id),
        advice=f"{'Wait for its end or stop it, or set' if is_active(job) else 'Set'} if_running to 'queue' or 'adopt'",
    )


def has_come_to_nothing(job: Job) -> bool:
    """Return whether the run has ended, and not with a success that this version knows as one."""
    return JOB_RUN.is_spent(job.status) or has_unknown_end(job)


def is_awaited(job: Job, desired: DesiredRun) -> bool:
    """Return whether the run has come as far as the user waits for."""
    return phase_of(job) in FAR_ENOUGH[desired.wait_for]


def is_left_running(job: Job, desired: DesiredRun, *, clock: Clock) -> bool:
    """Return whether the run takes longer than it may, and nobody is to wait for it any more."""
    return desired.on_overrun == "leave" and phase_of(job) is Phase.RUNNING and bool(_overrun(job, desired, clock))


def goal_of(desired: DesiredRun, *, clock: Clock, usual: float | None = None) -> Goal[Job]:
    """Return what the user waits for; `usual` is how many seconds it takes from the submission to the end as a rule."""
    return Goal(
        desired.wait_for,
        lambda job: is_awaited(job, desired),
        hopeless=lambda job: job.status if has_come_to_nothing(job) else _overrun(job, desired, clock),
        looks=1,
        note=_progress,
        unfinished="It goes on running; the next `pulumi up` follows it on and starts nothing",
        unreachable="Run `pulumi up --refresh` to start a new run",
        usual=usual if desired.is_followed_to_the_end else None,
    )


def runtime(job: Job, *, clock: Clock) -> float:
    """Return the seconds that the run has been running, as the service counts them, else as its start says."""
    if job.runtime_in_seconds is not None:
        return float(job.runtime_in_seconds)
    return (clock.now() - job.started_at).total_seconds() if job.started_at else 0.0


def _overrun(job: Job, desired: DesiredRun, clock: Clock) -> str:
    longest = desired.max_runtime
    return "it runs too long" if longest is not None and runtime(job, clock=clock) > longest else ""
