"""What a program declares, what a state holds of it, and what a run reports."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.simulation.host import Properties
from tests.support.simulation.ledger import WHO
from tests.support.simulation.world import SimulatedWorld
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.marker import Marker, Owner, marker_of, scope_of
from xplenty_pulumi.core.kinds.registry import MARKED
from xplenty_pulumi.dynamic.state import OWNER, owner_of, owner_text

DECLARED: Mapping[str, Mapping[str, Any]] = {
    "package": {"name": "loads", "variables": {"day": "'x'"}, "validate": False},
    "schedule": {"packages": [{"package_id": 101}], "every": "1 day", "start_at": "2099-01-01T00:00:00Z"},
    "connection": {
        "type": "mysql",
        "name": "loads",
        "settings": {"username": "etl", "password": "pw-4711", "host": "db.example.test"},
    },
    "hook": {"type": "slack", "settings": {"url": "https://hooks.example.test/T0/token"}, "events": ["job.failed"]},
}
"""What a definition of each kind is declared with, but for what a test says."""


@dataclass(frozen=True)
class ProgramEntry:
    """A resource as a program declares it; a run names the cluster resource it is `on`."""

    kind: Kind
    inputs: Mapping[str, Any]
    on: str = ""


@dataclass(frozen=True)
class StateEntry:
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
    lasting: list[Hashable] = field(default_factory=list)
    """For each boundary, what tells apart what a process that dies there leaves behind."""
    crashed: bool = False

    @property
    def calm(self) -> bool:
        """Whether the run came to its end without a failure."""
        return not self.failures and not self.crashed

    def endings(self) -> list[int]:
        """Return the boundaries, by number, at which a death leaves something else behind than at the one before."""
        before = [None, *self.lasting]
        return [number for number, left in enumerate(self.lasting) if left != before[number]]


class Failed(Exception):
    """A step that failed."""


@dataclass
class Program:
    """What a stack declares, its saved state and the account it works on."""

    world: SimulatedWorld
    organization: str = "acme"
    name: str = "dev"
    delete_first: bool = True
    """Whether a replacement ends the old resource first, as the resources of this package always ask for."""
    program: dict[str, ProgramEntry] = field(default_factory=dict)
    disk: dict[str, StateEntry] = field(default_factory=dict)
    creating: set[str] = field(default_factory=set)
    """The creates that were under way when a run was killed: what the engine calls pending operations."""
    saves: int = 0

    def __post_init__(self) -> None:
        self.world.ledger.admit(self.organization, scope=scope_of(self.owner("any", CLUSTER)))

    def owner(self, name: str, kind: Kind) -> Owner:
        """Return who owns the resource of this name."""
        return owner_of({OWNER: self.owner_text(name, kind)})

    def owner_text(self, name: str, kind: Kind) -> str:
        """Return the hidden input that says so."""
        type_ = f"pulumi-python:dynamic/xplenty:{kind.resource}"
        return owner_text(self.organization, f"urn:pulumi:{self.name}::loads::{type_}::{name}")

    def marker(self, name: str, kind: Kind = CLUSTER) -> Marker:
        """Return the marker of the resource of this name."""
        return marker_of(self.owner(name, kind))

    def cluster(self, resource: str, /, **inputs: Any) -> None:
        """Declare a cluster of two nodes, or declare it anew."""
        self.program[resource] = ProgramEntry(CLUSTER, {"nodes": 2, **inputs})

    def job(self, name: str, on: str, /, *, rev: int = 0, **inputs: Any) -> None:
        """Declare a run on a cluster of the program; another `rev` makes it another run."""
        variables = {WHO: f"{self.organization}/{name}", "rev": str(rev)}
        self.program[name] = ProgramEntry(JOB_RUN, {"package_id": 101, "variables": variables, **inputs}, on=on)

    def define(self, kind: str, resource: str, /, **inputs: Any) -> None:
        """Declare a definition of this kind, or declare it anew."""
        self.program[resource] = ProgramEntry(MARKED[kind], {**DECLARED[kind], **inputs})
