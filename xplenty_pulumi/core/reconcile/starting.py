"""Starting a run at most once: what an earlier attempt lost is taken up, and a lost answer is looked for."""

from collections.abc import Sequence

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.patience import Patience
from xplenty_pulumi.core.reconcile.desired_run import DesiredRun
from xplenty_pulumi.core.reconcile.refusals import explained
from xplenty_pulumi.core.reconcile.repeat import find_late
from xplenty_pulumi.core.reconcile.run_goals import refusal, refusal_beside
from xplenty_pulumi.core.reconcile.runs import Runs, Shape
from xplenty_pulumi.errors import InvalidError, NotFoundError, UnsureError

_LOOK_FIRST = "Look at the account's newest jobs; if it is not there, run `pulumi up` again"
_POSTS = {"verify": 1, "refuse": 1, "rerun": 2}


class Starting:
    """Starts the run of one resource, or takes up the one that is meant."""

    def __init__(self, client: Client, runs: Runs, patience: Patience) -> None:
        self._client = client
        self._runs = runs
        self._patience = patience

    def start(self, desired: DesiredRun, newest: list[Job]) -> Job:
        """Return the run: lost by an earlier attempt, started by somebody else where that is to count, or new.

        `newest` are the package's newest runs. At most one POST may have arrived, unless `on_unsure` is `rerun`.

        Raises:
            UnsureError: which run is meant, or whether there is one, can not be told.
            RefusedError: an equal run is active, and none is to be started beside it.
        """
        shape = Shape.of(desired.inputs)
        return (
            self._left_behind(shape, newest, desired)
            or self._of_somebody_else(shape, newest, desired)
            or self._new(shape, newest, desired)
        )

    def _left_behind(self, shape: Shape, newest: list[Job], desired: DesiredRun) -> Job | None:
        """The run that an earlier attempt may have lost; where there are several, what `on_unsure` says."""
        try:
            job = self._runs.left_behind(shape, newest, owner=desired.owner, is_told=desired.is_told)
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

    def _of_somebody_else(self, shape: Shape, newest: Sequence[Job], desired: DesiredRun) -> Job | None:
        """An equal run that is active, whoever started it, where the user does not want another one beside it."""
        if desired.if_running == "queue":
            return None
        job = next(iter(self._runs.active(shape, newest, owner=desired.owner)), None)
        if job is not None and desired.if_running == "fail":
            raise refusal_beside(job)
        if job is not None:
            self._patience.warn(f"follows job {job.id} ({job.status}), which was active already, and started none")
        return job

    def _new(self, shape: Shape, newest: list[Job], desired: DesiredRun) -> Job:
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
