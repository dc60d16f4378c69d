"""Following a run to what the user waits for, or to its end once it was stopped; clearing a cluster of its jobs."""

from collections.abc import Callable
from dataclasses import replace

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, has_ended, has_unknown_end, is_task
from xplenty_pulumi.core.kinds.kind import LIVING, Phase
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin, taken_over
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.lookup import require_shown
from xplenty_pulumi.core.reconcile.outcome import Outcome, saying_what_exists
from xplenty_pulumi.core.reconcile.repeat import act_until
from xplenty_pulumi.core.reconcile.runs.desired import (
    DesiredRun,
    goal_of,
    has_come_to_nothing,
    has_succeeded,
    how_stopped,
    phase_of,
)
from xplenty_pulumi.core.reconcile.runs.failure import (
    failed_tasks,
    failure_of,
    fault_of_cluster,
    last_words,
    overrun,
    stopped_on_cancel,
    unknown_end,
    vanished,
)
from xplenty_pulumi.core.waiting.goal import Goal
from xplenty_pulumi.core.waiting.patience import Deadline, Patience
from xplenty_pulumi.core.waiting.wait import wait_for
from xplenty_pulumi.core.waiting.watch import Watch, watch_of
from xplenty_pulumi.errors import (
    Cancelled,
    InvalidError,
    NotFoundError,
    ReadyFailed,
    RefusedError,
    UnsureError,
    XplentyError,
)

_LAG = 10.0


class RunFollower:
    """Follows one run; what it ends in is returned, never raised."""

    def __init__(self, client: Client, polls: Polls, patience: Patience, desired: DesiredRun) -> None:
        self._client = client
        self._polls = polls
        self._patience = patience
        self._desired = desired

    def follow(self, job: Job, *, usual: float | None = None, is_new: bool = False) -> Outcome[Job]:
        """Return the run as the user waits for it, or with its problem; no read has shown one that `is_new`."""
        watch = watch_of(self._polls.jobs, job.id, job, is_new=is_new)
        goal = goal_of(self._desired, now=lambda: self._client.account_time, usual=usual)
        deadline = Deadline.after(self._desired.timeout, self._patience.clock)
        try:
            wait_for(goal, watch, deadline=deadline, patience=self._patience, known=job)
        except ReadyFailed as problem:
            return Outcome(job, vanished(job.id)) if watch.last is None else self._hopeless(watch.last, problem)
        except XplentyError as problem:
            last = watch.last or job
            if isinstance(problem, Cancelled) and self._desired.on_cancel == "stop":
                return self._stopped(last, stopped_on_cancel)
            return Outcome(
                last, saying_what_exists(problem, f"job {last.id} was last seen {last.status} and may go on")
            )
        return Outcome(self._with_effective_variables(watch.last or job))

    def _with_effective_variables(self, job: Job) -> Job:
        """A completed run with the variables as they were in effect; that they cannot be had is no reason to fail."""
        if not has_succeeded(job):
            return job
        try:
            found = self._client.jobs.variables(job.id)
        except XplentyError:
            return job
        return job.model_copy(update={"effective_variables": found})

    def _hopeless(self, job: Job, problem: ReadyFailed) -> Outcome[Job]:
        """What becomes of a run that has failed, is being stopped, or takes longer than it may."""
        if has_come_to_nothing(job):
            return self._failed(job)
        if phase_of(job) is Phase.ENDING:
            return Outcome(job, problem)
        if self._desired.on_overrun == "stop":
            return self._stopped(job, lambda ended: overrun(ended, self._desired))
        failure = overrun(job, self._desired)
        if self._desired.on_overrun == "fail":
            return Outcome(job, failure)
        self._patience.warn(f"job {job.id}: {failure.message}")
        return Outcome(job)

    def _failed(self, job: Job) -> Outcome[Job]:
        failure: XplentyError
        if has_unknown_end(job):
            failure = unknown_end(job)
        else:
            is_failed = phase_of(job) is Phase.FAILED
            tasks = failed_tasks(self._client, job) if is_failed else []
            if log := last_words(self._client, job) if is_failed else "":
                self._patience.note(log)
            fault = None if job.cluster_id is None else fault_of_cluster(self._polls, job.cluster_id, self._desired)
            gone = fault.reason if fault else ""
            failure = failure_of(job, self._desired.inputs, tasks=tasks, cluster=gone)
        if self._desired.on_failure == "fail":
            return Outcome(job, failure)
        self._patience.warn(f"job {job.id}: {failure.message}. It is only recorded, as on_failure asks")
        return Outcome(job)

    def _stopped(self, job: Job, problem_if_ended: Callable[[Job], XplentyError]) -> Outcome[Job]:
        """Stop the run and see it stopped, although nobody waits for its success any more."""
        stopping = RunStopper(self._client, self._polls, replace(self._patience, interrupted=lambda: ""))
        timeout = float(str(self._desired.inputs["stop_timeout"]))
        try:
            ended = stopping.stop(job.id, Deadline.after(timeout, self._patience.clock)) or job
        except XplentyError as problem:
            return Outcome(self._now(job), problem)
        return Outcome(ended, None if has_succeeded(ended) else problem_if_ended(ended))

    def _now(self, job: Job) -> Job:
        try:
            return self._polls.jobs.one(job.id) or job
        except XplentyError:
            return job


