"""What an account holds of connections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class EmulatedConnection:
    """What packages read from and write to; clients know it by its type and its `number`.

    `failure` is the text with which its test fails; None lets it pass.
    """

    id: int
    number: int
    type: str
    name: str
    created_at: float
    updated_at: float
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    failure: str | None = None
