"""What all documents have."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class VersionedDocument:
    """A document of a format that only ever gains fields."""

    version: Literal[1]
    """Version of the format. None of its fields is removed or changes its meaning without a new one."""


@dataclass(frozen=True, kw_only=True)
class CallBudget:
    """The hourly calls of the key's user."""

    limit: int
    """Calls in an hour."""
    remaining: int
    """Calls that are left of this hour."""


@dataclass(frozen=True, kw_only=True)
class AccountDocument(VersionedDocument):
    """What there is in an account at a moment."""

    at: datetime
    """When the account was read."""
    credits: CallBudget | None
    """The hour's calls; null where the service does not show them."""
