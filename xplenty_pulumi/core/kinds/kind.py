"""What can be known about a kind of resource."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from xplenty_pulumi.core.kinds.inputs import Reader


class Change(Enum):
    """What a changed field asks for."""

    IN_PLACE = "in place"
    REPLACE = "replace"
    LOCAL = "local"
    """Steers this tool, or is seen to by calls of its own: no record of the service shows it."""


class Phase(Enum):
    """What a status means to somebody who waits."""

    BUILDING = "building"
    READY = "ready"
    SCALING = "scaling"
    RUNNING = "running"
    ENDING = "ending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    GONE = "gone"
    UNKNOWN = "unknown"
    """A status this version has never heard of: neither the goal nor a failure, and not the end."""


@dataclass(frozen=True)
class Field:
    """One input of a kind: how it is read, what changing it means, and what stands where the user says nothing."""

    name: str
    read: Reader
    change: Change
    about: str
    default: object = None
    required: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of resource: its inputs, and the meaning of every status the service is known to give it."""

    name: str
    fields: tuple[Field, ...]
    phases: Mapping[str, Phase]
    living: frozenset[Phase]
    by_name: Mapping[str, Field] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", MappingProxyType({one.name: one for one in self.fields}))

    def phase(self, status: str) -> Phase:
        """Return what `status` means; `Phase.UNKNOWN` for one that no source names."""
        return self.phases.get(status, Phase.UNKNOWN)

    def is_living(self, status: str) -> bool:
        """Return whether something with this status still works or can come to work, so may be adopted."""
        return self.phase(status) in self.living

    def statuses(self, *phases: Phase) -> tuple[str, ...]:
        """Return every known status that means one of `phases`."""
        return tuple(status for status, phase in self.phases.items() if phase in phases)

    def completed(self, inputs: Mapping[str, object], seen: Mapping[str, object]) -> dict[str, object]:
        """Return `inputs` with the defaults of the fields that they leave open and that `seen` has a value for."""
        shown = [one for one in self.fields if seen.get(one.name) is not None]
        return {**{one.name: one.default for one in shown if one.default is not None}, **inputs}

    def names(self, change: Change) -> tuple[str, ...]:
        """Return the names of the fields whose change asks for `change`."""
        return tuple(one.name for one in self.fields if one.change is change)
