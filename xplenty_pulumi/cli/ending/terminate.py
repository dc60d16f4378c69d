"""`xplenty-pulumi terminate cluster`: end a cluster and see it ended."""

from enum import StrEnum
from typing import Annotated

import typer

from xplenty_pulumi.cli.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.asking import ask, refuse_owned
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import ClusterId, Force, Timeout, Yes, read_span
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.cli.ui.telling import FORGOTTEN, ChangePrinter
from xplenty_pulumi.client import Job
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reconcile import ClusterReconciler, LiveClusters
from xplenty_pulumi.core.reports.observer import known
from xplenty_pulumi.core.reports.overview import ClusterRow, cluster_row
from xplenty_pulumi.errors import RefusedError
from xplenty_pulumi.text import label

_BEGUN = "ended by Ctrl-C; an end that was sent goes on: look with `xplenty-pulumi status`"


class ActiveJobs(StrEnum):
    """What becomes of job runs that are active on a cluster that is to end."""

    FAIL = "fail"
    STOP = "stop"
    WAIT = "wait"


terminate = typer.Typer(no_args_is_help=True, help="End a cluster, and see that it has ended.")


@terminate.callback()
def root() -> None:
    """Keep `cluster` a word of its own, although it is the only one."""


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
    with one_paragraph("terminate cluster", interrupted=_BEGUN), opened() as account:
        seconds = read_span("--timeout", timeout).total_seconds()
        found = known(account.polls.cluster_presence.get(number), label("cluster", number))
        screen, row = Screen(account.secrets), cluster_row(found)
        if row.is_ended:
            screen.line(f"{row.label} has ended already: {row.status}")
            return
        if row.phase is not Phase.ENDING:
            _agree(account, row, screen, policy=active_jobs, force=force, yes=yes)
        teller = ChangePrinter(screen, account.clock, row.label)
        patience = account.patience(teller.tell, screen.warn)
        clusters = ClusterReconciler(
            account.client, LiveClusters(account.client, account.clock), patience, polls=account.polls
        )
        clusters.delete(number, timeout=seconds, active_jobs=active_jobs)
        ended = account.polls.cluster(number)
        teller.tell(ended.status if ended else FORGOTTEN)


def _agree(
    account: CommandAccount, row: ClusterRow, screen: Screen, *, policy: ActiveJobs, force: bool, yes: bool
) -> None:
    """Return if it may be ended: it is no stack's, the user has thought of what is active on it, and agrees."""
    refuse_owned(row.label, row.owner, force=force)
    active = [job for job in account.polls.active_jobs() if job.cluster_id == row.id]
    if active and policy is ActiveJobs.FAIL:
        raise RefusedError(
            f"jobs are still active on it: {_named(active)}; nothing was stopped or ended",
            resource=row.label,
            advice="Wait for them, or say with --active-jobs that they are to be stopped or waited for",
        )
    first = {ActiveJobs.STOP: "Stop", ActiveJobs.WAIT: "Wait for"}.get(policy, "")
    before = f"{first} jobs {_named(active)}, then terminate" if active else "Terminate"
    ask(f"{before} {row.label} ({row.headline})?", screen, yes=yes)


def _named(jobs: list[Job]) -> str:
    return ", ".join(f"{job.id} ({job.status})" for job in jobs)
