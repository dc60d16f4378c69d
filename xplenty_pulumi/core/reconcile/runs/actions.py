"""Job runs: started once, followed to the end, stopped verifiably."""

from dataclasses import replace

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, has_ended, has_unknown_end
from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.lookup import package_id
from xplenty_pulumi.core.reconcile.outcome import Observation, Outcome
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.core.reconcile.runs.failure import failure_of
from xplenty_pulumi.core.reconcile.runs.follow import RunFollower
from xplenty_pulumi.core.reconcile.runs.goals import (
    forgotten,
    has_come_to_nothing,
    has_succeeded,
    is_awaited,
    is_left_running,
    unknown_end,
    vanished,
)
from xplenty_pulumi.core.reconcile.runs.notify import RunNotifications
from xplenty_pulumi.core.reconcile.runs.search import KnownRuns, RunShape, usual_seconds
from xplenty_pulumi.core.reconcile.runs.start import RunStarter
from xplenty_pulumi.core.reconcile.runs.stop import RunStopper
from xplenty_pulumi.core.waiting.patience import Deadline, Patience
from xplenty_pulumi.errors import XplentyError

_UNKNOWN = "unknown to the service"


class RunReconciler:
    """The job runs of one account; every method blocks until what it says is true.

    `polls` are the looks to share with all others who work on the account.
    """

    def __init__(self, client: Client, runs: KnownRuns, patience: Patience, *, polls: Polls | None = None) -> None:
        self._client = client
        self._runs = runs
        self._polls = polls or Polls(client, patience.clock)
        self._stopping = RunStopper(client, self._polls, patience)
        self._patience = patience
        self._watching = RunNotifications(client, patience)

    def create(self, desired: DesiredRun) -> Outcome[Job]:
        """Start the run, or take up the one that an earlier attempt started and lost, and follow it to its end.

        There is at most one POST that may have arrived, unless `on_unsure` is `rerun`.

        Raises:
            XplentyError: no run exists, or (UnsureError) which one is meant cannot be told.
        """
        desired = self._with_package_id(desired)
        shape = RunShape.of(desired.inputs)
        with self._runs.turn(shape):
            newest = self._runs.newest(shape)
            taken = RunStarter(self._client, self._runs, self._polls, self._patience).start(desired, newest)
            self._runs.claim(taken.job.id, desired.owner)
        desired = replace(desired, is_foreign=taken.is_foreign)
        return self._told(taken.job, desired, usual=usual_seconds(newest))

    def resume(self, job_id: int, desired: DesiredRun, *, is_notify_due: bool = True) -> Outcome[Job]:
        """Go on following a run that is known by its id; it is never started again.

        Its watchers are brought to what `notify` says only where that `is_notify_due`.

        Raises:
            ReadyFailed: the service does not know it.
        """
        self._runs.hold(job_id)
        self._runs.claim(job_id, desired.owner)
        job = self._polls.job_presence.find(job_id)
        if job is None:
            raise vanished(job_id)
        return self._told(job, desired, is_notify_due=is_notify_due)

    def read(self, job_id: int, *, last_status: str, desired: DesiredRun) -> Observation[Job]:
        """Return the run as it is now; `last_status` is the one in the state, `desired` what it was to be.

        The service may forget a run. One that had succeeded has succeeded for ever: it is not gone.
        """
        self._patience.allowance.require_read()
        found = self._polls.job_survey.find(job_id)
        job = found or self._polls.job_presence.find(job_id)
        if job is None:
            self._runs.release(job_id)
            return forgotten(job_id, last_status)
        self._runs.hold(job_id)
        self._runs.claim(job_id, desired.owner)
        return self._watching.seen(self._sight(job, desired), desired.inputs)

    def _sight(self, job: Job, desired: DesiredRun) -> Observation[Job]:
        if is_awaited(job, desired) or is_left_running(job, desired, clock=self._patience.clock):
            return Observation(job)
        if desired.on_failure == "record" and has_come_to_nothing(job):
            return Observation(job)
        if has_unknown_end(job):
            problem = unknown_end(job)
            return Observation(job, remark=f"{problem.message}. {problem.advice}")
        if JOB_RUN.is_spent(job.status):
            failure = failure_of(job, desired.inputs)
            return Observation(job, remark=f"{failure.message}. {failure.advice}")
        return Observation(job, remark=f"it is {job.status}. The next `pulumi up` goes on following it")

    def delete(self, job_id: int, desired: DesiredRun, *, timeout: float) -> str:
        """Return what is seen in the end, as `stop` does; an empty text for a run that is left alone.

        One that somebody else started is only looked at, and named in a warning where it goes on.
        """
        if desired.is_left_on_destroy:
            return ""
        if not desired.is_foreign:
            return self.stop(job_id, timeout=timeout, owner=desired.owner)
        job = self._polls.job_presence.find(job_id)
        if job is None or has_ended(job):
            return "ended" if job else _UNKNOWN
        self._patience.warn(
            f"job {job_id} ({job.status}) was not stopped: somebody else started it, and this resource only followed "
            f"it, as if_running asks. `xplenty-pulumi stop job {job_id}` stops it"
        )
        return "left running"

    def stop(self, job_id: int, *, timeout: float, owner: Owner | None = None) -> str:
        """Return what is seen in the end, in words, once the run has ended or the service does not know it.

        An ended run is left as it is, and so is one that another resource than that of `owner` holds, as far as this
        process has seen the state: one that has changed hands, or that both have.

        Raises:
            WaitError: it had not ended within `timeout` seconds.
        """
        if other := self._runs.give_up(job_id, owner):
            name = other.name.rpartition("::")[2]
            self._patience.warn(f"job {job_id} was not stopped: {name} holds it")
            return f"left to {name}"
        self._runs.hold(job_id)
        ended = self._stopping.stop(job_id, Deadline.after(timeout, self._patience.clock))
        if ended is None:
            return _UNKNOWN
        if has_succeeded(ended) or has_unknown_end(ended):
            self._let_go(job_id)
        return "ended"

    def _told(
        self, job: Job, desired: DesiredRun, *, usual: float | None = None, is_notify_due: bool = True
    ) -> Outcome[Job]:
        """Follow the run while the user is told of it, or not."""
        if is_notify_due and (problem := self._watching.begin(job, desired.inputs)):
            return Outcome(job, problem, is_notify_due=True, is_foreign=desired.is_foreign)
        outcome = self._watching.end(self._follow(job, desired, usual=usual), desired.inputs)
        return replace(outcome, is_foreign=desired.is_foreign)

    def _let_go(self, job_id: int) -> None:
        try:
            self._runs.let_go(job_id)
        except XplentyError as failed:
            self._patience.warn(
                f"job {job_id} could not be noted as let go ({failed.message}); an equal run declared within an hour "
                "would be taken for it"
            )

    def _with_package_id(self, desired: DesiredRun) -> DesiredRun:
        """The same run, with the id of a package that is given by its name."""
        if "package" not in desired.inputs:
            return desired
        found = package_id(self._client, str(desired.inputs["package"]), undone=", so no run was started")
        return replace(desired, inputs={**desired.inputs, "package_id": found})

    def _follow(self, job: Job, desired: DesiredRun, *, usual: float | None = None) -> Outcome[Job]:
        return RunFollower(self._client, self._polls, self._patience, desired).follow(job, usual=usual)
