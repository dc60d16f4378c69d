"""The packages of an account, as plain values: what they are, whose, and when they were edited last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from xplenty_pulumi.client import Client, Package
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reports.overview import Wanted
from xplenty_pulumi.core.reports.owners import owner_of
from xplenty_pulumi.core.reports.view import AccountView
from xplenty_pulumi.text import label

ACTIVE, ARCHIVED = "active", "archived"


@dataclass(frozen=True)
class PackageRow:
    """A package."""

    id: int
    """Id of the package."""
    name: str
    """Its name."""
    status: str
    """`active` or `archived`."""
    flow_type: str | None
    """`dataflow` or `workflow`."""
    version: str | None
    """Version of its content."""
    owner: str
    """The scope of the marker that it carries, or `unmanaged`."""
    created_at: datetime | None
    """When it was created."""
    updated_at: datetime | None
    """When it was edited last."""
    html_url: str | None
    """Page for people."""

    @property
    def label(self) -> str:
        """How texts name it."""
        return label("package", self.id)

    @property
    def is_ended(self) -> bool:
        """Whether it is archived."""
        return self.status == ARCHIVED

    @property
    def phase(self) -> Phase:
        """Gone where it is archived."""
        return Phase.GONE if self.is_ended else Phase.READY

    @property
    def headline(self) -> str:
        """What is worth a line of its own when it changes."""
        return f"{self.name}: {self.status}"


@dataclass(frozen=True)
class PackageList(AccountView):
    """The packages that are shown, those that were edited last first."""

    packages: tuple[PackageRow, ...] = ()

    @property
    def rows(self) -> tuple[PackageRow, ...]:
        return self.packages


def listed_packages(client: Client, wanted: Wanted, *, flow_type: str) -> PackageList:
    """Return the packages that are wanted, the active ones by default, at one call for each hundred."""
    statuses = wanted.statuses or (ACTIVE,)
    found = [one for status in statuses for one in client.packages.list(status=status, flow_type=flow_type)]
    now = client.account_time
    return PackageList(now, client.credits, packages_shown(found, wanted, now=now))


def packages_shown(packages: Iterable[Package], wanted: Wanted, *, now: datetime) -> tuple[PackageRow, ...]:
    """Return the rows of the packages that are wanted, by their last edit."""
    rows = [row for row in map(package_row, packages) if wanted.fits(row.owner, row.created_at, now=now)]
    edited = [(-(row.updated_at or row.created_at or now).timestamp(), row.id, row) for row in rows]
    return tuple(row for _, _, row in sorted(edited, key=lambda one: one[:2]))


def package_row(package: Package) -> PackageRow:
    """Return the row of a package."""
    return PackageRow(
        id=package.id,
        name=package.name or "",
        status=package.status,
        flow_type=package.flow_type,
        version=package.package_version,
        owner=owner_of(package.description),
        created_at=package.created_at,
        updated_at=package.updated_at,
        html_url=package.html_url,
    )
