"""What is shown of an account, as a page for people and as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from xplenty_pulumi.cli.commands.status.tables import (
    bar,
    errors_in_list,
    errors_of,
    jobs_table,
    overview_tables,
    runtime_of,
    schedules_table,
)
from xplenty_pulumi.cli.engine.names import StackNames
from xplenty_pulumi.cli.ui.documents import document, json_value, picked
from xplenty_pulumi.cli.ui.table import WIDE, add_row, head, plain_table, selected_note, status
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reports.observer import ClusterDetail, JobDetail
from xplenty_pulumi.core.reports.overview import JobRow, Overview
from xplenty_pulumi.core.reports.owners import UNMANAGED
from xplenty_pulumi.core.reports.schedules import ScheduleList
from xplenty_pulumi.text import NOTHING, one_line, printable, rough_duration, since, stamp

Anything: TypeAlias = Overview | ScheduleList | ClusterDetail | JobDetail
_RECORD = ("region", "zone", "terminate_on_idle", "time_to_idle", "terminated_on_idle", "available_since", "html_url")
_INSTANCE = ("instance_id", "status", "master", "spot", "instance_type", "zone", "private_dns", "public_dns")
_OUTPUT = ("id", "name", "records_count")


@dataclass(frozen=True)
class StatusPage:
    """What is shown of the account called `account`, its owners by their `names`, with a note at its end."""

    account: str
    names: StackNames
    shown: Anything
    note: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shown = self.shown
        yield head(self.account, shown.at, shown.credits)
        if isinstance(shown, ClusterDetail):
            yield from _of_cluster(shown, options, names=self.names)
        elif isinstance(shown, JobDetail):
            yield from _of_job(shown, options, names=self.names)
        elif isinstance(shown, ScheduleList):
            yield Text()
            table = schedules_table(shown.schedules, options, names=self.names)
            yield table if shown.schedules else Text("no schedule to show", style="dim")
            if options.max_width >= WIDE:
                yield from selected_note((row.owner for row in shown.schedules), self.names)
        else:
            yield from overview_tables(shown, options, names=self.names)
        if self.note:
            yield Text(f"\n{self.note}", style="yellow")


def _of_cluster(shown: ClusterDetail, options: ConsoleOptions, *, names: StackNames) -> RenderResult:
    """A cluster, its machines and its job runs."""
    yield Text()
    yield _facts(_cluster_facts(shown, names))
    yield from selected_note([shown.row.owner], names)
    yield Text()
    yield _machines(shown)
    if shown.jobs:
        yield Text()
        yield jobs_table(shown.jobs, options, now=shown.at, names=names)
        yield from errors_in_list(shown.jobs)


def _of_job(shown: JobDetail, options: ConsoleOptions, *, names: StackNames) -> RenderResult:
    """A job run, the tasks of a workflow, its variables, its outputs and the end of its log."""
    yield Text()
    yield _facts(_job_facts(shown, names, ascii_only=options.ascii_only))
    yield from selected_note([shown.row.owner], names)
    yield from errors_of([shown.row])
    if shown.row.phase is Phase.FAILED:
        yield Text(_next_of(shown.row))
    yield from _tasks(shown)
    yield from _pairs("VARIABLE", "VALUE", shown.variables.items())
    counts = [NOTHING if one.records_count is None else f"{one.records_count:,}" for one in shown.outputs]
    outputs = [(one.name or str(one.id), count) for one, count in zip(shown.outputs, counts, strict=True)]
    yield from _pairs("OUTPUT", "RECORDS", outputs)
    if shown.log_tail is not None:
        yield Text("\nLOG", style="bold")
        yield from (Text(printable(line).rstrip()) for line in shown.log_tail)


def _cluster_facts(shown: ClusterDetail, names: StackNames) -> list[tuple[str, str | Text]]:
    row, record = shown.row, shown.record
    limit = f"ends after {rough_duration(record.time_to_idle or 0)} without work"
    idle = [
        ("idle since", _moment(row.idle_since, shown.at)),
        ("when idle", limit if record.terminate_on_idle else "stays when idle"),
        ("jobs", f"{row.running_jobs or 0} running, {row.queued_jobs or 0} queued"),
    ]
    why = ", after it had been idle" if record.terminated_on_idle else ""
    ended = [("ended", f"{_moment(row.ended_at, shown.at)}{why}")] if row.ended_at else []
    return [
        ("cluster", f"{row.id} {row.name}"),
        ("description", shown.description or NOTHING),
        ("status", status(row)),
        ("owner", names.shown(row.owner)),
        ("size", f"{row.nodes or 0} nodes, {row.type}"),
        ("where", ", ".join(filter(None, [record.region, record.zone])) or NOTHING),
        ("created", _moment(row.created_at, shown.at)),
        ("available since", _moment(record.available_since, shown.at, never="never")),
        *ended,
        *([] if row.is_ended or row.phase is Phase.ENDING else idle),
        ("page", record.html_url or NOTHING),
    ]


def _job_facts(shown: JobDetail, names: StackNames, *, ascii_only: bool) -> list[tuple[str, str | Text]]:
    row = shown.row
    ended = [("ended", _moment(row.ended_at, shown.at))] if row.ended_at else []
    return [
        ("job", str(row.id)),
        ("package", " ".join(filter(None, [str(row.package_id or ""), row.package]))),
        ("cluster", str(row.cluster_id or NOTHING)),
        ("owner", names.shown(row.owner or NOTHING)),
        ("status", status(row)),
        ("progress", Text(bar(row.progress, ascii_only=ascii_only))),
        ("created", _moment(row.created_at, shown.at)),
        ("started", _moment(row.started_at, shown.at)),
        *ended,
        ("runtime", runtime_of(row)),
        ("page", row.html_url or NOTHING),
    ]


def _moment(moment: datetime | None, now: datetime, *, never: str = NOTHING) -> str:
    """When something was, and in parentheses how long ago."""
    return never if moment is None else f"{stamp(moment)} ({since(moment, now)} ago)"


def _next_of(row: JobRow) -> str:
    """What to do about a run that has failed; a run of a stack is the business of its program."""
    if row.replaced_by:
        return f"next: nothing, if that run has done its work: it {row.outcome}"
    if row.owner in (None, UNMANAGED):
        return "next: correct the package, its variables or the cluster, and run it again"
    return (
        "next: correct the package, its variables or the cluster first; if a program still declares this run, `pulumi "
        "preview --refresh` of its stack shows whether the next `pulumi up` starts a new one"
    )


def _facts(pairs: Iterable[tuple[str, str | Text]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(Text(name), value if isinstance(value, Text) else Text(one_line(value)))
    return table


def _machines(shown: ClusterDetail) -> Table | Text:
    if shown.instances is None:
        return Text("the plan does not show the machines", style="dim")
    table = plain_table("INSTANCE", "ROLE", "STATUS", "TYPE", "SPOT", "DNS")
    for one in shown.instances:
        role, spot = "master" if one.master else "node", "yes" if one.spot else "no"
        address = one.public_dns or one.private_dns or NOTHING
        add_row(table, one.instance_id, role, one.status, one.instance_type or NOTHING, spot, address)
    return table


def _tasks(shown: JobDetail) -> Iterable[Text | Table]:
    table = plain_table("TASK", "JOB", "PACKAGE", "STATUS", "RUNTIME")
    for task in shown.tasks:
        row = task.row
        package = " ".join(filter(None, [str(row.package_id or ""), row.package]))
        add_row(table, task.name, str(row.id), package, status(row), runtime_of(row))
    if shown.tasks:
        yield Text()
        yield table
        yield from errors_of(task.row for task in shown.tasks)


def _pairs(name: str, value: str, pairs: Iterable[tuple[str, str]]) -> Iterable[Text | Table]:
    table = plain_table(name, folded=[value])
    for one in pairs:
        table.add_row(*(Text(one_line(text)) for text in one))
    if table.row_count:
        yield Text()
        yield table


def document_of(shown: Anything) -> dict[str, Any]:
    """Return what is shown as JSON values."""
    credits_left = None if shown.credits is None else picked(shown.credits, "limit", "remaining")
    parts: dict[str, object] = {}
    if isinstance(shown, ClusterDetail):
        machines = None if shown.instances is None else [picked(one, *_INSTANCE) for one in shown.instances]
        record = {"description": shown.description, **picked(shown.record, *_RECORD)}
        parts["cluster"] = {**json_value(shown.row), **record, "instances": machines, "jobs": shown.jobs}
    elif isinstance(shown, JobDetail):
        outputs = [picked(one, *_OUTPUT) for one in shown.outputs]
        rest = picked(shown, "log_tail", "log_url")
        tasks = [{"name": task.name, **json_value(task.row)} for task in shown.tasks]
        found = {"tasks": tasks, "outputs": outputs, **rest}
        parts["job"] = {**json_value(shown.row), **picked(shown, "variables"), **found}
    elif isinstance(shown, ScheduleList):
        parts |= picked(shown, "schedules")
    else:
        parts |= {} if shown.clusters is None else picked(shown, "clusters")
        parts |= {} if shown.jobs is None else picked(shown, "jobs", "jobs_left_out")
    return document(at=shown.at, credits=credits_left, **parts)
