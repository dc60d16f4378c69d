"""`xplenty-pulumi stop job`: end a job run and see it ended."""

import typer

from xplenty_pulumi.cli.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.asking import ask, refuse_owned
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import Force, JobId, Timeout, Yes, read_span
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.cli.ui.telling import FORGOTTEN, ChangePrinter
from xplenty_pulumi.client import Job
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reconcile.runs.follow import RunStopper
from xplenty_pulumi.core.reports.observer import known
from xplenty_pulumi.core.reports.overview import UNMANAGED, JobRow, job_row, owner_of
from xplenty_pulumi.core.waiting.patience import Deadline
from xplenty_pulumi.text import label

_BEGUN = "ended by Ctrl-C; a stop that was sent goes on: look with `xplenty-pulumi status`"

stop = typer.Typer(no_args_is_help=True, help="End a job run, and see that it has ended.")


@stop.callback()
def root() -> None:
    """Keep `job` a word of its own, although it is the only one."""


@stop.command("job")
def stop_job(number: JobId, *, yes: Yes = False, force: Force = False, timeout: Timeout = "20m") -> None:
    """Stop a job run and wait until it has ended; partial output, or none, remains of it."""
    with one_paragraph("stop job", interrupted=_BEGUN), opened() as account:
        seconds = read_span("--timeout", timeout).total_seconds()
        found = known(account.polls.job_presence.seen(number), label("job", number))
        screen, row = Screen(account.secrets), job_row(found)
        if row.is_ended:
            screen.line(f"{row.label} has ended already: {row.status}")
            return
        refuse_owned(row.label, _owner(account, row), force=force)
        ask(f"Stop {row.label} ({row.headline})?", screen, yes=yes)
        teller = ChangePrinter(screen, account.clock, row.label)
        stopping = RunStopper(account.client, account.polls, account.patience(teller.tell, screen.warn))
        ended = stopping.stop(number, Deadline.after(seconds, account.clock))
        teller.tell(_outcome(ended))


def _owner(account: CommandAccount, row: JobRow) -> str:
    """The owner of the cluster that it runs on; a moment's 404 does not make that nobody's."""
    if row.cluster_id is None:
        return UNMANAGED
    cluster = account.polls.cluster_presence.find(row.cluster_id)
    return owner_of(cluster.description if cluster else None)


def _outcome(ended: Job | None) -> str:
    if ended is None:
        return FORGOTTEN
    phase = job_row(ended).phase
    return ended.status if phase is Phase.STOPPED else f"{ended.status}, before it could be stopped"
