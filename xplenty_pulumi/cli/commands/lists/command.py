"""`xplenty-pulumi packages` and `regions`: what job runs and clusters can be made of."""

import os
from enum import StrEnum
from typing import Annotated

import typer

from xplenty_pulumi.cli.commands.lists.pages import PackagesPage, RegionsPage, packages_document, regions_document
from xplenty_pulumi.cli.engine.names import names_here
from xplenty_pulumi.cli.ui.account import opened
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.options import AsJson, OwnerOption, read_span
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.reports.overview import Wanted
from xplenty_pulumi.core.reports.packages import listed_packages


class PackageStatus(StrEnum):
    """Which packages are shown."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class PackageType(StrEnum):
    """What kind of flow they have."""

    DATAFLOW = "dataflow"
    WORKFLOW = "workflow"


def packages(
    *,
    status: Annotated[PackageStatus, typer.Option("--status", help="Only with this status.")] = PackageStatus.ACTIVE,
    flow_type: Annotated[PackageType | None, typer.Option("--type", help="Only with such a flow.")] = None,
    owner: OwnerOption = "",
    age: Annotated[str, typer.Option(metavar="TIME", help="Only created within this time, such as 2h or 7d.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the packages, whose they are and when they were edited."""
    with one_paragraph("packages"):
        within, names = read_span("--age", age) if age else None, names_here(os.environ)
        wanted = Wanted(statuses=(status.value,), owner=names.scope(owner.strip()), age=within)
        with opened() as account:
            account.budget.require_read()
            shown = listed_packages(account.client, wanted, flow_type=flow_type.value if flow_type else "all")
            screen = Screen(account.secrets)
            page = PackagesPage(account.settings.account_id, names, shown)
            screen.document(packages_document(shown)) if as_json else screen.show(page)


def regions(*, as_json: AsJson = False) -> None:
    """List the regions in which clusters can be created."""
    with one_paragraph("regions"), opened() as account:
        account.budget.require_read()
        found, screen = account.client.regions.list(), Screen(account.secrets)
        at, left = account.client.account_time, account.client.credits
        page = RegionsPage(account.settings.account_id, found, at, left)
        screen.document(regions_document(found, at=at, left=left)) if as_json else screen.show(page)
