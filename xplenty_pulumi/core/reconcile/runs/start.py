"""Starting a run at most once: what an earlier attempt lost is taken up, and a lost answer is looked for."""

from dataclasses import dataclass

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.kinds.job_run import is_active
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile.repeat import find_late
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.core.reconcile.runs.equal import EqualRuns, WhoseRuns
from xplenty_pulumi.core.reconcile.runs.goals import refusal, refusal_beside
from xplenty_pulumi.core.reconcile.runs.refusals import explained
from xplenty_pulumi.core.reconcile.runs.search import KnownRuns, RunShape, StartedRun
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import InvalidError, NotFoundError, UnsureError

_LOOK_FIRST = (
    "It may still appear. Wait two minutes and look with `xplenty-pulumi status jobs` before the next `pulumi up`: "
    "where it is there, that one follows it or says why not; where it is not, it starts one"
)
_POSTS = {"verify": 1, "refuse": 1, "rerun": 2}


@dataclass(frozen=True)
class TakenRun:
    """The run that a resource is to follow, and whether somebody else may have started it."""

    job: Job
    is_foreign: bool = False


class RunStarter:
    """Starts the run of one resource, or takes up the one that is meant."""

    def __init__(self, client: Client, runs: KnownRuns, polls: Polls, patience: Patience) -> None:
        self._client = client
        self._runs = runs
        self._polls = polls
        self._whose = WhoseRuns(client, runs, polls)
        self._patience = patience

    def start(self, desired: DesiredRun, newest: list[Job]) -> TakenRun:
        """Return the run: lost by an earlier attempt, an equal one where the user says that it is to count, or new.

        `newest` are the package's newest runs. At most one POST may have arrived, unless `on_unsure` is `rerun`.

        Raises:
            UnsureError: which run is meant, or whether there is one, cannot be told.
            RefusedError: there is an equal run, and none is to be started beside it.
        """
        shape = RunShape.of(desired.inputs)
        equal = self._whose.sort(shape, newest, desired)
        if lost := self._left_behind(equal, desired):
            return TakenRun(lost)
        if foreign := self._of_somebody_else(equal, desired):
            return TakenRun(foreign, is_foreign=True)
        return TakenRun(self._new(shape, newest, desired))

    def _left_behind(self, equal: EqualRuns, desired: DesiredRun) -> Job | None:
        """The run that an earlier attempt has lost."""
        job = equal.lost
        if job is not None and desired.on_unsure == "refuse":
            raise refusal(job)
        if job is not None:
            self._patience.warn(
                f"took up job {job.id} ({job.status}) instead of starting a run: it has the same cluster, package and "
                "variables, is on a cluster of this stack, and no resource is known to hold it, so an earlier attempt "
                "must have started it"
            )
        return job

    def _of_somebody_else(self, equal: EqualRuns, desired: DesiredRun) -> Job | None:
        """An equal run that may be somebody else's, where the user wants that one; his word goes before any doubt."""
        job = equal.beside
        match desired.if_running:
            case "fail" if job is not None:
                raise refusal_beside(job)
            case "adopt" if job is not None:
                since = "was active" if is_active(job) else "had ended"
                self._patience.warn(f"follows job {job.id} ({job.status}), which {since} already, and started none")
                return job
            case "" if equal.doubtful and desired.on_unsure != "rerun":
                raise equal.unsure()
        return None

    def _new(self, shape: RunShape, newest: list[Job], desired: DesiredRun) -> Job:
        for _ in range(_POSTS[desired.on_unsure]):
            try:
                return self._posted(shape, newest)
            except UnsureError as lost:
                found = self._found_late(shape, lost, newest, desired)
            if found is not None:
                return found
        again = "twice" if desired.on_unsure == "rerun" else "and was not sent again, lest it run twice"
        raise UnsureError(
            f"starting the run got no answer, {again}; no such run has appeared",
            resource=_resource(shape),
            advice=_LOOK_FIRST,
        )

    def _posted(self, shape: RunShape, before: list[Job]) -> Job:
        """The run that the answer shows; one of another shape, or that was there before, is no answer to this call."""
        job = self._post(shape)
        if shape.agrees(job) and all(job.id != one.id for one in before):
            self._runs.started(StartedRun(job.id, shape, frozenset(one.id for one in before)))
            return job
        raise UnsureError(
            f"the answer to its start shows job {job.id}, which is another run, so whether it was started is not known",
            resource=_resource(shape),
            advice=_LOOK_FIRST,
        )

    def _post(self, shape: RunShape) -> Job:
        self._patience.go_on("starting the run")
        try:
            return self._client.jobs.run(
                cluster_id=int(shape.cluster_id),
                package_id=int(shape.package_id),
                variables=shape.variables,
                dynamic_variables=shape.dynamic_variables,
            )
        except (NotFoundError, InvalidError) as refused:
            raise explained(refused, shape, client=self._client, polls=self._polls) from None

    def _found_late(self, shape: RunShape, lost: UnsureError, newest: list[Job], desired: DesiredRun) -> Job | None:
        """The run whose answer was lost; None where it is not there, or the user does not mind another one."""
        if desired.on_unsure == "refuse":
            raise lost
        try:
            return self._verify(shape, lost, newest)
        except UnsureError:
            if desired.on_unsure == "rerun":
                return None
            raise

    def _verify(self, shape: RunShape, lost: UnsureError, before: list[Job]) -> Job | None:
        return find_late(
            lambda: self._runs.appeared(shape, before),
            lost,
            clock=self._patience.clock,
            tell=lambda: self._patience.tell("the answer got lost, looking for the run", ""),
            advice=_LOOK_FIRST,
        )


def _resource(shape: RunShape) -> str:
    return f"package {shape.package_id} on cluster {shape.cluster_id}"
