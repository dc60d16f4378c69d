"""Tables without lines, for rows of texts that may come from the service, and what is around them."""

from collections.abc import Iterable
from datetime import datetime

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from xplenty_pulumi.cli.engine.names import SELECTED_NOTE, StackNames
from xplenty_pulumi.client import RateLimit
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reports.view import Row
from xplenty_pulumi.text import one_line, printable, stamp

WIDE = 100
"""Columns from which a table shows all that it has."""
_CUT = {"NAME", "PACKAGE", "OWNER", "DNS"}
_GAP = 2
_HEADER = "bold"
_IDLE_STYLE = "yellow"
"""An idle cluster is ready, and costs as much as one that works."""
PHASE_STYLES = {
    Phase.READY: "green",
    Phase.SUCCEEDED: "green",
    Phase.RUNNING: "cyan",
    Phase.BUILDING: "yellow",
    Phase.SCALING: "yellow",
    Phase.ENDING: "magenta",
    Phase.FAILED: "bold red",
    Phase.STOPPED: "dim",
    Phase.GONE: "dim",
}
"""The colour of what each phase means."""


class PlainTable(Table):
    """A table that draws each text as it is where all of them fit; only what does not fit is worth measuring it.

    What it draws is what `Table` draws, and a list of five hundred takes a tenth of the time.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        columns = [[Text(str(one.header), style=_HEADER), *_plain(one.cells)] for one in self.columns]
        widths = [max(cell_len(cell.plain) for cell in column) for column in columns]
        is_whole = all(len(column) == self.row_count + 1 for column in columns)
        if is_whole and sum(widths) + _GAP * (len(widths) - 1) <= options.max_width:
            yield from _drawn(console, columns, widths)
        else:
            yield from super().__rich_console__(console, options)


def _plain(cells: Iterable[object]) -> Iterable[Text]:
    """The cells that are drawn as they are."""
    return (one for one in cells if isinstance(one, Text) and not one.spans and printable(one.plain) == one.plain)


def _drawn(console: Console, columns: list[list[Text]], widths: list[int]) -> Iterable[Segment]:
    styles = {style: console.get_style(style) for column in columns for style in {cell.style for cell in column}}
    for row in zip(*columns, strict=True):
        unstyled = ""
        for cell, width in zip(row, widths, strict=True):
            gap = " " * (width - cell_len(cell.plain) + _GAP)
            if cell.style:
                yield from (Segment(unstyled), Segment(cell.plain, styles[cell.style]))
                unstyled = gap
            else:
                unstyled += cell.plain + gap
        yield from (Segment(unstyled), Segment.line())


def plain_table(*names: str, folded: Iterable[str] = ()) -> Table:
    """Return a table without lines; where there is no room, names are cut, and only columns that are `folded` wrap."""
    table = PlainTable(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style=_HEADER)
    for name in names:
        table.add_column(name, no_wrap=name not in _CUT, overflow="ellipsis")
    for name in folded:
        table.add_column(name, overflow="fold")
    return table


def add_row(table: Table, *cells: str | Text) -> None:
    """Add a row of texts that may come from the service."""
    texts = [cell if isinstance(cell, Text) else Text(one_line(cell)) for cell in cells]
    for text in texts:
        text.no_wrap, text.overflow = True, "ellipsis"
    table.add_row(*texts)


def head(account: str, at: datetime, left: RateLimit | None) -> Text:
    """Return the line that says what is shown, of when, and how many calls are left."""
    calls = "calls left: not known" if left is None else f"{left.remaining:,} of {left.limit:,} calls left this hour"
    return Text.assemble((one_line(account), "bold"), f"  {stamp(at)}  {calls}")


def selected_note(owners: Iterable[str | None], names: StackNames) -> Iterable[Text]:
    """Yield what the mark of the selected stack means, where one of the owners has it."""
    if names.marks(owners):
        yield Text(SELECTED_NOTE, style="dim")


def status(row: Row, word: str = "") -> Text:
    """Return the status, or another word for it, in the colour of what it means."""
    style = _IDLE_STYLE if row.status == "idle" else PHASE_STYLES.get(row.phase, "")
    return Text(one_line(word or row.status), style=style)
