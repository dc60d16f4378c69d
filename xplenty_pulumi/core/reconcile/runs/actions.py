"""Job runs: started once, followed to the end, stopped verifiably."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, has_ended, has_unknown_end, is_active, run_key_of
from xplenty_pulumi.core.kinds.marker import Owner, name_in
from xplenty_pulumi.core.kinds.obstacles import UNKNOWN_TO_SERVICE
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, WINDOW_TEXT, Origin, origin_on, taken_over
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.lookup import package_id, require_shown
from xplenty_pulumi.core.reconcile.notify import WatcherList
from xplenty_pulumi.core.reconcile.outcome import Observation, Outcome
from xplenty_pulumi.core.reconcile.runs.cluster import ClusterGate
from xplenty_pulumi.core.reconcile.runs.desired import (
    DesiredRun,
    ended_before,
    has_come_to_nothing,
    has_succeeded,
    is_awaited,
    is_left_running,
)
from xplenty_pulumi.core.reconcile.runs.failure import failure_of, forgotten, unknown_end, vanished
from xplenty_pulumi.core.reconcile.runs.follow import RunFollower, RunStopper
from xplenty_pulumi.core.reconcile.runs.known import KnownRuns, RunShape, usual_seconds
from xplenty_pulumi.core.reconcile.runs.start import RunCreation
from xplenty_pulumi.core.waiting.patience import Deadline, Patience
from xplenty_pulumi.errors import NotFoundError, XplentyError
from xplenty_pulumi.text import label


class RunReconciler:
    """The job runs of one account; every method blocks until what it says is true.

    `polls` are shared with all others who work on the account. `takes_key` returns whether the package of a run with
    these inputs declares the variable for its own key.
    """

    def __init__(
        self,
        client: Client,
        known: KnownRuns,
        patience: Patience,
        *,
        polls: Polls,
        takes_key: Callable[[Mapping[str, object]], bool] = lambda _inputs: False,
    ) -> None:
        self._client = client
        self._takes_key = takes_key
        self._known = known
        self._polls = polls
        self._patience = patience
        self._watchers = WatcherList(client, client.jobs, patience)

    def create(self, desired: DesiredRun) -> Outcome[Job]:
        """Start the run, or adopt the one that an earlier attempt started and lost, and follow it to its end.

        A cluster that is being built or resized is waited for first.
        There is at most one POST that may have arrived, unless `on_unsure` is `rerun`.

        Raises:
            XplentyError: no run exists, or (UnsureError) which one is meant cannot be told.
        """
        if "package" in desired.inputs:
            found = package_id(self._client, str(desired.inputs["package"]), undone=", so no run was started")
            desired = replace(desired, inputs={**desired.inputs, "package_id": found})
        shape = RunShape.of(desired.inputs)
        ClusterGate(self._polls, self._patience).wait(int(shape.cluster_id), timeout=desired.timeout)
        with self._known.turn(shape):
            newest = self._known.newest(int(shape.package_id))
            parts = (self._client, self._known, self._polls, self._patience)
            job, is_foreign = RunCreation(*parts, desired=desired, newest=newest, takes_key=self._takes_key).run()
            self._known.claim(job.id, desired.owner, made=origin_on(job))
        is_new = all(job.id != one.id for one in newest)
        return self._follow(job, replace(desired, is_foreign=is_foreign), usual=usual_seconds(newest), is_new=is_new)

    def resume(self, job_id: int, desired: DesiredRun, *, is_notify_due: bool = True) -> Outcome[Job]:
        """Go on following a run that is known by its id; it is never started again.

        Its watchers are brought to what `notify` says only where that `is_notify_due`.

        Raises:
            ReadyFailed: the service does not know it.
        """
        self._known.hold(job_id, desired.owner, made=desired.made)
        job = self._polls.jobs.presence.find(job_id)
        require_shown(job, desired.made, self._client, resource=label(JOB_RUN.name, job_id))
        other = taken_over(job, desired.made)
        if job is None or other:
            raise vanished(job_id, why=other)
        return self._follow(job, desired, is_notify_due=is_notify_due)

    def read(self, job_id: int, *, last_status: str, desired: DesiredRun) -> Observation[Job]:
        """Return the run as it is now; `last_status` is the one in the state, `desired` what it was to be.

        The service may forget a run. One that had succeeded has succeeded for ever: it is not gone.
        """
        self._patience.allowance.require_read()
        job = self._polls.jobs.listing.find(job_id) or self._polls.jobs.presence.find(job_id)
        require_shown(job, desired.made, self._client, resource=label(JOB_RUN.name, job_id))
        other = taken_over(job, desired.made)
        if job is None or other:
            self._known.lose(job_id, made=desired.made)
            return forgotten(job_id, last_status, why=other)
        self._known.hold(job_id, desired.owner, made=origin_on(job))
        observed = self._observed(job, desired)
        # Of a run that has ended there is nothing to be notified of.
        return self._watchers.observed(observed, job_id, desired.inputs) if is_active(job) else observed

    def delete(self, job_id: int, desired: DesiredRun, *, timeout: float) -> str:
        """Return what is seen in the end, as `stop` does; an empty text for a run that is left alone.

        One that somebody else started is only read, and named in a warning where it goes on.
        """
        if desired.is_left_on_destroy:
            self._let_go_of_what_is_left(job_id, desired)
            return ""
        if not desired.is_foreign:
            return self.stop(job_id, timeout=timeout, owner=desired.owner, made=desired.made)
        job = self._polls.jobs.presence.find(job_id)
        if job is None or has_ended(job) or taken_over(job, desired.made):
            return ended_before(job) if job and has_ended(job) else UNKNOWN_TO_SERVICE
        self._patience.warn(
            f"job {job_id} ({job.status}) was not stopped: somebody else started it, and this resource only followed "
            f"it, as if_running asks. `xplenty-pulumi stop job {job_id}` stops it"
        )
        return "left running"

    def stop(self, job_id: int, *, timeout: float, owner: Owner | None = None, made: Origin = UNKNOWN) -> str:
        """Return what is seen in the end, in words, once the run has ended or the service does not know it.

        These are its status, such as `stopped`, or how it had ended before, such as `had completed`.
        An ended run is left as it is, and so is one that another resource than that of `owner` holds, as far as this
        process has seen the state: one that has changed hands, or that both have. One that was not `made` when the
        state says is another's, and counts as unknown.

        Raises:
            WaitError: it had not ended within `timeout` seconds.
        """
        if other := self._known.give_up(job_id, owner, made=made):
            name = name_in(other.name)
            self._patience.warn(f"job {job_id} was not stopped: {name} holds it")
            return f"left to {name}"
        self._known.hold(job_id, made=made)
        stopper = RunStopper(self._client, self._polls, self._patience)
        ended = stopper.stop(job_id, Deadline.after(timeout, self._patience.clock), made=made)
        if ended is None:
            return UNKNOWN_TO_SERVICE
        if has_succeeded(ended) or has_unknown_end(ended):
            self._let_go(job_id)
        self._let_go_of_doubles(ended, owner)
        return ended.status if stopper.found_active else ended_before(ended)

    def _observed(self, job: Job, desired: DesiredRun) -> Observation[Job]:
        """What the record means to somebody for whom it is to be as `desired`."""
        is_recorded = desired.on_failure == "record" and has_come_to_nothing(job)
        is_left = is_left_running(job, desired, now=lambda: self._client.account_time)
        if is_recorded or is_awaited(job, desired) or is_left:
            return Observation(job)
        if not has_come_to_nothing(job):
            return Observation(job, remark=f"it is {job.status}. The next `pulumi up` goes on following it")
        failure = unknown_end(job) if has_unknown_end(job) else failure_of(job, desired.inputs)
        return Observation(job, remark=f"{failure.message}. {failure.advice}")

    def _follow(
        self,
        job: Job,
        desired: DesiredRun,
        *,
        usual: float | None = None,
        is_notify_due: bool = True,
        is_new: bool = False,
    ) -> Outcome[Job]:
        """Follow the run, while the key's user is one of its watchers or not, as `notify` says.

        A success that nobody watches was let go. So a run without notices is unwatched only while it is active, and is
        watched again once it has succeeded. Where a crash in between prevents that, it is doubtful whether an unwatched
        success is lost or was let go: then none is started.
        """
        if is_notify_due and is_active(job):
            try:
                self._watchers.set(job.id, notified=desired.inputs.get("notify"), resource=f"job {job.id}")
            except XplentyError as problem:
                return Outcome(job, problem, is_notify_due=True, is_foreign=desired.is_foreign)
        outcome = RunFollower(self._client, self._polls, self._patience, desired).follow(
            job, usual=usual, is_new=is_new
        )
        if desired.inputs.get("notify") is False and has_succeeded(outcome.record):
            try:
                self._watchers.set(job.id, notified=True, resource=f"job {job.id}")
            except XplentyError as failed:
                self._patience.warn(
                    f"job {job.id} could not be noted as held ({failed.message}); should the state lose it, an `up` "
                    f"within {WINDOW_TEXT} cannot tell whether it was lost"
                )
        return replace(outcome, is_foreign=desired.is_foreign)

    def _let_go_of_what_is_left(self, job_id: int, desired: DesiredRun) -> None:
        """Note it where the run says whose it is: else the next equal run of the resource would take it up."""
        try:
            job = self._client.jobs.get(job_id)
        except XplentyError:
            return
        if run_key_of(job) is not None and not taken_over(job, desired.made):
            self._let_go(job_id)
            self._let_go_of_doubles(job, desired.owner)

    def _let_go_of_doubles(self, job: Job, owner: Owner | None) -> None:
        """Note it too of what later or doubled starts of the same resource have made, which no resource holds."""
        key = run_key_of(job)
        if key is None or key.begun is None or job.package_id is None:
            return
        try:
            newest = self._known.newest(job.package_id)
        except XplentyError as failed:
            self._patience.warn(f"job {job.id}: whether its start has made another run could not be read: {failed}")
            return
        for other in newest:
            found = run_key_of(other)
            is_later = found and found.whose == key.whose and found.begun and found.begun >= key.begun
            if is_later and other.id != job.id and self._known.is_free(other, owner):
                self._let_go(other.id)

    def _let_go(self, job_id: int) -> None:
        """Note at the service, by unwatching it, that no resource holds this ended run any more."""
        try:
            self._client.jobs.unwatch(job_id)
        except NotFoundError:
            return
        except XplentyError as failed:
            self._patience.warn(
                f"job {job_id} could not be noted as let go ({failed.message}); an equal run declared within "
                f"{WINDOW_TEXT} would be taken for it"
            )
