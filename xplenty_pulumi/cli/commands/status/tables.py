"""Clusters and job runs as tables, fitted to the width of the terminal."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from xplenty_pulumi.cli.engine.names import StackNames
from xplenty_pulumi.cli.ui.table import WIDE, add_row, plain_table, selected_note, status
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reports.overview import ClusterRow, JobRow, Overview
from xplenty_pulumi.core.reports.schedules import ScheduleRow
from xplenty_pulumi.text import NOTHING, one_line, plural, rough_duration, since, stamp

_TINY = 72
_CELLS = 10
_RUNS_NAMED = 5
_NOT_IDLE_YET = "IDLE counts only after the cluster's time_to_idle without work"
_PERCENT = len("100%")


def overview_tables(shown: Overview, options: ConsoleOptions, *, names: StackNames) -> RenderResult:
    """Yield the tables of an overview."""
    if shown.clusters is not None:
        yield Text()
        table = clusters_table(shown.clusters, options, now=shown.at, names=names)
        yield table if shown.clusters else Text("no cluster to show", style="dim")
        yield from _under_clusters(shown.clusters, options, names=names)
    if shown.jobs is not None:
        yield Text()
        table = jobs_table(shown.jobs, options, now=shown.at, names=names)
        yield table if shown.jobs else Text("no job run to show", style="dim")
        if shown.clusters is None and options.max_width >= WIDE:
            yield from selected_note((row.owner for row in shown.jobs), names)
        if shown.jobs_left_out:
            more = plural(shown.jobs_left_out, "job run")
            yield Text(f"and {more} that ended earlier: `xplenty-pulumi status jobs`", style="dim")
        yield from errors_in_list(shown.jobs)


def _under_clusters(rows: Sequence[ClusterRow], options: ConsoleOptions, *, names: StackNames) -> Iterable[Text]:
    """Yield what the marks in the table of clusters mean."""
    if options.max_width >= _TINY:
        yield from selected_note((row.owner for row in rows), names)
    if any(row.phase is Phase.READY and not (row.idle_since or row.running_jobs or row.queued_jobs) for row in rows):
        yield Text(_NOT_IDLE_YET, style="dim")


def clusters_table(rows: Iterable[ClusterRow], options: ConsoleOptions, *, now: datetime, names: StackNames) -> Table:
    """Return the table of clusters; a narrow one has type and nodes in one column, and a tiny one no owner."""
    is_wide, is_tiny = options.max_width >= WIDE, options.max_width < _TINY
    sizes, owner = ["TYPE", "NODES"] if is_wide else ["SIZE"], [] if is_tiny else ["OWNER"]
    table = plain_table("CLUSTER", "NAME", "STATUS", *sizes, "AGE", "RUN/WAIT", "IDLE", *owner)
    for row in rows:
        nodes = NOTHING if row.nodes is None else str(row.nodes)
        size = [row.type, nodes] if is_wide else [f"{nodes} {row.type[:4]}"]
        idle = since(row.idle_since, now) if row.phase is Phase.READY else NOTHING
        jobs = f"{row.running_jobs or 0}/{row.queued_jobs or 0}"
        add_row(
            table,
            str(row.id),
            row.name,
            status(row),
            *size,
            since(row.created_at, now),
            jobs,
            idle,
            *([] if is_tiny else [names.shown(row.owner)]),
        )
    return table


def jobs_table(rows: Iterable[JobRow], options: ConsoleOptions, *, now: datetime, names: StackNames) -> Table:
    """Return the table of job runs; only a wide one names the owners, and a tiny one has no bars."""
    is_wide = options.max_width >= WIDE
    owner = ["OWNER"] if is_wide else []
    table = plain_table("JOB", "PACKAGE", "CLUSTER", "STATUS", "PROGRESS", "RUNTIME", "AGE", *owner)
    for row in rows:
        package = " ".join(filter(None, [str(row.package_id or ""), row.package]))
        owners = [names.shown(row.owner or NOTHING)] if is_wide else []
        drawn = bar(row.progress, ascii_only=options.ascii_only)
        progress = Text(drawn[-_PERCENT:] if options.max_width < _TINY else drawn)
        cells: list[str | Text] = [
            str(row.id),
            package,
            str(row.cluster_id or NOTHING),
            status(row),
            progress,
            runtime_of(row),
        ]
        add_row(table, *cells, since(row.created_at, now), *owners)
    return table


def runtime_of(row: JobRow) -> str:
    """Return how long a run has worked, `-` where it has not begun."""
    return NOTHING if row.started_at is None else rough_duration(row.runtime_in_seconds or 0)


def schedules_table(rows: Iterable[ScheduleRow], options: ConsoleOptions, *, names: StackNames) -> Table:
    """Return the table of schedules; only a wide one counts the runs and names the owners."""
    is_wide = options.max_width >= WIDE
    more = ["RUNS", "OWNER"] if is_wide else []
    table = plain_table("SCHEDULE", "NAME", "STATUS", "EVERY", "NEXT RUN", "LAST", *more)
    for row in rows:
        word = "overdue" if row.is_overdue else row.status
        following = NOTHING if row.next_run_at is None else stamp(row.next_run_at)
        count = NOTHING if row.execution_count is None else f"{row.execution_count:,}"
        cells = [row.every or NOTHING, following, row.last_run_status or NOTHING]
        add_row(
            table,
            str(row.id),
            row.name,
            status(row, word),
            *cells,
            *([count, names.shown(row.owner)] if is_wide else []),
        )
    return table


def errors_of(rows: Iterable[JobRow]) -> Iterable[Text]:
    """Yield the error of each run that has one, in red."""
    for row in rows:
        if row.errors:
            yield Text(f"job {row.id} {row.status}: {one_line(row.errors)}", style="red")


def errors_in_list(rows: Iterable[JobRow]) -> Iterable[Text]:
    """Yield the errors of a list of runs, and the command that shows more of those that have failed."""
    every = [row for row in rows if row.errors or row.phase is Phase.FAILED]
    if every:
        yield Text()
    yield from (Text(f"job {row.id} {row.outcome}", style="dim") for row in every if row.replaced_by)
    current = [row for row in every if not row.replaced_by]
    yield from errors_of(current)
    if failed := [str(row.id) for row in current if row.phase is Phase.FAILED]:
        yield Text(_more_of(failed), style="dim")


def _more_of(failed: Sequence[str]) -> str:
    """The command that shows the log of a run, with the ids of those that have failed."""
    if len(failed) == 1:
        return f"its log, and what to do next: `xplenty-pulumi status job {failed[0]}`"
    named, more = failed[:_RUNS_NAMED], len(failed) - _RUNS_NAMED
    ids = f"{', '.join(named)} and {more:,} more" if more > 0 else " or ".join([", ".join(named[:-1]), named[-1]])
    return f"a log, and what to do next: `xplenty-pulumi status job ID`, with the ID {ids}"


def bar(progress: float, *, ascii_only: bool) -> str:
    """Return a bar of ten cells and the per cent."""
    full, empty = ("#", ".") if ascii_only else ("\u2588", "\u2591")
    done = int(progress * _CELLS)
    return f"{full * done}{empty * (_CELLS - done)} {int(progress * 100):3}%"
