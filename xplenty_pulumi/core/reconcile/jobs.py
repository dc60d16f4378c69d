"""Job runs: started once, followed to the end, stopped verifiably."""

from collections.abc import Mapping
from dataclasses import dataclass

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.expressions import looks_unquoted
from xplenty_pulumi.core.kinds import CLUSTER, JOB_RUN, Phase
from xplenty_pulumi.core.plan import is_spent
from xplenty_pulumi.core.reconcile.outcome import Outcome, Sight
from xplenty_pulumi.core.reconcile.repeat import confirmed, find_late
from xplenty_pulumi.core.reconcile.runs import Runs, Shape
from xplenty_pulumi.core.reconcile.stopping import Stopping
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

_LOOK_FIRST = "Look at the account's newest jobs; if it is not there, run `pulumi up` again"
_POSTS = {"verify": 1, "refuse": 1, "rerun": 2}


@dataclass(frozen=True)
class DesiredRun:
    """A run as it should be: checked inputs, how long it may take from submission to its end, and who declares it."""

    inputs: Mapping[str, object]
    timeout: float
    owner: str = ""

    @property
    def on_unsure(self) -> str:
        """What to do when it can not be told whether the run was started: `verify`, `refuse` or `rerun`."""
        return str(self.inputs.get("on_unsure", "verify"))


class JobRuns:
    """The job runs of one account; every method blocks until what it says is true."""

    def __init__(self, client: Client, runs: Runs, patience: Patience) -> None:
        self._client = client
        self._runs = runs
        self._stopping = Stopping(client, patience)
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
        return self._follow(job, desired)

    def resume(self, job_id: int, desired: DesiredRun) -> Outcome[Job]:
        """Go on following a run that is known by its id; it is never started again.

        Raises:
            ReadyFailed: the service does not know it.
        """
        self._runs.hold(job_id)
        job = confirmed(lambda: self._get(job_id), clock=self._patience.clock)
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
        self._runs.hold(job_id)
        job = confirmed(lambda: self._get(job_id), clock=self._patience.clock)
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
        self._runs.hold(job_id)
        self._stopping.stop(job_id, Deadline.after(timeout, self._patience.clock))

    def _left_behind(self, shape: Shape, newest: list[Job], desired: DesiredRun) -> Job | None:
        """The run that an earlier attempt may have lost; where there are several, what `on_unsure` says."""
        try:
            job = self._runs.left_behind(shape, newest, owner=desired.owner)
        except UnsureError:
            if desired.on_unsure == "rerun":
                return None
            raise
        if job is not None and desired.on_unsure == "refuse":
            raise _refusal(job)
        if job is not None:
            self._patience.tell(f"taking up job {job.id}, which an earlier attempt started", "")
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
        try:
            return self._client.jobs.run(
                cluster_id=int(shape.cluster_id),
                package_id=int(shape.package_id),
                variables=shape.variables,
                dynamic_variables=shape.dynamic_variables,
            )
        except (NotFoundError, InvalidError) as refused:
            raise self._explained(refused, shape) from None

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


def _refusal(job: Job) -> UnsureError:
    return UnsureError(
        f"job {job.id} ({job.status}) may be the run that an earlier attempt started, so none was started now",
        candidates=[str(job.id)],
        advice="Set on_unsure to 'verify' to take it up, or to 'rerun' to start another one",
    )


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
    unfinished="It goes on running; the next `pulumi up` follows it on and starts nothing",
    unreachable="Run `pulumi up --refresh` to start a new run",
)
