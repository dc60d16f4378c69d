"""What a client of an emulated account is given, the settings that a process reads, and an end to what it opens."""

from typing import Any

from xplenty_pulumi.client import Client
from xplenty_pulumi.dynamic.providers import sessions
from xplenty_pulumi.emulator import Emulator


def client_of(account: Emulator, **options: Any) -> Client:
    """Return a client of the account."""
    return Client(api_key=account.api_key, account_id=account.account_id, base_url=account.url, **options)


def settings_of(account: Emulator) -> dict[str, str]:
    """Return the environment that names the account."""
    return {
        "XPLENTY_API_URL": account.url,
        "XPLENTY_ACCOUNT_ID": account.account_id,
        "XPLENTY_API_KEY": account.api_key,
    }


def forget_sessions() -> None:
    """Close and let go of what providers have opened in this process, which they keep for its life."""
    for session in sessions._sessions.values():
        session.client.close()
    sessions._sessions.clear()
