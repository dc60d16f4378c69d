"""Starting a run at most once: what an earlier attempt lost is adopted, and a lost answer is looked for.

`doubled_runs` looks, at the end of an operation, whether a start that was doubled on its way made another run.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, RUN_KEY, is_active, run_key_of
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.variables import quote
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.strays import newest_at_end
from xplenty_pulumi.core.reconcile.repeat import find_late
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.core.reconcile.runs.equal import EqualRuns, WhoseRuns
from xplenty_pulumi.core.reconcile.runs.failure import explained
from xplenty_pulumi.core.reconcile.runs.known import KnownRuns, RunShape, StartedRun
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import InvalidError, NotFoundError, RefusedError, UnsureError, XplentyError
from xplenty_pulumi.text import label

_LOOK_FIRST = (
    "It may still appear. Wait two minutes and look with `xplenty-pulumi status jobs` before the next `pulumi up`: "
    "where it is there, that one follows it or says why not; where it is not, it starts one"
)
_TRIGGERS = ". The service knows no triggers: where it was started for other ones, change them again for a new run"
_BESIDE = (
    "{} ({}) goes on beside the new run: its key says that it was started for this resource, with other inputs, and no "
    "state is known to hold it, as after an interrupted `up`. `xplenty-pulumi stop job {}` stops it"
)
_POSTS = {"verify": 1, "refuse": 1, "rerun": 2}
_BLIND = "whether a run was started twice on its way could not be looked at"


class RunCreation:
    """Starts one run as `desired`, or adopts the one that is meant; `newest` are the newest runs of its package."""

    def __init__(
        self,
        client: Client,
        known: KnownRuns,
        polls: Polls,
        patience: Patience,
        *,
        desired: DesiredRun,
        newest: Sequence[Job],
        takes_key: Callable[[Mapping[str, object]], bool],
    ) -> None:
        self._client, self._known, self._polls, self._patience = client, known, polls, patience
        self._desired, self._newest, self._takes_key = desired, newest, takes_key
        self._shape = RunShape.of(desired.inputs)
        self._whose = WhoseRuns(client, known, polls, desired, newest)

    def run(self) -> tuple[Job, bool]:
        """Return the run, and whether somebody else may have started it.

        It is one that an earlier attempt lost, an equal one where the user says that it is to count, or a new one. At
        most one POST may have arrived, unless `on_unsure` is `rerun`.

        Raises:
            UnsureError: which run is meant, or whether there is one, cannot be told.
            RefusedError: there is an equal run, and none is to be started beside it.
        """
        equal = self._whose.equal()
        if equal.lost:
            return self._adopted(equal.lost), False
        if foreign := self._of_somebody_else(equal):
            return foreign, True
        for job in self._whose.left_behind():
            self._patience.warn(_BESIDE.format(label(JOB_RUN.name, job.id), job.status, job.id))
        return self._new(), False

    def _adopted(self, job: Job) -> Job:
        """The run that an earlier attempt has lost."""
        if self._desired.on_unsure == "refuse":
            raise UnsureError(
                f"job {job.id} ({job.status}) may be the run that an earlier attempt started, so none was started now",
                candidates=[str(job.id)],
                advice="Set on_unsure to 'verify' to take it up, or to 'rerun' to start another one",
            )
        why = (
            "its key says that it was started for this resource, and nothing says that it was let go"
            if self._whose.is_ours(job)
            else "it has the same cluster, package and variables, is on a cluster of this stack, and no resource is "
            "known to hold it, so an earlier attempt must have started it"
        )
        again = _TRIGGERS if "triggers" in self._desired.inputs else ""
        text = f"adopted job {job.id} ({job.status}) instead of starting a run: {why}{again}"
        self._patience.adopted(label(JOB_RUN.name, job.id), text)
        return job

    def _of_somebody_else(self, equal: EqualRuns) -> Job | None:
        """An equal run that may be somebody else's, where the user wants that one, which settles any doubt."""
        job = equal.beside
        match self._desired.if_running:
            case "fail" if job is not None:
                first = "Wait for its end or stop it, or set" if is_active(job) else "Set"
                raise RefusedError(
                    f"it is {job.status}, with the same cluster, package and variables, so none was started",
                    resource=f"job {job.id}",
                    advice=f"{first} if_running to 'queue' or 'adopt'",
                )
            case "adopt" if job is not None:
                since = "was active" if is_active(job) else "had ended"
                text = f"follows job {job.id} ({job.status}), which {since} already, and started none"
                self._patience.adopted(label(JOB_RUN.name, job.id), text)
                return job
            case "" if equal.doubtful and self._desired.on_unsure != "rerun":
                raise equal.unsure()
        return None

    def _new(self) -> Job:
        owner = self._desired.owner if self._desired.owner and self._takes_key(self._desired.inputs) else None
        what = "starting the run got no answer"
        for _ in range(_POSTS[self._desired.on_unsure]):
            key = self._known.drawn(owner) if owner else None
            try:
                return self._posted(key)
            except UnsureError as lost:
                what = lost.message if lost.candidates else what
                found = self._found_late(lost, key)
            if found is not None:
                return found
        again = "twice" if self._desired.on_unsure == "rerun" else "and it was not sent again, lest it run twice"
        message = f"{what}, {again}; no such run has appeared"
        raise UnsureError(message, resource=str(self._shape), advice=_LOOK_FIRST)

    def _posted(self, key: Marker | None) -> Job:
        """The run that the answer shows; one of another shape, or that was there before, is no answer to this call."""
        shape, before = self._shape, frozenset(one.id for one in self._newest)
        self._patience.go_on("starting the run")
        try:
            job = self._client.jobs.run(
                cluster_id=int(shape.cluster_id),
                package_id=int(shape.package_id),
                variables={**shape.variables, **({RUN_KEY: quote(str(key))} if key else {})},
                dynamic_variables=shape.dynamic_variables,
            )
        except (NotFoundError, InvalidError) as refused:
            raise explained(refused, self._desired, client=self._client, polls=self._polls) from None
        if job.id not in before and self._can_answer(job, key):
            self._known.starts.append(StartedRun(job.id, shape, before, key))
            return job
        raise UnsureError(
            f"the answer to its start shows job {job.id}, which is another run or is shown otherwise than it was sent, "
            "so whether it was started is not known",
            candidates=[str(job.id)],
            resource=str(shape),
            advice=_LOOK_FIRST,
        )

    def _can_answer(self, job: Job, key: Marker | None) -> bool:
        """Whether a new run can be what was just asked for; one shown otherwise than sent is of no other user."""
        if run_key_of(job) not in (None, key):
            return False
        return self._shape.fits(job) or (self._shape.agrees(job) and not self._known.is_of_another_user(job))

    def _found_late(self, lost: UnsureError, key: Marker | None) -> Job | None:
        """The run whose answer was lost; None where it is not there, or the user does not mind another one."""
        if self._desired.on_unsure == "refuse":
            raise lost
        try:
            appeared = partial(self._known.appeared, self._shape, self._newest, key=key)
            return find_late(appeared, lost, what="the run", patience=self._patience, advice=_LOOK_FIRST)
        except UnsureError:
            if self._desired.on_unsure == "rerun":
                return None
            raise


def doubled_runs(client: Client, known: KnownRuns) -> str:
    """Return what the user should know of doubles, by one look at the newest jobs when an operation is over.

    An empty text is nothing. Where no run was started, nothing is looked at.
    """
    starts = [*known.starts]
    if not starts:
        return ""
    try:
        newest = newest_at_end(client, JOB_RUN)
    except XplentyError as trouble:
        return f"{_BLIND}: {trouble.message}"
    doubles = [(job, start) for job in newest for start in starts if start.doubled(job)]
    return ". ".join(
        _warning(job, start) for job, start in doubles if known.is_free(job, None) and known.is_of_this_user(job)
    )


def _warning(job: Job, start: StartedRun) -> str:
    stop = f"Unless somebody else wants it, `xplenty-pulumi stop job {job.id}` ends it"
    return (
        f"job {job.id} ({job.status}) is equal to job {start.job_id}, which this operation started, and is no older. "
        "A call that was doubled on its way may have started it; no state of this stack holds it. "
        f"{stop if is_active(job) else 'Look at what it has done: that may be there twice'}"
    )
