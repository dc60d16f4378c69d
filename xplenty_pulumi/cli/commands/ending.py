"""`xplenty-pulumi wait`, `stop`, `terminate` and `run-schedule`: one thing, until what was asked for is seen."""

from collections.abc import Container
from enum import StrEnum
from itertools import islice
from typing import Annotated, TypeVar

import typer

from xplenty_pulumi.cli.help import HelpfulGroup
from xplenty_pulumi.cli.ui.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import Timeout, Yes, completed_as, read_span
from xplenty_pulumi.cli.ui.screen import FORGOTTEN, ChangePrinter, Screen
from xplenty_pulumi.client import Job
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, as_marked
from xplenty_pulumi.core.kinds.schedule import is_started_by
from xplenty_pulumi.core.reading.lookup import only
from xplenty_pulumi.core.reconcile import LEFT_ALONE, ClusterReconciler, LiveClusters
from xplenty_pulumi.core.reconcile.clusters import goals as clusters
from xplenty_pulumi.core.reconcile.runs import follow as runs
from xplenty_pulumi.core.reports.observer import known
from xplenty_pulumi.core.reports.overview import ClusterRow, JobRow, cluster_row, job_row
from xplenty_pulumi.core.reports.owners import UNMANAGED, owner_of
from xplenty_pulumi.core.reports.schedules import schedule_row
from xplenty_pulumi.core.reports.script_goals import CLUSTER_GOALS, JOB_GOALS
from xplenty_pulumi.core.waiting.goal import Goal, HasStatus
from xplenty_pulumi.core.waiting.patience import Deadline
from xplenty_pulumi.core.waiting.wait import wait_for
from xplenty_pulumi.core.waiting.watch import Watch
from xplenty_pulumi.errors import RefusedError, UnsureError, XplentyError
from xplenty_pulumi.text import label, plural

ClusterId = Annotated[
    int,
    typer.Argument(min=1, metavar="ID", help="The id of the cluster.", autocompletion=completed_as("cluster")),
]
JobId = Annotated[
    int, typer.Argument(min=1, metavar="ID", help="The id of the job run.", autocompletion=completed_as("job"))
]
Force = Annotated[bool, typer.Option("--force", help="Also where it belongs to a stack.")]
RecordT = TypeVar("RecordT", bound=HasStatus)
_MAYBE_RUN = "It may have been run: look with `xplenty-pulumi status jobs` before you run it again"
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
        _wait(account, CLUSTER_GOALS[goal], clusters.watch_of(account.polls, number), timeout=timeout)


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
        _wait(account, JOB_GOALS[goal], runs.watch_of(account.polls, number), timeout=timeout)


def _wait(account: CommandAccount, goal: Goal[RecordT], watch: Watch[RecordT], *, timeout: str) -> None:
    deadline = Deadline.after(read_span("--timeout", timeout).total_seconds(), account.clock)
    found, screen = known(watch() or watch.listed(), watch.resource), Screen(account.secrets)
    printer = ChangePrinter(screen, account.clock, watch.resource)
    patience = account.patience(printer.print, screen.warn)
    last = wait_for(goal, watch, deadline=deadline, patience=patience, known=found)
    printer.print(goal.headline(last) if last else FORGOTTEN)


def run_schedule(
    schedule: Annotated[
        str,
        typer.Argument(
            metavar="ID|NAME",
            help="The schedule, by its id or its exact name.",
            autocompletion=completed_as("schedule"),
        ),
    ],
    *,
    yes: Yes = False,
) -> None:
    """Run a schedule at once, whether or not it is enabled, and name the job runs that it starts."""
    with one_paragraph("run-schedule", interrupted=_GOES_ON.format("a run")), opened() as account:
        calls, screen, named = account.client.schedules, Screen(account.secrets), schedule.strip()
        is_id = named.isascii() and named.isdigit()
        found = calls.get(int(named)) if is_id else only(calls.list(), named, noun="schedule")
        row = schedule_row(found, now=account.client.account_time)
        nodes = f" on {plural(found.task.nodes, 'node')}" if found.task and found.task.nodes else ""
        work = f"It starts {plural(len(row.packages), 'package')}{nodes}, which costs as a planned run does."
        screen.ask(f"Run {row.label} ({row.headline}) now? {work}", yes=yes, undone="nothing was run")
        before = {job.id for job in _jobs_of(account, row.id)}
        try:
            calls.run(row.id)
        except UnsureError as lost:
            lost.advice = _MAYBE_RUN
            raise
        screen.line(f"{row.label} was run: {_started(account, row.id, before)}")


def _started(account: CommandAccount, schedule_id: int, before: Container[int]) -> str:
    """Name the job runs of the schedule besides those of `before`; that they cannot be read is no failure."""
    look = "look with `xplenty-pulumi status jobs`"
    try:
        started = [label("job", job.id) for job in _jobs_of(account, schedule_id) if job.id not in before]
    except XplentyError as trouble:
        return f"what it has started cannot be read ({trouble.message}): {look}"
    return ", ".join(reversed(started)) or f"no job run of it shows yet: {look}"


def _jobs_of(account: CommandAccount, schedule_id: int) -> list[Job]:
    """The newest job runs of the account that the schedule has started, the newest first."""
    newest = islice(account.client.jobs.list(), 100)
    return [job for job in newest if is_started_by(job, schedule_id)]


@stop.command("job")
def stop_job(number: JobId, *, yes: Yes = False, force: Force = False, timeout: Timeout = "20m") -> None:
    """Stop a job run and wait until it has ended; partial output, or none, remains of it."""
    with one_paragraph("stop job", interrupted=_GOES_ON.format("a stop")), opened() as account:
        seconds = read_span("--timeout", timeout).total_seconds()
        row = job_row(known(account.polls.job_presence.get(number), label("job", number)))
        screen = Screen(account.secrets)
        if row.is_ended:
            screen.line(f"{row.label} has ended already: {row.status}")
            return
        # A single 404 does not make the cluster that it runs on nobody's.
        cluster = account.polls.cluster_presence.find(row.cluster_id) if row.cluster_id is not None else None
        _refuse_owned(row, owner_of(cluster.description if cluster else None), force=force)
        screen.ask(f"Stop {row.label} ({row.headline})?", yes=yes)
        printer = ChangePrinter(screen, account.clock, row.label)
        stopper = runs.RunStopper(account.client, account.polls, account.patience(printer.print, screen.warn))
        ended = stopper.stop(number, Deadline.after(seconds, account.clock))
        is_stopped = ended is None or job_row(ended).phase is Phase.STOPPED
        status = ended.status if ended else FORGOTTEN
        printer.print(status if is_stopped else f"{status}, before it could be stopped")


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
        found = known(account.polls.cluster_presence.get(number), label("cluster", number))
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
        living = LiveClusters(account.client, account.clock)
        reconciler = ClusterReconciler(account.client, living, patience, polls=account.polls)
        made = UNKNOWN if force else as_marked(found)
        if reconciler.delete(number, timeout=seconds, active_jobs=active_jobs, made=made) == LEFT_ALONE:
            raise RefusedError("it has changed hands meanwhile; it was not ended", resource=row.label, advice=_INSIST)
        ended = account.polls.cluster(number)
        printer.print(ended.status if ended else FORGOTTEN)


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
        raise RefusedError(
            f"it belongs to the stack with the scope {owner}, whose state would not show its end; nothing was ended",
            resource=row.label,
            advice=f"Take it out of that stack's program and run `pulumi up`, or insist with --force{besides}",
        )