class RunStopper:
    """Stops job runs and waits for their end; `found_active` says whether one had not ended before."""

    def __init__(self, client: Client, polls: Polls, patience: Patience) -> None:
        self._client = client
        self._polls = polls
        self._patience = patience
        self.found_active = False
        self._cleared: set[int] = set()

    def stop(self, job_id: int, deadline: Deadline, *, made: Origin = UNKNOWN) -> Job | None:
        """Return the run once the service shows that it has ended, or None where it does not know it.

        One that was not `made` when the state says is another's: it is left alone, and named in a warning.

        Raises:
            WaitError: it had not ended by the `deadline`.
        """
        watch = watch_of(self._polls.jobs, job_id)
        try:
            while True:
                self._ask_to_stop(job_id, watch, made)
                require_shown(watch.last, made, self._client, resource=watch.resource)
                if other := taken_over(watch.last, made):
                    way = f"If it is this stack's all the same, `xplenty-pulumi stop {watch.resource}` stops it"
                    self._patience.warn(f"{watch.resource}: {other}. {way}")
                    return None
                try:
                    return wait_for(_ended(self._patience.clock), watch, deadline=deadline, patience=self._patience)
                except ReadyFailed:
                    if deadline.left() <= 0:
                        raise
        except XplentyError as problem:
            seen = f"was last seen {watch.last.status}" if watch.last else "was not seen"
            raise saying_what_exists(problem, f"{watch.resource} {seen} and may go on") from None

    def _ask_to_stop(self, job_id: int, watch: Watch[Job], made: Origin) -> None:
        def is_ending() -> bool:
            job = watch.certain()
            if job is None or has_ended(job) or taken_over(job, made):
                return True
            self.found_active = True
            return JOB_RUN.phase(job.status) is Phase.ENDING

        self._patience.allowance.require_write()
        act_until(
            is_ending,
            lambda: self._client.jobs.stop(job_id),
            clock=self._patience.clock,
            tolerate=(UnsureError, InvalidError, NotFoundError),
        )

    def clear(self, cluster_id: int, *, policy: str, deadline: Deadline) -> bool:
        """Return whether jobs were active on the cluster, once they are all stopped, or all waited for.

        As others may have come meanwhile, it is clear only where this returns False. A job is dealt with once: a list
        that lags behind may go on showing it.

        Raises:
            RefusedError: jobs are active, and the `policy` is to leave them and the cluster alone.
            WaitError: one had not ended by the `deadline`.
        """
        active = [job for job in self.active_on(cluster_id) if job.id not in self._cleared]
        if active and policy == "fail":
            named = ", ".join(f"{job.id} ({job.status})" for job in active)
            raise RefusedError(
                f"jobs are still active on it: {named}; nothing was stopped or ended",
                resource=f"cluster {cluster_id}",
                advice="Wait for them or stop them; or set active_jobs_on_terminate to 'wait' or 'stop' with a "
                "`pulumi up`",
            )
        for job in active:
            patience = self._patience.about(f"job {job.id}")
            if policy == "stop":
                ended = RunStopper(self._client, self._polls, patience).stop(job.id, deadline)
                self._patience.warn(how_stopped(job.id, ended, cluster_id))
            else:
                wait_for(_ENDED, watch_of(self._polls.jobs, job.id), deadline=deadline, patience=patience)
            self._cleared.add(job.id)
        return bool(active)

    def active_on(self, cluster_id: int) -> list[Job]:
        """Return every job on the cluster that has not ended, whoever started it; the tasks of workflows are theirs."""
        return [job for job in self._polls.active_jobs() if job.cluster_id == cluster_id and not is_task(job)]


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
        if JOB_RUN.phase(job.status) not in LIVING - {Phase.UNKNOWN}:
            since.clear()
        elif not since:
            since.append(now)
        return f"it is {job.status} all the same" if since and now - since[0] >= _LAG else ""

    return replace(_ENDED, hopeless=still_active, unreachable=_ENDED.unfinished)
