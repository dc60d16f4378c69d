"""The look at the end of an operation that started runs: did a call that was doubled on its way start another one."""

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, is_active
from xplenty_pulumi.core.reading.strays import newest_at_end
from xplenty_pulumi.core.reconcile.runs.search import KnownRuns, StartedRun
from xplenty_pulumi.errors import XplentyError

_BLIND = "whether a run was started twice on its way could not be looked at"


class DoubledRuns:
    """Looks once at the newest jobs, when an operation of the engine is over."""

    def __init__(self, client: Client, runs: KnownRuns) -> None:
        self._client = client
        self._runs = runs

    def text(self) -> str:
        """Return what the user should know, or an empty text; nothing is looked at where no run was started."""
        starts = self._runs.starts()
        if not starts:
            return ""
        try:
            newest = newest_at_end(self._client, JOB_RUN)
        except XplentyError as trouble:
            return f"{_BLIND}: {trouble.message}"
        return ". ".join(_told(job, start) for job in newest for start in starts if self._is_double(job, start))

    def _is_double(self, job: Job, start: StartedRun) -> bool:
        return start.doubled(job) and self._runs.is_free(job.id, None) and self._runs.is_of_this_user(job)


def _told(job: Job, start: StartedRun) -> str:
    stop = f"Unless somebody else wants it, `xplenty-pulumi stop job {job.id}` ends it"
    return (
        f"job {job.id} ({job.status}) is equal to job {start.job_id}, which this operation started, and is no older. "
        "A call that was doubled on its way may have started it; no state of this stack holds it. "
        f"{stop if is_active(job) else 'Look at what it has done: that may be there twice'}"
    )
