"""A run as it should be, and what is waited for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from xplenty_pulumi.client import Job
from xplenty_pulumi.core.kinds.job_run import FAR_ENOUGH, JOB_RUN, has_unknown_end
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin
from xplenty_pulumi.core.waiting.goal import Goal

Now = Callable[[], datetime]
"""Gives the time of the account, because what is counted from is in its records."""
NEW_RUN = "The next `pulumi up` starts a new run"


@dataclass(frozen=True)
class DesiredRun:
    """Checked inputs, how long each `up` may follow the run, and who declares it, which a start must know.

    One that `is_foreign` was started by somebody else and is only followed, so nothing stops it. `made` is when it was
    created, as the state has it, empty where that is not known.
    """

    inputs: Mapping[str, object] = field(repr=False)
    timeout: float
    owner: Owner | None = None
    is_foreign: bool = False
    made: Origin = UNKNOWN

    @property
    def on_unsure(self) -> str:
        """What to do when it cannot be told whether the run was started: `verify`, `refuse` or `rerun`."""
        return self._choice("on_unsure", "verify")

    @property
    def on_cancel(self) -> str:
        """What becomes of the run when the `up` is cancelled: `leave` or `stop`."""
        return "leave" if self.is_foreign else self._choice("on_cancel", "leave")

    @property
    def wait_for(self) -> str:
        """What is waited for, one of `FAR_ENOUGH`."""
        return self._choice("wait_for", next(iter(FAR_ENOUGH)))

    @property
    def on_overrun(self) -> str:
        """What becomes of a run that takes longer than `max_runtime`: `stop`, `fail` or `leave`."""
        chosen = self._choice("on_overrun", "stop")
        return "fail" if self.is_foreign and chosen == "stop" else chosen

    @property
    def on_failure(self) -> str:
        """What a failed run means to the `up`: `fail` or `record`."""
        return self._choice("on_failure", "fail")

    @property
    def is_left_on_destroy(self) -> bool:
        """Whether it is left alone when it is destroyed or replaced."""
        return self._choice("on_destroy", "stop") == "leave"

    @property
    def if_running(self) -> str:
        """What to do about an equal run: `queue`, `fail` or `adopt`; empty where the user does not say."""
        return self._choice("if_running", "")

    @property
    def max_runtime(self) -> float | None:
        """How many seconds it may run, None for as long as it takes."""
        seconds = self.inputs.get("max_runtime")
        return None if seconds is None else float(str(seconds))

    def _choice(self, name: str, otherwise: str) -> str:
        return str(self.inputs.get(name) or otherwise)


def phase_of(job: Job) -> Phase:
    """Return what the job's status means."""
    return JOB_RUN.phase(job.status)


def has_succeeded(job: Job) -> bool:
    """Return whether the run has completed."""
    return phase_of(job) is Phase.SUCCEEDED


def has_come_to_nothing(job: Job) -> bool:
    """Return whether the run has ended, and not with a success that this version knows as one."""
    return JOB_RUN.is_spent(job.status) or has_unknown_end(job)


def ended_before(job: Job) -> str:
    """Return how a run had ended before it was to be stopped, such as `had completed`."""
    if phase_of(job) is Phase.STOPPED:
        return f"had been {job.status}"
    return f"had ended as {job.status}" if phase_of(job) is Phase.UNKNOWN else f"had {job.status}"


def how_stopped(job_id: int, ended: Job | None, cluster_id: int) -> str:
    """Return what became of a job that was stopped on a cluster that is to end, or had ended before it could be."""
    if ended is not None and phase_of(ended) is not Phase.STOPPED:
        return (
            f"job {job_id}, which was active on cluster {cluster_id}, {ended_before(ended)} before it could be stopped"
        )
    return f"stopped job {job_id}, which was still active on cluster {cluster_id}"


def is_awaited(job: Job, desired: DesiredRun) -> bool:
    """Return whether the run has come as far as the user waits for."""
    return phase_of(job) in FAR_ENOUGH[desired.wait_for]


def is_left_running(job: Job, desired: DesiredRun, *, now: Now) -> bool:
    """Return whether the run takes longer than it may, and nobody is to wait for it any more."""
    return desired.on_overrun == "leave" and phase_of(job) is Phase.RUNNING and bool(_overrun(job, desired, now))


def goal_of(desired: DesiredRun, *, now: Now, usual: float | None = None) -> Goal[Job]:
    """Return what the user waits for; `usual` is how many seconds it runs as a rule, `now` gives the account's time."""
    return Goal(
        desired.wait_for,
        lambda job: is_awaited(job, desired),
        hopeless=lambda job: job.status if has_come_to_nothing(job) else _overrun(job, desired, now),
        looks=1,
        note=lambda job: f"{job.progress:.0%}" if phase_of(job) is Phase.RUNNING and job.progress else "",
        unfinished="It stays in the account; the next `pulumi up` waits for it and starts no other",
        unreachable=NEW_RUN,
        usual=lambda: usual if FAR_ENOUGH[desired.wait_for] == {Phase.SUCCEEDED} else None,
    )


def _overrun(job: Job, desired: DesiredRun, now: Now) -> str:
    """Why the run takes longer than it may; the service counts its seconds, or else its start says them."""
    seconds = float(job.runtime_in_seconds or 0)
    if job.runtime_in_seconds is None and job.started_at:
        seconds = (now() - job.started_at).total_seconds()
    return "it runs too long" if desired.max_runtime is not None and seconds > desired.max_runtime else ""
