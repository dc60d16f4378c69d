"""A 404, and what it means."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from xplenty_pulumi.client import Client, Cluster, Hook, Job
from xplenty_pulumi.errors import AuthError, NotFoundError, RefusedError

T = TypeVar("T")
R = TypeVar("R", Cluster, Job, Hook)


def or_none(get: Callable[[], T], client: Client) -> T | None:
    """Return what `get` returns, or None where the service does not know it, although it knows the account.

    Raises:
        AuthError: it does not know the account either, or the key may not see it; so nothing is known of what is there.
    """
    try:
        return get()
    except NotFoundError:
        require_account(client)
        return None


def or_listed(get: Callable[[], R], list_all: Callable[[], Iterable[R]], client: Client, *, number: int) -> R | None:
    """Return what `get` returns, or else the record with this id in a whole list, which a moment's 404 does not hide.

    Raises:
        AuthError: as `or_none`.
    """
    return or_none(get, client) or next((one for one in list_all() if one.id == number), None)


def require_account(client: Client) -> None:
    """Return where the key may see the clusters of the account.

    Raises:
        AuthError: the service does not know the account, or the key may not see it.
    """
    try:
        next(iter(client.clusters.list(page_size=1)), None)
    except NotFoundError:
        raise AuthError(
            "the service does not know the account (404), or the key may not see it, so what is in it can not be told",
            status=404,
            advice="Check XPLENTY_ACCOUNT_ID (xplenty:accountId), XPLENTY_API_URL (xplenty:apiUrl) and the key",
        ) from None


def packages_called(client: Client, name: str) -> list[int]:
    """Return the ids of all active packages with exactly this name, the lowest first."""
    return sorted(package.id for package in client.packages.list() if package.name == name)


def package_id(client: Client, name_or_id: str) -> str:
    """Return the id of the active package with exactly this name; a text of digits is an id itself.

    Raises:
        NotFoundError: there is none.
        RefusedError: there are several.
    """
    if name_or_id.strip().isascii() and name_or_id.strip().isdigit():
        return name_or_id.strip()
    found = packages_called(client, name_or_id)
    if not found:
        raise NotFoundError(
            "there is no active package of that name, so no run was started",
            status=404,
            resource=f"package {name_or_id!r}",
            advice="Names count exactly as they are written, capitals included; or give package_id",
        )
    if len(found) > 1:
        raise RefusedError(
            f"packages {', '.join(map(str, found))} all have that name, so no run was started",
            resource=f"package {name_or_id!r}",
            advice="Give the one that is meant as package_id",
        )
    return str(found[0])
