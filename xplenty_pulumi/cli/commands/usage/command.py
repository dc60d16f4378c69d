"""`xplenty-pulumi usage`: who has used the clusters, as a table, as bars, and as a page with pictures."""

import os
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Annotated

import typer

from xplenty_pulumi.cli.commands.usage.chart import UsageChart
from xplenty_pulumi.cli.commands.usage.facts import facts
from xplenty_pulumi.cli.commands.usage.pages import UsagePage, usage_document
from xplenty_pulumi.cli.commands.usage.report import page, plotly
from xplenty_pulumi.cli.engine.names import SELECTED, names_here
from xplenty_pulumi.cli.ui.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import AsJson, bad_usage, read_span
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.reports.past import PastReader
from xplenty_pulumi.core.reports.usage import summed
from xplenty_pulumi.redact import scrub
from xplenty_pulumi.text import plural

_PRIVATE = 0o600


def usage(
    since: Annotated[str, typer.Option(metavar="TIME", help="How far to look back, such as 12h or 30d.")] = "30d",
    as_json: AsJson = False,
    chart: Annotated[bool, typer.Option("--chart", help="Show bars: by owner, and by day or hour.")] = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Write a page with pictures; it needs the extra `report`."),
    ] = None,
) -> None:
    """Sum up the node-hours of each owner: nodes multiplied by the time their cluster was up."""
    with one_paragraph("usage", unusable=(ImportError, OSError)):
        period = read_span("--since", since)
        if sum((as_json, chart, html is not None)) > 1:
            raise bad_usage("--json, --chart and --html", "exclude each other")
        library = "" if html is None else plotly()
        with opened() as account:
            if html is not None:
                _write_page(html, account, period, library)
            else:
                _show(account, period, as_json=as_json, chart=chart)


def _show(account: CommandAccount, period: timedelta, *, as_json: bool, chart: bool) -> None:
    clusters, now = PastReader(account.client, account.budget).clusters(period), account.client.account_time
    used = summed(clusters, since=now - period, until=now)
    screen, names = Screen(account.secrets), names_here(os.environ)
    if as_json:
        screen.document(usage_document(used))
    else:
        name = account.settings.account_id
        screen.show(UsageChart(name, used, clusters, names) if chart else UsagePage(name, used, names))


def _write_privately(file: Path, text: str) -> None:
    """Write a file that only its owner may read, also where it was there and others might read it."""
    with open(file, "w", encoding="utf-8", opener=partial(os.open, mode=_PRIVATE)) as page_file:
        if file.is_file():  # and no device or pipe, which belongs to somebody else
            file.chmod(_PRIVATE)
        page_file.write(text)


def _write_page(file: Path, account: CommandAccount, period: timedelta, library: str) -> None:
    """Write the page and say what is on it."""
    found = PastReader(account.client, account.budget).history(period)
    masked = cache(partial(scrub, secrets=account.secrets))  # names and statuses come again and again
    names = names_here(os.environ)
    shown = facts(
        found,
        account=account.settings.account_id,
        scrub=masked,
        named=lambda owner: names.shown(owner).removesuffix(SELECTED),
        cut_lists=account.client.cut_lists,
    )
    text = page(shown, library=library)
    _write_privately(file, text)
    runs = sum(len(lane.runs) for lane in found.lanes)
    counted = f"{plural(len(found.lanes), 'cluster')}, {plural(runs, 'job run')}"
    Screen(account.secrets).line(f"{file}: {counted}, {len(text.encode()) / 1e6:.1f} MB")
