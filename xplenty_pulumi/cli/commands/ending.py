"""`xplenty-pulumi wait`, `stop` and `terminate`: one thing, until what was asked for is seen."""

import os
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from xplenty_pulumi.cli.engine.names import SELECTED, names_here
from xplenty_pulumi.cli.help import HelpfulGroup
from xplenty_pulumi.cli.ui.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import Timeout, Yes, completed_as, read_span
from xplenty_pulumi.cli.ui.screen import FORGOTTEN, ChangePrinter, Screen
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.obstacles import UNKNOWN_TO_SERVICE
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, as_marked
from xplenty_pulumi.core.reconcile import LEFT_ALONE, ClusterReconciler, KnownClusters
from xplenty_pulumi.core.reconcile.runs.follow import RunStopper
from xplenty_pulumi.core.reports.observer import require_found
from xplenty_pulumi.core.reports.overview import ClusterRow, JobRow, cluster_row, job_row
from xplenty_pulumi.core.reports.owners import UNMANAGED, owner_of
from xplenty_pulumi.core.reports.script_goals import CLUSTER_GOALS, JOB_GOALS
from xplenty_pulumi.core.waiting.goal import Goal, HasStatus
from xplenty_pulumi.core.waiting.patience import Deadline
from xplenty_pulumi.core.waiting.wait import wait_for
from xplenty_pulumi.core.waiting.watch import Watch, watch_of
from xplenty_pulumi.errors import RefusedError
from xplenty_pulumi.text import label

ClusterId = Annotated[
    int,
    typer.Argument(min=1, metavar="ID", help="The id of the cluster.", autocompletion=completed_as("cluster")),
]
JobId = Annotated[
    int, typer.Argument(min=1, metavar="ID", help="The id of the job run.", autocompletion=completed_as("job"))
]
Force = Annotated[bool, typer.Option("--force", help="Also where it belongs to a stack.")]
RecordT = TypeVar("RecordT", bound=HasStatus)
_LEFT = "ended by Ctrl-C; nothing was changed, and what was waited for goes on"
_GOES_ON = "ended by Ctrl-C; {} that was sent goes on: look with `xplenty-pulumi status`"

wait = typer.Typer(
    cls=HelpfulGroup, no_args_is_help=True, help="Wait until a cluster or a job run is as a script needs it."
)
stop = typer.Typer(cls=HelpfulGroup, no_args_is_help=True, help="End a job run, and see that it has ended.")
terminate = typer.Typer(cls=HelpfulGroup, no_args_is_help=True, help="End a cluster, and see that it has ended.")


class ClusterGoal(StrEnum):
    """What can be waited for with a cluster."""

    AVAILABLE = "available"
    TERMINATED = "terminated"


class JobGoal(StrEnum):
    """What can be waited for with a job run."""

    COMPLETED = "completed"
    BEGUN = "begun"
    ENDED = "ended"


class ActiveJobs(StrEnum):
    """What becomes of job runs that are active on a cluster that is to end."""

    FAIL = "fail"
    STOP = "stop"
    WAIT = "wait"


@stop.callback()
@terminate.callback()
def root() -> None:
    """Keep `job` and `cluster` words of their own, although each is the only one."""


@wait.command("cluster")
def wait_cluster(
    number: ClusterId,
    goal: Annotated[ClusterGoal, typer.Option("--for", help="What to wait for.")] = ClusterGoal.AVAILABLE,
    timeout: Timeout = "30m",
) -> None:
    """Wait for a cluster; exit with 0 once it is what it was waited for, with 1 when it is not or cannot be."""
    with one_paragraph("wait cluster", interrupted=_LEFT), opened() as account:
        _wait(account, CLUSTER_GOALS[goal], watch_of(account.polls.clusters, number), timeout=timeout)


@wait.command("job")
def wait_job(
    number: JobId,
    goal: Annotated[
        JobGoal, typer.Option("--for", help="Success, the beginning of its work, or its end of whatever kind.")
    ] = JobGoal.COMPLETED,
    timeout: Timeout = "24h",
) -> None:
    """Wait for a job run; exit with 0 once it is what it was waited for, with 1 when it is not or cannot be."""
    with one_paragraph("wait job", interrupted=_LEFT), opened() as account:
        _wait(account, JOB_GOALS[goal], watch_of(account.polls.jobs, number), timeout=timeout)


def _wait(account: CommandAccount, goal: Goal[RecordT], watch: Watch[RecordT], *, timeout: str) -> None:
    deadline = Deadline.after(read_span("--timeout", timeout).total_seconds(), account.clock)
    found, screen = require_found(watch() or watch.listed(), watch.resource), Screen(account.secrets)
    printer = ChangePrinter(screen, account.clock, watch.resource)
    patience = account.patience(printer.print, screen.warn)
    last = wait_for(goal, watch, deadline=deadline, patience=patience, known=found)
    printer.print(goal.headline(last) if last else FORGOTTEN)


