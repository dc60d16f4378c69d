"""Following a run to what the user waits for, and what is done when that does not come."""

from collections.abc import Callable
from dataclasses import replace

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.kinds.job_run import has_unknown_end
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.obstacles import Obstacle
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile.outcome import Outcome, saying_what_exists
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.core.reconcile.runs.failure import failure_of, last_words, overrun, stopped_on_cancel
from xplenty_pulumi.core.reconcile.runs.goals import (
    goal_of,
    has_come_to_nothing,
    has_succeeded,
    label,
    phase_of,
    unknown_end,
)
from xplenty_pulumi.core.reconcile.runs.refusals import fault_of_cluster
from xplenty_pulumi.core.reconcile.runs.stop import RunStopper, watch_of
from xplenty_pulumi.core.waiting.patience import Deadline, Patience
from xplenty_pulumi.core.waiting.wait import Watch, wait_for
from xplenty_pulumi.errors import Cancelled, JobFailed, ReadyFailed, XplentyError


class RunFollower:
    """Follows one run; what it ends in is returned, never raised."""

    def __init__(self, client: Client, polls: Polls, patience: Patience, desired: DesiredRun) -> None:
        self._client = client
        self._polls = polls
        self._patience = patience
        self._desired = desired

    def follow(self, job: Job, *, usual: float | None = None) -> Outcome[Job]:
        """Return the run as the user waits for it, or with the problem that is in the way."""
        watch = self._watch(job)
        goal = goal_of(self._desired, clock=self._patience.clock, usual=usual)
        deadline = Deadline.after(self._desired.timeout, self._patience.clock)
        try:
            wait_for(goal, watch, deadline=deadline, patience=self._patience, known=job)
        except ReadyFailed as problem:
            return self._hopeless(watch.last, job, problem)
        except Cancelled as problem:
            return self._cancelled(watch.last or job, problem)
        except XplentyError as problem:
            last = watch.last or job
            return Outcome(last, saying_what_exists(problem, _exists(last)))
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

    def _hopeless(self, last: Job | None, job: Job, problem: ReadyFailed) -> Outcome[Job]:
        """What becomes of a run that has failed, has vanished, or takes longer than it may."""
        if last is None:
            return Outcome(job, problem)
        if has_come_to_nothing(last):
            return self._failed(last)
        if phase_of(last) is Phase.ENDING:
            return Outcome(last, problem)
        return self._overrun(last)

    def _failed(self, job: Job) -> Outcome[Job]:
        failure = unknown_end(job) if has_unknown_end(job) else self._failure(job)
        if self._desired.on_failure == "record":
            self._patience.warn(f"{label(job.id)}: {failure.message}. It is only recorded, as on_failure asks")
            return Outcome(job)
        return Outcome(job, failure)

    def _failure(self, job: Job) -> JobFailed:
        log = last_words(self._client, job) if phase_of(job) is Phase.FAILED else ""
        fault = None if job.cluster_id is None else self._fault_of(job.cluster_id)
        return failure_of(job, self._desired.inputs, log=log, cluster=fault.reason if fault else "")

    def _fault_of(self, cluster_id: int) -> Obstacle | None:
        return fault_of_cluster(self._polls, cluster_id)

    def _overrun(self, job: Job) -> Outcome[Job]:
        """Stop the run and see it stopped, or leave it running with an error or only a warning."""
        policy = self._desired.on_overrun
        if policy == "stop":
            return self._stopped(job, problem_if_ended=lambda ended: overrun(ended, self._desired))
        problem = overrun(job, self._desired)
        if policy == "fail":
            return Outcome(job, problem)
        self._patience.warn(f"{label(job.id)}: {problem.message}")
        return Outcome(job)

    def _cancelled(self, job: Job, cancelled: Cancelled) -> Outcome[Job]:
        """Stop the run where that is asked for, and see it stopped, although nobody waits for its success any more."""
        if self._desired.on_cancel == "leave":
            return Outcome(job, saying_what_exists(cancelled, _exists(job)))
        return self._stopped(job, problem_if_ended=stopped_on_cancel)

    def _stopped(self, job: Job, *, problem_if_ended: Callable[[Job], XplentyError]) -> Outcome[Job]:
        stopping = RunStopper(self._client, self._polls, replace(self._patience, interrupted=lambda: ""))
        try:
            ended = stopping.stop(job.id, Deadline.after(self._desired.stop_timeout, self._patience.clock)) or job
        except XplentyError as problem:
            return Outcome(self._seen_now(job), problem)
        return Outcome(ended, None if phase_of(ended) is Phase.SUCCEEDED else problem_if_ended(ended))

    def _seen_now(self, job: Job) -> Job:
        try:
            return self._polls.job(job.id) or job
        except XplentyError:
            return job

    def _watch(self, job: Job) -> Watch[Job]:
        return watch_of(self._polls, job.id, job)


def _exists(job: Job) -> str:
    return f"{label(job.id)} was last seen {job.status} and may go on"
