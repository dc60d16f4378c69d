"""What the lists show, as tables for people and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from xplenty_pulumi.cli.engine.names import StackNames
from xplenty_pulumi.cli.ui.documents import document, picked
from xplenty_pulumi.cli.ui.table import WIDE, add_row, head, plain_table, selected_note, status
from xplenty_pulumi.client import RateLimit, Region
from xplenty_pulumi.core.reports.packages import PackageList
from xplenty_pulumi.text import NOTHING, since

_REGION = ("id", "name", "group_name", "short_name")


@dataclass(frozen=True)
class PackagesPage:
    """The packages of the account called `account`, their owners by their `names`; only a wide table has them all."""

    account: str
    names: StackNames
    shown: PackageList

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shown, is_wide = self.shown, options.max_width >= WIDE
        table = plain_table("PACKAGE", "NAME", "STATUS", "TYPE", *(["VERSION"] if is_wide else []), "EDITED", "OWNER")
        for row in shown.packages:
            version = [row.version or NOTHING] if is_wide else []
            edited = since(row.updated_at or row.created_at, shown.at)
            cells = [row.flow_type or NOTHING, *version, edited, self.names.shown(row.owner)]
            add_row(table, str(row.id), row.name, status(row), *cells)
        yield head(self.account, shown.at, shown.credits)
        yield Text()
        yield table if shown.packages else Text("no package to show", style="dim")
        yield from selected_note((row.owner for row in shown.rows), self.names)


@dataclass(frozen=True)
class RegionsPage:
    """The regions that the account called `account` may use, as they were at a moment."""

    account: str
    regions: Sequence[Region]
    at: datetime
    left: RateLimit | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = plain_table("REGION", "NAME")
        for one in self.regions:
            add_row(table, one.id, one.name or NOTHING)
        yield head(self.account, self.at, self.left)
        yield Text()
        yield table if self.regions else Text("no region to show", style="dim")


def packages_document(shown: PackageList) -> dict[str, Any]:
    """Return the packages as JSON values."""
    credits_left = None if shown.credits is None else picked(shown.credits, "limit", "remaining")
    return document(at=shown.at, credits=credits_left, packages=shown.packages)


def regions_document(regions: Sequence[Region], *, at: datetime, left: RateLimit | None) -> dict[str, Any]:
    """Return the regions as JSON values."""
    credits_left = None if left is None else picked(left, "limit", "remaining")
    return document(at=at, credits=credits_left, regions=[picked(one, *_REGION) for one in regions])
