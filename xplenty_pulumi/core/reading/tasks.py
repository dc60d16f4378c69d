"""The tasks of a workflow's run: each is a run of its own, which names its task."""

from itertools import islice

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.errors import XplentyError

_MOST = 100


def tasks_of(client: Client, job: Job, *, status: str = "all") -> tuple[Job, ...]:
    """Return the runs of the tasks of a workflow's run, the oldest first and the newest hundred at most.

    There are none of a data flow's run, nor where the service does not show them, because they only add to what the
    run's own record says.
    """
    if (job.package or {}).get("flow_type") == "dataflow":
        return ()
    try:
        return tuple(islice(client.jobs.children(job.id, status=status), _MOST))[::-1]
    except XplentyError:
        return ()


def task_name(job: Job) -> str:
    """Return the name of the task that has started the run, empty where it is not shown."""
    return str((job.component or {}).get("name") or "")
