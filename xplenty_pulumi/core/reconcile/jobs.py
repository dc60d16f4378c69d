"""Job runs: started once, followed to the end, stopped verifiably."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.kinds import JOB_RUN, Phase
from xplenty_pulumi.core.patience import Deadline, Patience
from xplenty_pulumi.core.plan import is_spent
from xplenty_pulumi.core.polls import Polls
from xplenty_pulumi.core.reconcile.outcome import Outcome, Sight
from xplenty_pulumi.core.reconcile.refusals import explained
from xplenty_pulumi.core.reconcile.repeat import confirmed, find_late
from xplenty_pulumi.core.reconcile.run_goals import (
    completed,
    failure_of,
    forgotten,
    label,
    phase_of,
    refusal,
    stopped_on_cancel,
)
from xplenty_pulumi.core.reconcile.runs import Runs, Shape, usual_seconds
from xplenty_pulumi.core.reconcile.stopping import Stopping
from xplenty_pulumi.core.wait import Watch, wait_for
from xplenty_pulumi.errors import (
    Cancelled,
    InvalidError,
    NotFoundError,
    ReadyFailed,
    UnsureError,
    XplentyError,
)

_LOOK_FIRST = "Look at the account's newest jobs; if it is not there, run `pulumi up` again"
_POSTS = {"verify": 1, "refuse": 1, "rerun": 2}


@dataclass(frozen=True)
class DesiredRun:
    """A run as it should be: checked inputs, how long it may take from submission to its end, and who declares it."""

    inputs: Mapping[str, object] = field(repr=False)
    timeout: float
    owner: str = ""

    @property
    def on_unsure(self) -> str:
        """What to do when it can not be told whether the run was started: `verify`, `refuse` or `rerun`."""
        return str(self.inputs.get("on_unsure", "verify"))

    @property
    def is_stopped_on_cancel(self) -> bool:
        """Whether the run is to end when the user has had enough of waiting for it."""
        return self.inputs.get("on_cancel") == "stop"


class JobRuns:
    """The job runs of one account; every method blocks until what it says is true.

    `polls` are the looks to share with all others who work on the account.
    """

    def __init__(self, client: Client, runs: Runs, patience: Patience, *, polls: Polls | None = None) -> None:
        self._client = client
        self._runs = runs
        self._polls = polls or Polls(client, patience.clock)
        self._stopping = Stopping(client, self._polls, patience)
        self._patience = patience

    def create(self, desired: DesiredRun) -> Outcome[Job]:
        """Start the run, or take up the one that an earlier attempt started and lost, and follow it to its end.

        There is at most one POST that may have arrived, unless `on_unsure` is `rerun`.

        Raises:
            XplentyError: no run exists, or (UnsureError) which one is meant can not be told.
        """
        shape = Shape.of(desired.inputs)
        with self._runs.turn(shape):
            newest = self._runs.newest(shape)
            job = self._left_behind(shape, newest, desired) or self._start(shape, newest, desired)
            self._runs.claim(job.id, desired.owner)
        return self._follow(job, desired, usual=usual_seconds(newest))

    def resume(self, job_id: int, desired: DesiredRun) -> Outcome[Job]:
        """Go on following a run that is known by its id; it is never started again.

        Raises:
            ReadyFailed: the service does not know it.
        """
        self._runs.hold(job_id)
        job = confirmed(lambda: self._polls.job(job_id), clock=self._patience.clock)
        if job is None:
            raise ReadyFailed(
                "the service no longer knows this run, so how it ended can not be seen",
                resource=label(job_id),
                advice="Run `pulumi up --refresh` to start a new run",
            )
        return self._follow(job, desired)

    def read(self, job_id: int, *, last_status: str, inputs: Mapping[str, object]) -> Sight[Job]:
        """Return the run as it is now; `last_status` is the one in the state, `inputs` are what it was given.

        The service may forget a run. One that had succeeded has succeeded for ever: it is not gone.
        """
        self._patience.allowance.require_read()
        found = self._polls.job_survey.find(job_id)
        job = found or confirmed(lambda: self._polls.job(job_id), clock=self._patience.clock)
        if job is None:
            self._runs.release(job_id)
            return forgotten(JOB_RUN.phase(last_status))
        self._runs.hold(job_id)
        if phase_of(job) is Phase.SUCCEEDED:
            return Sight(job)
        if is_spent(JOB_RUN, job.status):
            failure = failure_of(job, inputs)
            return Sight(job, remark=f"{failure.message}. {failure.advice}")
        return Sight(job, remark=f"it is {job.status}. The next `pulumi up` goes on following it")

    def stop(self, job_id: int, *, timeout: float) -> None:
        """Return once the service shows that the run has ended, or does not know it; an ended run is left as it is.

        Raises:
            WaitError: it had not ended within `timeout` seconds.
        """
        self._runs.hold(job_id)
        ended = self._stopping.stop(job_id, Deadline.after(timeout, self._patience.clock))
        if ended is not None and phase_of(ended) is Phase.SUCCEEDED:
            self._let_go(job_id)

    def _let_go(self, job_id: int) -> None:
        try:
            self._runs.let_go(job_id)
        except XplentyError as failed:
            self._patience.warn(
                f"job {job_id} could not be noted as let go ({failed.message}); an equal run declared within an hour "
                "would be taken for it"
            )

    def _left_behind(self, shape: Shape, newest: list[Job], desired: DesiredRun) -> Job | None:
        """The run that an earlier attempt may have lost; where there are several, what `on_unsure` says."""
        try:
            job = self._runs.left_behind(shape, newest, owner=desired.owner)
        except UnsureError:
            if desired.on_unsure == "rerun":
                return None
            raise
        if job is not None and desired.on_unsure == "refuse":
            raise refusal(job)
        if job is not None:
            self._patience.warn(
                f"took up job {job.id} ({job.status}) instead of starting a run: it has the same cluster, package and "
                "variables, and no resource is known to hold it, so an earlier attempt must have started it"
            )
        return job

    def _start(self, shape: Shape, newest: list[Job], desired: DesiredRun) -> Job:
        for _ in range(_POSTS[desired.on_unsure]):
            try:
                return self._post(shape)
            except UnsureError as lost:
                found = self._found_late(shape, lost, newest, desired)
            if found is not None:
                return found
        again = "twice" if desired.on_unsure == "rerun" else "and was not sent again, lest it run twice"
        raise UnsureError(
            f"starting the run got no answer, {again}; no such run has appeared",
            resource=f"package {shape.package_id} on cluster {shape.cluster_id}",
            advice=_LOOK_FIRST,
        )

    def _post(self, shape: Shape) -> Job:
        self._patience.go_on("starting the run")
        try:
            return self._client.jobs.run(
                cluster_id=int(shape.cluster_id),
                package_id=int(shape.package_id),
                variables=shape.variables,
                dynamic_variables=shape.dynamic_variables,
            )
        except (NotFoundError, InvalidError) as refused:
            raise explained(refused, shape, self._client) from None

    def _found_late(self, shape: Shape, lost: UnsureError, newest: list[Job], desired: DesiredRun) -> Job | None:
        """The run whose answer was lost; None where it is not there, or the user does not mind another one."""
        if desired.on_unsure == "refuse":
            raise lost
        try:
            return self._verify(shape, lost, newest)
        except UnsureError:
            if desired.on_unsure == "rerun":
                return None
            raise

    def _verify(self, shape: Shape, lost: UnsureError, before: list[Job]) -> Job | None:
        return find_late(
            lambda: self._runs.appeared(shape, before),
            lost,
            clock=self._patience.clock,
            tell=lambda: self._patience.tell("the answer got lost, looking for the run", ""),
            advice=_LOOK_FIRST,
        )

    def _follow(self, job: Job, desired: DesiredRun, *, usual: float | None = None) -> Outcome[Job]:
        watch = self._watch(job.id, job)
        deadline = Deadline.after(desired.timeout, self._patience.clock)
        try:
            wait_for(completed(usual), watch, deadline=deadline, patience=self._patience, known=job)
        except ReadyFailed as problem:
            last = watch.last
            return Outcome(last or job, failure_of(last, desired.inputs) if last else problem)
        except Cancelled as problem:
            return self._cancelled(watch.last or job, problem, desired)
        except XplentyError as problem:
            return Outcome(watch.last or job, problem)
        return Outcome(watch.last or job)

    def _cancelled(self, job: Job, cancelled: Cancelled, desired: DesiredRun) -> Outcome[Job]:
        """Stop the run where that is asked for, and see it stopped, although the user does not wait for its success."""
        if not desired.is_stopped_on_cancel:
            return Outcome(job, cancelled)
        stopping = Stopping(self._client, self._polls, replace(self._patience, interrupted=lambda: ""))
        timeout = float(str(desired.inputs["stop_timeout"]))
        try:
            ended = stopping.stop(job.id, Deadline.after(timeout, self._patience.clock)) or job
        except XplentyError as problem:
            return Outcome(job, problem)
        return Outcome(ended, None if phase_of(ended) is Phase.SUCCEEDED else stopped_on_cancel(ended))

    def _watch(self, job_id: int, last: Job | None = None) -> Watch[Job]:
        polls = self._polls
        return Watch(label(job_id), lambda: polls.job(job_id), last, following=lambda: polls.jobs.following(job_id))
