"""`xplenty-pulumi run-schedule`: start what a schedule runs, and name the job runs."""

from collections.abc import Container
from itertools import islice
from typing import Annotated

import typer

from xplenty_pulumi.cli.ui.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import Yes, completed_as
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.client import Job
from xplenty_pulumi.core.kinds.schedule import is_started_by
from xplenty_pulumi.core.reading.lookup import as_id, only
from xplenty_pulumi.core.reports.schedules import schedule_row
from xplenty_pulumi.errors import RefusedError, UnsureError, XplentyError
from xplenty_pulumi.text import label, plural

_GOES_ON = "ended by Ctrl-C; a run that was sent goes on: look with `xplenty-pulumi status`"
_MAYBE_RUN = "It may have been run: look with `xplenty-pulumi status jobs` before you run it again"
_ANEW = "Run the same again, which says what it starts now"


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
    with one_paragraph("run-schedule", interrupted=_GOES_ON), opened() as account:
        calls, screen, named = account.client.schedules, Screen(account.secrets), schedule.strip()
        number = as_id(named)
        found = only(calls.list(), named, noun="schedule") if number is None else calls.get(number)
        row = schedule_row(found, now=account.client.account_time)
        nodes = f" on {plural(found.task.nodes, 'node')}" if found.task and found.task.nodes else ""
        work = f"It starts {plural(len(row.packages), 'package')}{nodes}, which costs as a planned run does."
        screen.ask(f"Run {row.label} ({row.headline}) now? {work}", yes=yes, undone="nothing was run")
        if not yes and calls.get(row.id).task != found.task:
            raise RefusedError("what it runs was changed meanwhile; nothing was run", resource=row.label, advice=_ANEW)
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
