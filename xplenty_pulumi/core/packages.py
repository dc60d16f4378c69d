"""Packages by the name that people give them."""

from xplenty_pulumi.client import Client


def packages_called(client: Client, name: str) -> list[int]:
    """Return the ids of all active packages with exactly this name, the lowest first."""
    return sorted(package.id for package in client.packages.list() if package.name == name)
