"""What a program declares, what a state holds of it, and what a run reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.simulation_host import Properties
from xplenty_pulumi.core.kinds.kind import Kind


@dataclass(frozen=True)
class Declared:
    """A resource as a program declares it; a run names the cluster resource it is `on`."""

    kind: Kind
    inputs: Mapping[str, Any]
    on: str = ""


@dataclass(frozen=True)
class Entry:
    """A resource as the state holds it; `unfinished` is what the engine calls initialization errors."""

    kind: Kind
    id: str
    inputs: Properties
    outputs: Properties
    on: str = ""
    unfinished: bool = False
    pending_replacement: bool = False


@dataclass
class Report:
    """What one run did: each step as an operation and a resource, what failed, and what was said besides."""

    steps: list[tuple[str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    boundaries: list[str] = field(default_factory=list)
    crashed: bool = False

    @property
    def calm(self) -> bool:
        """Whether the run came to its end without a failure."""
        return not self.failures and not self.crashed


class Failed(Exception):
    """A step that failed."""
