"""`xplenty-pulumi wait`: until a cluster is available, or a job run has completed, for scripts."""

from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from xplenty_pulumi.cli.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import ClusterId, JobId, Timeout, read_span
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.cli.ui.telling import FORGOTTEN, ChangePrinter
from xplenty_pulumi.core.reconcile.clusters import goals as clusters
from xplenty_pulumi.core.reconcile.runs import follow as runs
from xplenty_pulumi.core.reports.observer import known
from xplenty_pulumi.core.reports.script_goals import CLUSTER_GOALS, JOB_GOALS
from xplenty_pulumi.core.waiting.goal import Goal, HasStatus
from xplenty_pulumi.core.waiting.patience import Deadline
from xplenty_pulumi.core.waiting.wait import Watch, wait_for

RecordT = TypeVar("RecordT", bound=HasStatus)
_LEFT = "ended by Ctrl-C; nothing was changed, and what was waited for goes on"

wait = typer.Typer(no_args_is_help=True, help="Wait until a cluster or a job run is as a script needs it.")


class ClusterGoal(StrEnum):
    """What can be waited for with a cluster."""

    AVAILABLE = "available"
    TERMINATED = "terminated"


class JobGoal(StrEnum):
    """What can be waited for with a job run."""

    COMPLETED = "completed"
    BEGUN = "begun"
    ENDED = "ended"


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
        JobGoal, typer.Option("--for", help="Success, the begin of its work, or its end of whatever kind.")
    ] = JobGoal.COMPLETED,
    timeout: Timeout = "24h",
) -> None:
    """Wait for a job run; exit with 0 once it is what it was waited for, with 1 when it is not or cannot be."""
    with one_paragraph("wait job", interrupted=_LEFT), opened() as account:
        _wait(account, JOB_GOALS[goal], runs.watch_of(account.polls, number), timeout=timeout)


def _wait(account: CommandAccount, goal: Goal[RecordT], watch: Watch[RecordT], *, timeout: str) -> None:
    deadline = Deadline.after(read_span("--timeout", timeout).total_seconds(), account.clock)
    found, thing = known(watch() or watch.listed(), watch.resource), watch.resource
    screen = Screen(account.secrets)
    teller = ChangePrinter(screen, account.clock, thing)
    patience = account.patience(teller.tell, screen.warn)
    last = wait_for(goal, watch, deadline=deadline, patience=patience, known=found)
    teller.tell(goal.headline(last) if last else FORGOTTEN)
