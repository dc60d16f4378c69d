"""What is said of a run that did not come to what the user waits for."""

from collections.abc import Mapping

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.kinds.variables import looks_unquoted
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.errors import Cancelled, JobFailed, XplentyError
from xplenty_pulumi.text import duration, one_line

_LAST_LINES = 3
_NEW_RUN = "The next `pulumi up` starts a new run"
_NEW_CLUSTER = "Run `pulumi up --refresh`, which creates a cluster of this stack anew and starts a new run on it"
_LONGEST_LOG = 600


def failure_of(job: Job, inputs: Mapping[str, object], *, log: str = "", cluster: str = "") -> JobFailed:
    """Return the error for a run that ended without success: its own words, the `log`'s last ones, and its page.

    `cluster` says what has become of a cluster on which no other run can be started.
    """
    reason = one_line(job.errors)
    parts = [
        f"{job.status}: {reason.rstrip('.') or 'the service gives no reason'}",
        _component(job),
        cluster,
        f"its log ends with: {log.rstrip('.')}" if log else "",
        f"see {job.html_url}" if job.html_url else "",
    ]
    unquoted = looks_unquoted(inputs)
    hint = f"{unquoted[0]!r} looks like a string without its quotes, see xplenty_pulumi.quote(). " if unquoted else ""
    return JobFailed(
        "; ".join(filter(None, parts)),
        last_status=job.status,
        reason=reason,
        resource=f"job {job.id}",
        advice=f"{hint}{_NEW_CLUSTER if cluster else _NEW_RUN}",
    )


def last_words(client: Client, job: Job) -> str:
    """Return the last lines of an ended run's log summary, on one line; empty where there is none to read."""
    try:
        summary = client.jobs.get(job.id, include=["log_summary"]).log_summary
    except XplentyError:
        return ""
    lines = [line.strip() for line in (summary.body or "").splitlines() if line.strip()] if summary else []
    return one_line(" / ".join(lines[-_LAST_LINES:]))[-_LONGEST_LOG:]


def overrun(job: Job, desired: DesiredRun) -> JobFailed:
    """Return the error for a run that takes longer than its `max_runtime`; its status says what became of it."""
    is_left = desired.on_overrun != "stop"
    why = "since somebody else started it" if desired.is_foreign else "as on_overrun asks"
    left = f"it goes on, {why}" if is_left else f"it was stopped and is seen {job.status}"
    link = f"; see {job.html_url}" if job.html_url else ""
    return JobFailed(
        f"ran longer than its max_runtime of {duration(desired.max_runtime or 0)}; {left}{link}",
        last_status=job.status,
        reason="max_runtime",
        resource=f"job {job.id}",
        advice=f"Set a longer max_runtime. {'The next `pulumi up` follows it on' if is_left else _NEW_RUN}",
    )


def stopped_on_cancel(job: Job) -> Cancelled:
    """Return the error for a run that was stopped because the user did not want to wait for it any more."""
    return Cancelled(
        f"{job.status}, because the `up` was cancelled and on_cancel is 'stop'",
        last_status=job.status,
        resource=f"job {job.id}",
        advice=_NEW_RUN,
    )


def _component(job: Job) -> str:
    component = job.component or {}
    name = component.get("name") or component.get("id")
    return f"in component {one_line(str(name))}" if name else ""
