"""Job runs: started once, followed to the end, stopped verifiably."""

from collections.abc import Mapping
from dataclasses import dataclass

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.expressions import looks_unquoted
from xplenty_pulumi.core.kinds import CLUSTER, JOB_RUN, Phase
from xplenty_pulumi.core.plan import is_spent
from xplenty_pulumi.core.reconcile.outcome import Outcome, Sight
from xplenty_pulumi.core.reconcile.repeat import act_until, find_late
from xplenty_pulumi.core.reconcile.runs import Runs, Shape
from xplenty_pulumi.core.wait import Deadline, Goal, Patience, Watch, wait_for
from xplenty_pulumi.errors import (
    ApiError,
    InvalidError,
    JobFailed,
    NotFoundError,
    ReadyFailed,
    UnsureError,
    XplentyError,
)

_FINAL = {Phase.SUCCEEDED, Phase.FAILED, Phase.GONE}


@dataclass(frozen=True)
class DesiredRun:
    """A run as it should be: checked inputs, and how long it may take from submission to its end."""

    inputs: Mapping[str, object]
    timeout: float


class JobRuns:
    """The job runs of one account; every method blocks until what it says is true."""

    def __init__(self, client: Client, runs: Runs, patience: Patience) -> None:
        self._client = client
        self._runs = runs
        self._patience = patience

    def create(self, desired: DesiredRun) -> Outcome[Job]:
        """Start the run, or take up the one that an earlier attempt started and lost, and follow it to its end.

        There is at most one POST that may have arrived.

        Raises:
            XplentyError: no run exists, or (UnsureError) which one is meant can not be told.
        """
        shape = Shape.of(desired.inputs)
        with self._runs.turn(shape):
            newest = self._runs.newest(shape)
            job = self._runs.left_behind(shape, newest)
            if job is None:
                job = self._post(shape, newest)
            else:
                self._patience.tell(f"taking up job {job.id}, which an earlier attempt started", "")
            self._runs.know(job.id)
        return self._follow(job, desired)

    def resume(self, job_id: int, desired: DesiredRun) -> Outcome[Job]:
        """Go on following a run that is known by its id; it is never started again.

        Raises:
            ReadyFailed: the service does not know it.
        """
        job = self._get(job_id)
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
        job = self._get(job_id)
        if job is None:
            return _forgotten(JOB_RUN.phase(last_status))
        if _phase(job) is Phase.SUCCEEDED:
            return Sight(job)
        if is_spent(JOB_RUN, job.status):
            return Sight(job, remark=str(_failure(job, inputs)))
        return Sight(job, remark=f"it is {job.status}. The next `pulumi up` goes on following it")

    def stop(self, job_id: int, *, timeout: float) -> None:
        """Return once the service shows that the run has ended, or does not know it; an ended run is left as it is.

        Raises:
            WaitError: it had not ended within `timeout` seconds.
        """
        watch = self._watch(job_id)
        deadline = Deadline.after(timeout, self._patience.clock)
        act_until(
            lambda: _is_ending(watch()),
            lambda: self._client.jobs.stop(job_id),
            clock=self._patience.clock,
            tolerate=(UnsureError, InvalidError, NotFoundError),
        )
        wait_for(_ENDED, watch, deadline=deadline, patience=self._patience)

    def _post(self, shape: Shape, before: list[Job]) -> Job:
        try:
            return self._client.jobs.run(
                cluster_id=int(shape.cluster_id),
                package_id=int(shape.package_id),
                variables=shape.variables,
                dynamic_variables=shape.dynamic_variables,
            )
        except UnsureError as lost:
            return self._verify(shape, lost, before)
        except (NotFoundError, InvalidError) as refused:
            raise self._explained(refused, shape) from None

    def _verify(self, shape: Shape, lost: UnsureError, before: list[Job]) -> Job:
        advice = "Look at the account's newest jobs; if it is not there, run `pulumi up` again"
        found = find_late(
            lambda: self._runs.appeared(shape, before),
            lost,
            clock=self._patience.clock,
            tell=lambda: self._patience.tell("the answer got lost, looking for the run", ""),
            advice=advice,
        )
        if found is not None:
            return found
        raise UnsureError(
            "starting the run got no answer and no such run has appeared; it was not sent again, lest it run twice",
            resource=f"package {shape.package_id} on cluster {shape.cluster_id}",
            advice=advice,
        )

    def _explained(self, refused: ApiError, shape: Shape) -> ApiError:
        """Say which of the two is at fault, since the service does not."""
        reason = self._fault_of_cluster(int(shape.cluster_id)) or self._fault_of_package(int(shape.package_id))
        return type(refused)(
            reason or refused.message,
            status=refused.status,
            request_id=refused.request_id,
            resource=f"package {shape.package_id} on cluster {shape.cluster_id}",
            advice="No run was started; correct the input and run `pulumi up` again",
        )

    def _fault_of_cluster(self, cluster_id: int) -> str:
        try:
            cluster = self._client.clusters.get(cluster_id)
        except NotFoundError:
            return f"cluster {cluster_id} does not exist in this account"
        except XplentyError:
            return ""
        return "" if CLUSTER.is_living(cluster.status) else f"cluster {cluster_id} is {cluster.status}"

    def _fault_of_package(self, package_id: int) -> str:
        try:
            package = self._client.packages.get(package_id)
        except NotFoundError:
            return f"package {package_id} does not exist in this account"
        except XplentyError:
            return ""
        return f"package {package_id} is archived" if package.status == "archived" else ""

    def _follow(self, job: Job, desired: DesiredRun) -> Outcome[Job]:
        watch = self._watch(job.id, job)
        deadline = Deadline.after(desired.timeout, self._patience.clock)
        try:
            wait_for(_COMPLETED, watch, deadline=deadline, patience=self._patience)
        except ReadyFailed as problem:
            last = watch.last
            return Outcome(last or job, _failure(last, desired.inputs) if last else problem)
        except XplentyError as problem:
            return Outcome(watch.last or job, problem)
        return Outcome(watch.last or job)

    def _watch(self, job_id: int, last: Job | None = None) -> Watch[Job]:
        return Watch(label(job_id), lambda: self._get(job_id), last)

    def _get(self, job_id: int) -> Job | None:
        self._runs.know(job_id)
        try:
            return self._client.jobs.get(job_id)
        except NotFoundError:
            return None


