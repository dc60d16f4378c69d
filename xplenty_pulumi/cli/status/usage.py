"""`xplenty-pulumi usage`: who has used how much of the clusters."""

from typing import Annotated

import typer
from rich.text import Text

from xplenty_pulumi.cli.account import opened
from xplenty_pulumi.cli.status.documents import usage_document
from xplenty_pulumi.cli.status.tables import add_row, plain_table
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import AsJson, read_span
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.reports.usage import Usage, summed
from xplenty_pulumi.text import stamp


def usage(
    since: Annotated[str, typer.Option(metavar="TIME", help="How far to look back, such as 12h or 30d.")] = "30d",
    as_json: AsJson = False,
) -> None:
    """Sum up the node-hours of each owner: nodes multiplied by the time their cluster was up."""
    with one_paragraph("usage"):
        period = read_span("--since", since)
        with opened() as account:
            clusters, now = account.observer().used_clusters(period), account.clock.now()
            used = summed(clusters, since=now - period, until=now)
            screen = Screen(account.secrets)
            if as_json:
                screen.document(usage_document(used))
            else:
                _show(used, screen)


def _show(used: Usage, screen: Screen) -> None:
    screen.show(Text(f"node-hours from {stamp(used.since)} to {stamp(used.until)}\n"))
    table = plain_table("OWNER", "CLUSTERS", "NODE-HOURS")
    for share in used.shares:
        add_row(table, share.owner, f"{share.clusters:,}", f"{share.node_hours:,.1f}")
    add_row(table, "total", f"{used.clusters:,}", f"{used.node_hours:,.1f}")
    screen.show(table)
