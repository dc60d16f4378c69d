"""What is said of a run that did not come to what the user waits for, or that the service does not start."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.obstacles import NOT_KNOWN, Obstacle, fault_of, fault_of_package
from xplenty_pulumi.core.kinds.variables import looks_unquoted
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.lookup import or_none
from xplenty_pulumi.core.reading.tasks import task_name, tasks_of
from xplenty_pulumi.core.reconcile.outcome import Observation
from xplenty_pulumi.core.reconcile.runs.desired import NEW_RUN, DesiredRun
from xplenty_pulumi.core.reconcile.runs.known import RunShape
from xplenty_pulumi.errors import ApiError, Cancelled, JobFailed, ReadyFailed, XplentyError
from xplenty_pulumi.text import duration, one_line, plural

_LAST_LINES = 5
_NEW_CLUSTER = (
    "If this stack declares the cluster, run `pulumi up --refresh`, which creates it anew and starts a new run on it; "
    "else name one that lives"
)
_LONGEST_LINE = 300
_TASKS_NAMED = 3


def failure_of(job: Job, inputs: Mapping[str, object], *, tasks: Sequence[Job] = (), cluster: str = "") -> JobFailed:
    """Return the error for a run that ended without success: its own words, and its page.

    `tasks` are those of a workflow that have failed. `cluster` says what has become of a cluster on which no other run
    can be started.
    """
    reason = one_line(job.errors)
    component = (job.component or {}).get("name") or (job.component or {}).get("id")
    parts = [
        f"{job.status}: {_words_of(job)}",
        f"in component {one_line(str(component))}" if component else "",
        *map(_of_task, tasks[:_TASKS_NAMED]),
        f"{plural(more, 'more task')} failed" if (more := len(tasks) - _TASKS_NAMED) > 0 else "",
        cluster,
        f"see {job.html_url}" if job.html_url else "",
    ]
    unquoted = looks_unquoted(inputs)
    hint = f"{unquoted[0]!r} looks like a string without its quotes, see xplenty_pulumi.quote(). " if unquoted else ""
    return JobFailed(
        "; ".join(filter(None, parts)),
        last_status=job.status,
        reason=reason,
        resource=f"job {job.id}",
        advice=f"{hint}{_NEW_CLUSTER if cluster else _next_of(job)}",
    )


def _next_of(job: Job) -> str:
    """What to do about a run on a cluster that lives; one that somebody has stopped needs no correction."""
    if JOB_RUN.phase(job.status) is not Phase.FAILED:
        return NEW_RUN
    log = f"`xplenty-pulumi status job {job.id}` shows the log"
    return f"Correct the package, its variables or the cluster first ({log}). {NEW_RUN}"


def _of_task(task: Job) -> str:
    name = one_line(task_name(task)) or "without a name"
    return f"its task {name} (job {task.id}, package {task.package_id}) failed: {_words_of(task)}"


def _words_of(job: Job) -> str:
    return one_line(job.errors).rstrip(".") or "the service gives no reason"


def failed_tasks(client: Client, job: Job) -> list[Job]:
    """Return the runs of the tasks of a failed workflow's run that have failed themselves, the oldest first."""
    (failed,) = JOB_RUN.statuses(Phase.FAILED)
    return [task for task in tasks_of(client, job, status=failed) if JOB_RUN.phase(task.status) is Phase.FAILED]


def last_words(client: Client, job: Job) -> str:
    """Return the last lines of an ended run's log summary below a line that names the run; empty without any.

    A line that only says what the error of the run says is left out. Where it is the last one, the first line says so.
    """
    try:
        summary = client.jobs.get(job.id, include=["log_summary"]).log_summary
    except XplentyError:
        return ""
    whole = [line for text in ((summary.body or "") if summary else "").splitlines() if (line := one_line(text))]
    words = one_line(job.errors).rstrip(".")
    lines = [line for line in whole if not (words and line.rstrip(".").endswith(words))]
    shown = [line if len(line) <= _LONGEST_LINE else f"...{line[-_LONGEST_LINE:]}" for line in lines[-_LAST_LINES:]]
    where = "ends with" if whole[-1:] == lines[-1:] else "before its error"
    return "\n  ".join([f"the log of job {job.id} {where}:", *shown]) if shown else ""


