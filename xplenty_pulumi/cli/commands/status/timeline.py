"""What `--timeline` shows: the last hours of clusters, a line for each, and for one cluster a line for each run."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from xplenty_pulumi.cli.commands.status.tables import errors_of
from xplenty_pulumi.cli.ui.account import CommandAccount
from xplenty_pulumi.cli.ui.table import PHASE_STYLES
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reports.history import Activity, History, Lane, RunSpan, label_of
from xplenty_pulumi.core.reports.overview import Wanted
from xplenty_pulumi.core.reports.past import PastReader
from xplenty_pulumi.text import one_line, plural, stamp

_SHADES: dict[Activity, tuple[str, str, str]] = {
    Activity.BUILDING: ("\u2592", "+", "yellow"),
    Activity.BUSY: ("\u2588", "#", "green"),
    Activity.IDLE: ("\u2591", ".", "bright_black"),
    Activity.BROKEN: ("!", "!", "bold red"),
    Activity.ENDING: ("\u2593", "%", "magenta"),
}
"""How a cell is drawn, how in ASCII, and its colour."""
_FAILED = ("x", "bold red")
_WAITING = ("\u2500", "-")
_STRONGEST = (Activity.BUSY, Activity.BROKEN, Activity.ENDING, Activity.BUILDING, Activity.IDLE)
_RUNS_NAMED = 5
_STEPS = [timedelta(minutes=one) for one in (1, 5, 15, 30, 60, 120, 180, 360, 720)]
_DAY = timedelta(days=1)
_LONGEST_LABEL, _LEAST_CELLS, _CELLS_PER_LABEL = 30, 10, 9
Cell = tuple[str, str]


@dataclass(frozen=True)
class Timeline:
    """The lanes of some clusters, drawn to the width of the terminal; `with_runs` draws each run below its cluster."""

    found: History
    lanes: Sequence[Lane]
    with_runs: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if not self.lanes:
            yield Text("no cluster to show", style="dim")
            return
        labels = [_label(lane) for lane in self.lanes]
        if self.with_runs:
            labels += [_run_label(run) for lane in self.lanes for run in lane.runs]
        left = min(_LONGEST_LABEL, options.max_width // 3, max(map(cell_len, labels)))
        scale = Scale(self.found.since, self.found.until, max(_LEAST_CELLS, options.max_width - left - 1))
        yield _line("", left, [(one, "") for one in scale.labels()])
        for lane in self.lanes:
            yield _line(_label(lane), left, _cells(lane, scale, ascii_only=options.ascii_only))
            for run in lane.runs if self.with_runs else ():
                yield _line(_run_label(run), left, _run_cells(run, scale, ascii_only=options.ascii_only))
        yield Text()
        yield _legend(with_runs=self.with_runs, ascii_only=options.ascii_only)
        guessed = [str(lane.row.id) for lane in self.lanes if any(one.is_estimated for one in lane.stretches)]
        if guessed:
            yield Text(f"partly estimated, since the service does not record it: {', '.join(guessed)}", style="dim")
        if self.with_runs:
            yield from errors_of(run.row for lane in self.lanes for run in lane.runs)
        else:
            yield from _failed(self.lanes)


@dataclass(frozen=True)
class Scale:
    """A time as so many cells of a line."""

    since: datetime
    until: datetime
    cells: int

    def covers(self, begin: datetime, end: datetime) -> range:
        """Return the cells of a time, at least the one in which it begins."""
        first = min(int(self._cell(begin)), self.cells - 1)
        return range(first, max(first + 1, min(self.cells, math.ceil(self._cell(end)))))

    def labels(self) -> str:
        """Return the line that names moments in UTC, so many that there is room for them."""
        span = (self.until - self.since) * _CELLS_PER_LABEL / self.cells
        days = -(-span // _DAY)
        step = next((one for one in _STEPS if one >= span), days * _DAY)
        midnight = self.since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        moment, line = midnight + -(-(self.since - midnight) // step) * step, ""
        while moment <= self.until:
            text = f"{moment:%m-%d}" if step >= _DAY else f"{moment:%H:%M}"
            place = int(self._cell(moment))
            if place + len(text) <= self.cells:
                line = f"{line:<{place}}{text}"
            moment += step
        return line

    def _cell(self, moment: datetime) -> float:
        return max(0.0, (moment - self.since) / (self.until - self.since) * self.cells)


def read_timeline(account: CommandAccount, period: timedelta, *, wanted: Wanted, cluster: int | None) -> Timeline:
    """Read the last `period` of the clusters that are wanted, or of one by its id."""
    one = None if cluster is None else account.observer().cluster_record(cluster)
    found = PastReader(account.client, account.budget).history(period, of=one)
    return Timeline(found, _lanes_of(found, wanted), with_runs=one is not None)


def _lanes_of(found: History, wanted: Wanted) -> tuple[Lane, ...]:
    """The lanes that are wanted and have something to draw."""
    lanes = (lane for lane in found.lanes if lane.stretches or lane.runs)
    period = found.until - found.since
    return tuple(lane for lane in lanes if wanted.admits(lane.row, now=found.until, ended_within=period))


def _cells(lane: Lane, scale: Scale, *, ascii_only: bool) -> list[Cell]:
    """A cell in which anything runs is busy, however short it runs; the end of a failed run is marked."""
    cells: list[Cell] = [(" ", "")] * scale.cells
    for activity in reversed(_STRONGEST):
        for one in lane.stretches:
            if one.activity is activity:
                _fill(cells, scale.covers(one.begin, one.end), _shade(activity, ascii_only=ascii_only))
    for run in lane.runs:
        if run.row.phase is Phase.FAILED:
            _fill(cells, scale.covers(run.begin or run.end, run.end)[-1:], _FAILED)
    return cells


def _run_cells(run: RunSpan, scale: Scale, *, ascii_only: bool) -> list[Cell]:
    cells: list[Cell] = [(" ", "")] * scale.cells
    begin = run.begin or run.end
    if run.waited and run.row.created_at is not None:
        _fill(cells, scale.covers(run.row.created_at, begin), (_WAITING[ascii_only], "dim"))
    shade = _shade(Activity.BUSY, ascii_only=ascii_only)[0], PHASE_STYLES.get(run.row.phase, "")
    if run.begin is not None:
        _fill(cells, scale.covers(run.begin, run.end), shade)
    if run.row.phase is Phase.FAILED:
        _fill(cells, scale.covers(begin, run.end)[-1:], _FAILED)
    return cells


def _fill(cells: list[Cell], places: Iterable[int], cell: Cell) -> None:
    for place in places:
        cells[place] = cell


def _failed(lanes: Iterable[Lane]) -> Iterable[Text]:
    """Yield which runs the marks in the lanes are, the newest first."""
    marked = [run for lane in lanes for run in lane.runs if run.row.phase is Phase.FAILED]
    newest = sorted(marked, key=lambda run: run.end, reverse=True)
    for run in newest[:_RUNS_NAMED]:
        words = f": {run.row.errors}" if run.row.errors else ""
        text = one_line(f"job {run.row.id} on cluster {run.row.cluster_id} failed at {stamp(run.end)}{words}")
        yield Text.assemble(_FAILED, f" {text}")
    if (more := len(newest) - _RUNS_NAMED) > 0:
        yield Text(f"and {plural(more, 'run')} that failed earlier", style="dim")


def _shade(activity: Activity, *, ascii_only: bool) -> Cell:
    shade, plain, colour = _SHADES[activity]
    return plain if ascii_only else shade, colour


def _line(label: str, width: int, cells: Iterable[Cell]) -> Text:
    text = Text(label, no_wrap=True, overflow="ellipsis")
    text.truncate(width, overflow="ellipsis", pad=True)
    text.append(" ")
    for shade, style in cells:
        text.append(shade, style=style)
    return text


def _legend(*, with_runs: bool, ascii_only: bool) -> Text:
    text = Text()
    for activity in Activity:
        text.append(*_shade(activity, ascii_only=ascii_only)).append(
            f" {'in error' if activity is Activity.BROKEN else activity}   "
        )
    if with_runs:
        text.append(_WAITING[ascii_only], style="dim").append(" waiting   ")
    return text.append(*_FAILED).append(" a run that failed")


def _label(lane: Lane) -> str:
    return one_line(f"{lane.row.id} {lane.row.name}")


def _run_label(run: RunSpan) -> str:
    return f"  {one_line(f'{run.row.id} {label_of(run)}')}"
