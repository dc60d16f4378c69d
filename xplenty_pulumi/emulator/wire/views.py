"""What all views of records share: times, addresses and the one user of the account."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from xplenty_pulumi.emulator.life.records import Moment

Json: TypeAlias = dict[str, Any]
USER_ID = 27
USER_NAME = "Emulated User"
USER_EMAIL = "user@example.com"


@dataclass(frozen=True, slots=True)
class Links:
    """Where this account is to be found; `base` has no slash at its end."""

    base: str
    account_id: str

    def api(self, tail: str) -> str:
        """Return the absolute URL of an account-scoped resource."""
        return f"{self.base}/{self.account_id}/api/{tail}"

    def page(self, tail: str) -> str:
        """Return the absolute URL of a resource's page for people."""
        return f"{self.base}/{self.account_id}/{tail}"


@lru_cache(maxsize=4096)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time_text(moment: Moment) -> str:
    """Return a moment as the API writes it: UTC, whole seconds."""
    return _second(int(moment))


def time_or_none(moment: Moment | None) -> str | None:
    """Return a moment as the API writes it, and null for one that has not come."""
    return None if moment is None else _second(int(moment))


def creator(links: Links) -> Json:
    """Return who made everything here: the one user of the account."""
    return {
        "type": "User",
        "id": USER_ID,
        "display_name": USER_NAME,
        "url": links.api(f"members/{USER_ID}"),
        "html_url": links.page(f"members/{USER_ID}"),
    }
