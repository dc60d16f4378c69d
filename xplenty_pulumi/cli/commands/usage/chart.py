"""Bars for the terminal: node-hours by owner, and by day or hour."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, repeat

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from xplenty_pulumi.cli.commands.usage.pages import closing, opening
from xplenty_pulumi.cli.engine.names import StackNames
from xplenty_pulumi.cli.ui.table import add_row, plain_table
from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds.cluster import up_since
from xplenty_pulumi.core.reports.usage import Usage, summed
from xplenty_pulumi.text import one_line

_COLOURS = ("blue", "yellow", "green", "magenta", "cyan", "red")
_REST = "bright_black"
_EIGHTHS = " \u258f\u258e\u258d\u258c\u258b\u258a\u2589"
_FEW_HOURS = timedelta(hours=48)
_LONGEST_OWNER = 24
_GAP = 2


@dataclass(frozen=True)
class UsageChart:
    """The node-hours of each owner, and of each day or hour of the period, as bars; a day has the owners' colours."""

    account: str
    used: Usage
    clusters: Sequence[Cluster]
    names: StackNames

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        used = self.used
        yield from opening(self.account, used)
        if not used.shares:
            yield Text("no cluster was up", style="dim")
            return
        colours = dict(zip((share.owner for share in used.shares), chain(_COLOURS, repeat(_REST)), strict=False))
        owners = [(self.names.shown(share.owner), {share.owner: share.node_hours}) for share in used.shares]
        yield from _rows("OWNER", owners, colours, options)
        yield Text()
        is_short = used.until - used.since <= _FEW_HOURS
        steps = [*_steps(self._begin(), used.until, timedelta(hours=1) if is_short else timedelta(days=1))]
        form = "%Y-%m-%d %H:%M" if is_short else "%Y-%m-%d"
        parts = [(f"{begin:{form}}", self._hours(begin, end)) for begin, end in steps]
        yield from _rows("HOUR" if is_short else "DAY", parts, colours, options)
        yield from closing(used, self.names)

    def _begin(self) -> datetime:
        """The first moment within the period at which a cluster was up."""
        since, until = self.used.since, self.used.until
        used = (one for one in self.clusters if summed([one], since=since, until=until).shares)
        return max(since, min(filter(None, map(up_since, used))))

    def _hours(self, since: datetime, until: datetime) -> Mapping[str, float]:
        """The node-hours of each owner in one step of time."""
        shares = summed(self.clusters, since=since, until=until).shares
        order = [share.owner for share in self.used.shares]
        return {share.owner: share.node_hours for share in sorted(shares, key=lambda one: order.index(one.owner))}


def _steps(since: datetime, until: datetime, length: timedelta) -> Iterable[tuple[datetime, datetime]]:
    """The hours or days in UTC of a time, the first and the last one perhaps in part."""
    whole = since.replace(minute=0, second=0, microsecond=0)
    edge = whole if length < timedelta(days=1) else whole.replace(hour=0)
    while edge < until:
        yield max(edge, since), min(edge + length, until)
        edge += length


def _rows(
    name: str, rows: Sequence[tuple[str, Mapping[str, float]]], colours: Mapping[str, str], options: ConsoleOptions
) -> RenderResult:
    """A table with a bar in each row; the longest one takes the room that there is."""
    sums = [sum(parts.values()) for _, parts in rows]
    labels = [one_line(label, limit=_LONGEST_OWNER) for label, _ in rows]
    figures = [f"{value:,.1f}" for value in sums]
    taken = max(map(len, [name, *labels])) + max(map(len, ["NODE-HOURS", *figures])) + 2 * _GAP
    room = max(1, options.max_width - taken)
    table = plain_table(name, "NODE-HOURS", "")
    table.columns[1].justify = "right"
    most = max(sums, default=0.0)
    for label, figure, (_, parts) in zip(labels, figures, rows, strict=True):
        add_row(table, label, figure, _bar(parts, colours, scale=room / most if most else 0.0, options=options))
    yield table


def _bar(parts: Mapping[str, float], colours: Mapping[str, str], *, scale: float, options: ConsoleOptions) -> Text:
    """A bar of one piece for each owner; only its end is finer than a cell."""
    text, done = Text(), 0.0
    for number, (owner, value) in enumerate(parts.items(), start=1):
        begin, done = round(done), done + value * scale
        is_last = number == len(parts)
        if options.ascii_only:
            text.append("#" * (round(done) - begin), style=colours[owner])
        elif is_last:
            whole, part = divmod(max(0, round((done - begin) * 8)), 8)
            text.append("\u2588" * whole + _EIGHTHS[part].strip(), style=colours[owner])
        else:
            text.append("\u2588" * (round(done) - begin), style=colours[owner])
    return text if text.plain or not done else Text("." if options.ascii_only else _EIGHTHS[1])
