"""Ending a job run, seen to have ended, and clearing a cluster of the jobs that are active on it."""

from dataclasses import replace

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, has_ended
from xplenty_pulumi.core.kinds.kind import LIVING, Phase
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile.outcome import saying_what_exists
from xplenty_pulumi.core.reconcile.repeat import act_until
from xplenty_pulumi.core.waiting.goal import Goal
from xplenty_pulumi.core.waiting.patience import Deadline, Patience
from xplenty_pulumi.core.waiting.wait import Watch, wait_for
from xplenty_pulumi.errors import InvalidError, NotFoundError, ReadyFailed, RefusedError, UnsureError, XplentyError

_LAG = 10.0
_ACTIVE = JOB_RUN.statuses(*LIVING)


class RunStopper:
    """Stops job runs and waits for their end."""

    def __init__(self, client: Client, polls: Polls, patience: Patience) -> None:
        self._client = client
        self._polls = polls
        self._patience = patience

    def stop(self, job_id: int, deadline: Deadline) -> Job | None:
        """Return the run once the service shows that it has ended, or None where it does not know it.

        Raises:
            WaitError: it had not ended by the `deadline`.
        """
        watch = self._watch(job_id)
        try:
            return self._stopped(job_id, watch, deadline)
        except XplentyError as problem:
            seen = f"was last seen {watch.last.status}" if watch.last else "was not seen"
            raise saying_what_exists(problem, f"{watch.resource} {seen} and may go on") from None

    def _stopped(self, job_id: int, watch: Watch[Job], deadline: Deadline) -> Job | None:
        while True:
            self._ask_to_stop(job_id, watch)
            try:
                return wait_for(_ended(self._patience.clock), watch, deadline=deadline, patience=self._patience)
            except ReadyFailed:
                if deadline.left() <= 0:
                    raise

    def _ask_to_stop(self, job_id: int, watch: Watch[Job]) -> None:
        self._patience.allowance.require_write()
        act_until(
            lambda: _is_ending(watch.certain()),
            lambda: self._client.jobs.stop(job_id),
            clock=self._patience.clock,
            tolerate=(UnsureError, InvalidError, NotFoundError),
        )

    def clear(self, cluster_id: int, *, policy: str, deadline: Deadline) -> None:
        """Return once no job is active on the cluster: all stopped, or all waited for.

        Raises:
            RefusedError: jobs are active, and the `policy` is to leave them and the cluster alone.
            WaitError: one had not ended by the `deadline`.
        """
        active = self.active_on(cluster_id)
        if active and policy == "fail":
            raise _refusal(cluster_id, active)
        for job in active:
            patience = self._telling_of(job)
            if policy == "stop":
                RunStopper(self._client, self._polls, patience).stop(job.id, deadline)
                self._patience.warn(f"stopped job {job.id}, which was still active on cluster {cluster_id}")
            else:
                wait_for(_ENDED, self._watch(job.id), deadline=deadline, patience=patience)

    def active_on(self, cluster_id: int) -> list[Job]:
        """Return every job on the cluster that has not ended, whoever started it."""
        return [job for job in self._polls.active_jobs() if job.cluster_id == cluster_id]

    def _telling_of(self, job: Job) -> Patience:
        """The patience of one who waits for a cluster, and has to say that it is a job that is waited for just now."""
        tell = self._patience.tell
        return replace(self._patience, tell=lambda headline, detail: tell(f"job {job.id} {headline}", detail))

    def _watch(self, job_id: int) -> Watch[Job]:
        return watch_of(self._polls, job_id)


def watch_of(polls: Polls, job_id: int, last: Job | None = None) -> Watch[Job]:
    """Return the looks at one run, made together with those of all others who look at the account."""
    return Watch(
        f"job {job_id}",
        lambda: polls.job(job_id),
        last,
        following=lambda: polls.jobs.following(job_id),
        find=lambda: polls.job_presence.find(job_id),
        listed=lambda: polls.job_presence.listed(job_id),
    )


def _refusal(cluster_id: int, active: list[Job]) -> RefusedError:
    named = ", ".join(f"{job.id} ({job.status})" for job in active)
    return RefusedError(
        f"jobs are still active on it: {named}; nothing was stopped or ended",
        resource=f"cluster {cluster_id}",
        advice="Wait for them or stop them; or set active_jobs_on_terminate to 'wait' or 'stop' with a `pulumi up`",
    )


def _is_ending(job: Job | None) -> bool:
    return job is None or has_ended(job) or JOB_RUN.phase(job.status) is Phase.ENDING


_ENDED: Goal[Job] = Goal(
    "ended",
    has_ended,
    missing_is_reached=True,
    looks=1,
    unfinished="Run the same command again to go on waiting for its end",
)


def _ended(clock: Clock) -> Goal[Job]:
    """The end of a run that was asked to stop; out of reach once it has been seen active for ten seconds since."""
    since: list[float] = []

    def still_active(job: Job) -> str:
        now = clock.monotonic()
        if job.status not in _ACTIVE:
            since.clear()
        elif not since:
            since.append(now)
        return f"it is {job.status} all the same" if since and now - since[0] >= _LAG else ""

    return replace(_ENDED, hopeless=still_active, unreachable=_ENDED.unfinished)
