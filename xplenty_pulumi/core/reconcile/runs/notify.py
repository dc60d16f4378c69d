"""Telling of a run, or not, without losing what its watchers say: a success that nobody watches was let go.

So a run of which nothing is to be told is unwatched only while it is active, which is when there is something to tell.
Once it is seen to have succeeded it is watched again, and can be taken off as let go like any other. Where that did not
come about, because of a crash in between, an unwatched success is either lost or let go: then none is started.
"""

from collections.abc import Mapping

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, is_active
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reconcile.notify import WatcherList
from xplenty_pulumi.core.reconcile.outcome import Observation, Outcome
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import XplentyError


class RunNotifications:
    """What is told of the runs of one account."""

    def __init__(self, client: Client, patience: Patience) -> None:
        self._watching = WatcherList(client, client.jobs, patience)
        self._patience = patience

    def begin(self, job: Job, inputs: Mapping[str, object]) -> XplentyError | None:
        """Have the user told what becomes of an active run, or not; return what went wrong."""
        if not is_active(job):
            return None
        try:
            self._watching.bring(job.id, inputs, resource=f"job {job.id}")
        except XplentyError as problem:
            return problem
        return None

    def seen(self, sight: Observation[Job], inputs: Mapping[str, object]) -> Observation[Job]:
        """Return the sight with whether the user is told of an active run; of one that has ended nothing is asked."""
        if sight.record is None or not is_active(sight.record):
            return sight
        return self._watching.seen(sight, sight.record.id, inputs)

    def end(self, outcome: Outcome[Job], inputs: Mapping[str, object]) -> Outcome[Job]:
        """Watch a run of which nothing was told once it has succeeded, so that it is not taken for let go."""
        job = outcome.record
        if inputs.get("notify") is not False or JOB_RUN.phase(job.status) is not Phase.SUCCEEDED:
            return outcome
        try:
            self._watching.set(job.id, told=True, resource=f"job {job.id}")
        except XplentyError as failed:
            self._patience.warn(
                f"job {job.id} could not be noted as held ({failed.message}); should the state lose it, an `up` within "
                "an hour cannot tell whether it was lost"
            )
        return outcome
