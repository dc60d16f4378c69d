"""What is waited for with job runs, and what the sight of one means."""

from collections.abc import Mapping

from xplenty_pulumi.client import Job
from xplenty_pulumi.core.expressions import looks_unquoted
from xplenty_pulumi.core.goal import Goal
from xplenty_pulumi.core.kinds import JOB_RUN, Phase
from xplenty_pulumi.core.plan import is_spent
from xplenty_pulumi.core.reconcile.outcome import Sight
from xplenty_pulumi.errors import Cancelled, JobFailed, UnsureError


def label(job_id: int) -> str:
    """Return how texts name this run."""
    return f"job {job_id}"


def phase_of(job: Job) -> Phase:
    """Return what the job's status means."""
    return JOB_RUN.phase(job.status)


def forgotten(last: Phase) -> Sight[Job]:
    """Return what it means that the service does not know a run that was `last` seen like this."""
    if last is Phase.SUCCEEDED:
        return Sight(None)
    return Sight(None, gone=True, remark="the service does not know it (404), and it was not seen to complete")


def refusal(job: Job) -> UnsureError:
    """Return the error for a run that may or may not be the one an earlier attempt started."""
    return UnsureError(
        f"job {job.id} ({job.status}) may be the run that an earlier attempt started, so none was started now",
        candidates=[str(job.id)],
        advice="Set on_unsure to 'verify' to take it up, or to 'rerun' to start another one",
    )


def _progress(job: Job) -> str:
    return f"{job.progress:.0%}" if phase_of(job) is Phase.RUNNING and job.progress else ""


def failure_of(job: Job, inputs: Mapping[str, object]) -> JobFailed:
    """Return the error for a run that ended without success, in the run's own words."""
    reason = " ".join((job.errors or "").split())
    link = f"; see {job.html_url}" if job.html_url else ""
    message = f"{job.status}: {reason.rstrip('.') or 'the service gives no reason'}{link}"
    unquoted = looks_unquoted(inputs)
    hint = f"{unquoted[0]!r} looks like a string without its quotes, see xplenty_pulumi.quote(). " if unquoted else ""
    return JobFailed(
        message,
        last_status=job.status,
        reason=reason,
        resource=label(job.id),
        advice=f"{hint}The next `pulumi up` starts a new run",
    )


def stopped_on_cancel(job: Job) -> Cancelled:
    """Return the error for a run that was stopped because the user did not want to wait for it any more."""
    return Cancelled(
        f"{job.status}, because the `up` was cancelled and on_cancel is 'stop'",
        last_status=job.status,
        resource=label(job.id),
        advice="The next `pulumi up` starts a new run",
    )


def completed(usual: float | None = None) -> Goal[Job]:
    """Return the goal of having succeeded, which takes `usual` seconds as a rule."""
    return Goal(
        "completed",
        lambda job: phase_of(job) is Phase.SUCCEEDED,
        hopeless=lambda job: job.status if is_spent(JOB_RUN, job.status) else "",
        looks=1,
        note=_progress,
        unfinished="It goes on running; the next `pulumi up` follows it on and starts nothing",
        unreachable="Run `pulumi up --refresh` to start a new run",
        usual=usual,
    )