def overrun(job: Job, desired: DesiredRun) -> JobFailed:
    """Return the error for a run that takes longer than its `max_runtime`; its status says what became of it."""
    is_left = desired.on_overrun != "stop"
    why = "since somebody else started it" if desired.is_foreign else "as on_overrun asks"
    left = (
        f"it goes on, {why}"
        if is_left
        else f"it was {'' if _is_stopped(job) else 'to be '}stopped and is seen {job.status}"
    )
    link = f"; see {job.html_url}" if job.html_url else ""
    return JobFailed(
        f"ran longer than its max_runtime of {duration(desired.max_runtime or 0)}; {left}{link}",
        last_status=job.status,
        reason="max_runtime",
        resource=f"job {job.id}",
        advice=f"Set a longer max_runtime. {'The next `pulumi up` waits for it' if is_left else NEW_RUN}",
    )


def _is_stopped(job: Job) -> bool:
    """Whether the stop has ended it: it may have come to its end by itself before that."""
    return JOB_RUN.phase(job.status) is Phase.STOPPED


def stopped_on_cancel(job: Job) -> Cancelled:
    """Return the error for a run that was stopped because the `up` was cancelled."""
    why = "because the `up` was cancelled and on_cancel is 'stop'"
    return Cancelled(
        f"{job.status}, {why}" if _is_stopped(job) else f"was to be stopped, {why}, and is seen {job.status}",
        last_status=job.status,
        resource=f"job {job.id}",
        advice=NEW_RUN,
    )


def forgotten(job_id: int, last: str, *, why: str = "") -> Observation[Job]:
    """Return what it means that the service does not know a run whose status was `last`; `why` says how that shows.

    A success is one for ever, a failure may be forgotten, and of a run that was active nobody can say how it ended.
    """
    if JOB_RUN.phase(last) is Phase.SUCCEEDED:
        return Observation(None)
    if JOB_RUN.is_spent(last):
        return Observation(None, gone=True, remark=f"{why or NOT_KNOWN}, and it had not succeeded")
    problem = vanished(job_id, why=why)
    return Observation(None, remark=f"{problem.message}. {problem.advice}")


def vanished(job_id: int, *, why: str = "") -> ReadyFailed:
    """Return the error for a run that was active when it was seen last, and that the service does not know now."""
    return ReadyFailed(
        f"{why or 'the service no longer knows this run'}, which was active, so how it ended cannot be seen",
        resource=f"job {job_id}",
        advice="Take it out of the program, or change triggers, which rerun 'on_failure' does not heed, for a new run",
    )


def unknown_end(job: Job) -> ReadyFailed:
    """Return the error for a run that has ended with a status that this version does not know."""
    link = f"; see {job.html_url}" if job.html_url else ""
    return ReadyFailed(
        f"it has ended as {job.status!r}, a status that this version of xplenty-pulumi does not know, so whether it "
        f"succeeded cannot be told{link}",
        last_status=job.status,
        reason=job.status,
        resource=f"job {job.id}",
        advice="Look at it. No `pulumi up` runs it again by itself: for a new run change triggers, which rerun "
        "'on_failure' does not heed; to leave it at that set on_failure to 'record', or take it out of the program",
    )


def explained(refused: ApiError, desired: DesiredRun, *, client: Client, polls: Polls) -> ApiError:
    """Return the refusal to start a run with its reason: a cluster or a package that is not there, or not any more."""
    shape = RunShape.of(desired.inputs)
    fault, package_id = fault_of_cluster(polls, int(shape.cluster_id), desired), int(shape.package_id)
    if fault is None:
        with suppress(XplentyError):
            fault = fault_of_package(package_id, or_none(partial(client.packages.get, package_id), None))
    fault = fault or Obstacle(refused.message)
    return type(refused)(
        fault.reason,
        status=refused.status,
        request_id=refused.request_id,
        resource=str(shape),
        advice=fault.advice,
    )


def fault_of_cluster(polls: Polls, cluster_id: int, desired: DesiredRun) -> Obstacle | None:
    """Return why no run can go on on the cluster; None where one can, or where the cluster cannot be looked at."""
    try:
        account = str(desired.inputs.get("account") or "")
        return fault_of(cluster_id, polls.clusters.presence.find(cluster_id), account=account)
    except XplentyError:
        return None