def label(job_id: int) -> str:
    """Return how texts name this run."""
    return f"job {job_id}"


def _phase(job: Job) -> Phase:
    return JOB_RUN.phase(job.status)


def _forgotten(last: Phase) -> Sight[Job]:
    if last is Phase.SUCCEEDED:
        return Sight(None)
    return Sight(None, gone=True, remark="the service does not know it (404), and it was not seen to complete")


def _is_ending(job: Job | None) -> bool:
    return job is None or _phase(job) in {*_FINAL, Phase.ENDING}


def _progress(job: Job) -> str:
    return f"{job.progress:.0%}" if _phase(job) is Phase.RUNNING and job.progress else ""


def _failure(job: Job, inputs: Mapping[str, object]) -> JobFailed:
    reason = " ".join((job.errors or "").split())
    link = f"; see {job.html_url}" if job.html_url else ""
    message = f"{job.status}: {reason or 'the service gives no reason'}{link}"
    unquoted = looks_unquoted(inputs)
    hint = f"{unquoted[0]!r} looks like a string without its quotes, see xplenty_pulumi.quote(). " if unquoted else ""
    return JobFailed(
        message,
        last_status=job.status,
        reason=reason,
        resource=label(job.id),
        advice=f"{hint}The next `pulumi up` starts a new run",
    )


_COMPLETED: Goal[Job] = Goal(
    "completed",
    lambda job: _phase(job) is Phase.SUCCEEDED,
    hopeless=lambda job: job.status if is_spent(JOB_RUN, job.status) else "",
    looks=1,
    note=_progress,
)
_ENDED: Goal[Job] = Goal("stopped", lambda job: _phase(job) in _FINAL, missing_is_reached=True, looks=1)