@stop.command("job")
def stop_job(number: JobId, *, yes: Yes = False, force: Force = False, timeout: Timeout = "20m") -> None:
    """Stop a job run and wait until it has ended; partial output, or none, remains of it."""
    with one_paragraph("stop job", interrupted=_GOES_ON.format("a stop")), opened() as account:
        seconds = read_span("--timeout", timeout).total_seconds()
        row, screen = _stoppable(account, number, force=force), Screen(account.secrets)
        if not (row.is_ended or yes):
            screen.ask(f"Stop {row.label} ({row.headline})?", yes=yes)
            row = _stoppable(account, number, force=force)  # it may be another's by the time of the answer
        if row.is_ended:
            screen.line(f"{row.label} has ended already: {row.status}")
            return
        printer = ChangePrinter(screen, account.clock, row.label)
        stopper = RunStopper(account.client, account.polls, account.patience(printer.print, screen.warn))
        ended = stopper.stop(number, Deadline.after(seconds, account.clock))
        is_stopped = ended is None or job_row(ended).phase is Phase.STOPPED
        status = ended.status if ended else FORGOTTEN
        printer.print(status if is_stopped else f"{status}, before it could be stopped")


def _stoppable(account: CommandAccount, number: int, *, force: bool) -> JobRow:
    """Return the run as it is now; raises RefusedError for one that has not ended and belongs to a stack."""
    row = job_row(require_found(account.polls.jobs.presence.get(number), label("job", number)))
    if not row.is_ended:
        # A single 404 does not make the cluster that it runs on nobody's.
        cluster = account.polls.clusters.presence.find(row.cluster_id) if row.cluster_id is not None else None
        _refuse_owned(row, owner_of(cluster.description if cluster else None), force=force)
    return row


@terminate.command("cluster")
def terminate_cluster(
    number: ClusterId,
    *,
    yes: Yes = False,
    force: Force = False,
    active_jobs: Annotated[
        ActiveJobs, typer.Option(help="What becomes of its active runs: a reason not to, stopped, waited for.")
    ] = ActiveJobs.FAIL,
    timeout: Timeout = "20m",
) -> None:
    """Terminate a cluster and wait until the service shows it terminated."""
    with one_paragraph("terminate cluster", interrupted=_GOES_ON.format("an end")), opened() as account:
        seconds = read_span("--timeout", timeout).total_seconds()
        found = require_found(account.polls.clusters.presence.get(number), label("cluster", number))
        row = cluster_row(found)
        screen = Screen(account.secrets)
        if row.is_ended:
            screen.line(f"{row.label} has ended already: {row.status}")
            return
        if row.phase is not Phase.ENDING:
            active = [f"{job.id} ({job.status})" for job in account.polls.active_jobs() if job.cluster_id == row.id]
            besides = _OF_ACTIVE_JOBS if active and active_jobs is ActiveJobs.FAIL else ""
            _refuse_owned(row, row.owner, force=force, besides=besides)
            screen.ask(_question(row, active, active_jobs), yes=yes)
        printer = ChangePrinter(screen, account.clock, row.label)
        patience = account.patience(printer.print, screen.warn)
        living = KnownClusters(account.client, account.clock)
        reconciler = ClusterReconciler(account.client, living, patience, polls=account.polls)
        made = UNKNOWN if force else as_marked(found)
        how = reconciler.delete(number, timeout=seconds, active_jobs=active_jobs, made=made)
        if how == LEFT_ALONE:
            raise RefusedError("it has changed hands meanwhile; it was not ended", resource=row.label, advice=_INSIST)
        printer.print(FORGOTTEN if how == UNKNOWN_TO_SERVICE else how)


_INSIST = "Look at it, and insist with --force if it is to end all the same"
_OF_ACTIVE_JOBS = ", and with --active-jobs, as jobs are active on it"


def _question(row: ClusterRow, active: list[str], policy: ActiveJobs) -> str:
    """Return what to ask; raises RefusedError where jobs are active on it and the `policy` is to fail."""
    if active and policy is ActiveJobs.FAIL:
        raise RefusedError(
            f"jobs are still active on it: {', '.join(active)}; nothing was stopped or ended",
            resource=row.label,
            advice="Wait for them, or say with --active-jobs that they are to be stopped or waited for",
        )
    first = "Stop" if policy is ActiveJobs.STOP else "Wait for"
    before = f"{first} jobs {', '.join(active)}, then terminate" if active else "Terminate"
    return f"{before} {row.label} ({row.headline})?"


def _refuse_owned(row: ClusterRow | JobRow, owner: str, *, force: bool, besides: str = "") -> None:
    """Raise RefusedError where it belongs to a stack, unless the user insists; `besides` ends the advice."""
    if owner != UNMANAGED and not force:
        name = names_here(os.environ).shown(owner).removesuffix(SELECTED)
        whose = f"the stack with the scope {owner}" if name == owner else f"stack {name}"
        raise RefusedError(
            f"it belongs to {whose}, whose state would not show its end; nothing was ended",
            resource=row.label,
            advice=f"Take it out of that stack's program and run `pulumi up`, or insist with --force{besides}",
        )
