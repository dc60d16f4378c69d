"""What is shown of an account at a moment, row by row."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from xplenty_pulumi.client import RateLimit
from xplenty_pulumi.core.kinds.kind import Phase


class Row(Protocol):
    """One thing of the account."""

    @property
    def label(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def phase(self) -> Phase: ...

    @property
    def is_ended(self) -> bool: ...

    @property
    def headline(self) -> str: ...


@dataclass(frozen=True)
class Fact:
    """How something is; what `is_final` need not be shown any more."""

    text: str
    is_final: bool = field(compare=False)


@dataclass(frozen=True)
class AccountView(ABC):
    """What is shown of an account at a moment; `credits` is None where the calls left are not known."""

    at: datetime
    credits: RateLimit | None

    @property
    @abstractmethod
    def rows(self) -> Sequence[Row]:
        """Everything that is shown, in its order."""

    @property
    def has_failure(self) -> bool:
        """Whether something is shown that has failed and was not replaced, or that does not do what it should."""
        return any(row.phase is Phase.FAILED and not getattr(row, "replaced_by", None) for row in self.rows)

    @property
    def facts(self) -> dict[str, Fact]:
        """What can change, by the name of the thing."""
        return {row.label: Fact(row.headline, row.is_ended) for row in self.rows}
