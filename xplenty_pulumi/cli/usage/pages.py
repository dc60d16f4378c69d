"""What was used, as a table for people and as JSON."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from xplenty_pulumi.cli.engine.names import StackNames
from xplenty_pulumi.cli.status.tables import add_row, plain_table
from xplenty_pulumi.cli.ui.documents import document, json_value
from xplenty_pulumi.core.reports.usage import Usage
from xplenty_pulumi.text import stamp


@dataclass(frozen=True)
class UsagePage:
    """The node-hours of each owner, as a table."""

    used: Usage
    names: StackNames

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(f"node-hours from {stamp(self.used.since)} to {stamp(self.used.until)}\n")
        table = plain_table("OWNER", "CLUSTERS", "NODE-HOURS")
        for share in self.used.shares:
            add_row(table, self.names.shown(share.owner), f"{share.clusters:,}", f"{share.node_hours:,.1f}")
        add_row(table, "total", f"{self.used.clusters:,}", f"{self.used.node_hours:,.1f}")
        yield table


def usage_document(usage: Usage) -> dict[str, Any]:
    """Return what was used as JSON values; hours are rounded to thousandths."""
    owners = [{**json_value(share), "node_hours": round(share.node_hours, 3)} for share in usage.shares]
    total = {"clusters": usage.clusters, "node_hours": round(usage.node_hours, 3)}
    return document(since=usage.since, until=usage.until, owners=owners, total=total)
