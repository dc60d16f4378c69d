"""A 404, and what it means."""

from collections.abc import Callable
from typing import TypeVar

from xplenty_pulumi.client import Client
from xplenty_pulumi.errors import AuthError, NotFoundError

T = TypeVar("T")


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
