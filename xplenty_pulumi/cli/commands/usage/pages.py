"""What was used, as a table for people and as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from xplenty_pulumi.cli.engine.names import StackNames
from xplenty_pulumi.cli.ui.documents import document, json_value
from xplenty_pulumi.cli.ui.table import add_row, plain_table, selected_note
from xplenty_pulumi.core.reports.usage import Usage
from xplenty_pulumi.text import one_line, stamp

_ESTIMATED = "the service records no resizes: each cluster counts with its present number of nodes"


@dataclass(frozen=True)
class UsagePage:
    """The node-hours of each owner of the account called `account`, as a table."""

    account: str
    used: Usage
    names: StackNames

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from opening(self.account, self.used)
        table = plain_table("OWNER", "CLUSTERS", "NODE-HOURS")
        for share in self.used.shares:
            add_row(table, self.names.shown(share.owner), f"{share.clusters:,}", f"{share.node_hours:,.1f}")
        add_row(table, "total", f"{self.used.clusters:,}", f"{self.used.node_hours:,.1f}")
        yield table
        yield from closing(self.used, self.names)


def opening(account: str, used: Usage) -> Iterable[Text]:
    """Yield the line that says what is shown, and a blank one."""
    period = f"  node-hours from {stamp(used.since)} to {stamp(used.until)}"
    yield Text.assemble((one_line(account), "bold"), period, "\n")


def closing(used: Usage, names: StackNames) -> Iterable[Text]:
    """Yield what the marks mean, and how far the figures can be trusted."""
    yield from selected_note((share.owner for share in used.shares), names)
    if round(used.may_be_resized, 1):  # else no figure of the table would be another one
        yield Text(f"\n{_ESTIMATED}", style="dim")


def usage_document(usage: Usage) -> dict[str, Any]:
    """Return what was used as JSON values; hours are rounded to thousandths."""
    owners = [{**json_value(share), "node_hours": round(share.node_hours, 3)} for share in usage.shares]
    total = {"clusters": usage.clusters, "node_hours": round(usage.node_hours, 3)}
    return document(since=usage.since, until=usage.until, owners=owners, total=total)
