"""Packages, their validations and the tasks of workflows: records, and what a flow says about them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.knobs import require

VALIDATION_STATUSES = ("running", "completed", "failed")


@dataclass(frozen=True, slots=True)
class PackageSeed:
    """A package; a run of it takes `run_seconds` and completes, or fails with the text `failure`.

    `needed_nodes` is the size of cluster that a run waits for; `outputs` are the names and record counts it writes.
    A validation fails with the text `invalid`, until the flow changes, and with that of each component of the flow
    that has a `fails_validation`. A workflow runs the components of its flow that have a `name` and a `package_id`,
    one after the other, and each takes as long, and fails, as its package does.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    id: int
    name: str
    description: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    status: Literal["active", "archived"] = "active"
    flow_type: Literal["dataflow", "workflow"] = "dataflow"
    data_flow_json: str = "{}"
    invalid: str | None = None
    run_seconds: float | None = None
    failure: str | None = None
    needed_nodes: int = 1
    outputs: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(self.id >= 1, "id", "must be 1 or more", got=self.id)
        require((self.run_seconds or 0) >= 0, "run_seconds", "must be 0 or more", got=self.run_seconds)
        require(self.needed_nodes >= 1, "needed_nodes", "must be 1 or more", got=self.needed_nodes)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatedPackage(PackageSeed):
    """A data package of the account."""

    created_at: Moment
    updated_at: Moment
    flow_version: str = "2.0.0"
    version: int = 1


@dataclass(frozen=True, slots=True)
class EmulatedValidation:
    """A check of a package as it was at `created_at`, which takes so many `seconds` and then has found `errors`."""

    id: int
    package_id: int
    created_at: Moment
    updated_at: Moment
    seconds: float
    status: str = "running"
    errors: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EmulatedTask:
    """A step of a workflow that runs a package, as job `id`."""

    id: int
    name: str
    package_id: int
    seconds: float
    failure: str | None = None


def saved(package: EmulatedPackage, *, at: Moment, **fields: Any) -> EmulatedPackage:
    """Return the package after a save; one that changes nothing is none."""
    changed = replace(package, **fields)
    if changed.data_flow_json != package.data_flow_json:
        changed = replace(changed, invalid=None)
    return package if changed == package else replace(changed, updated_at=at, version=package.version + 1)


def settled(validation: EmulatedValidation, *, now: Moment) -> EmulatedValidation:
    """Return the validation as it is by `now`."""
    end = validation.created_at + validation.seconds
    return ended(validation, at=end) if validation.status == "running" and end <= now else validation


def ended(validation: EmulatedValidation, *, at: Moment) -> EmulatedValidation:
    """Return the validation with its result."""
    return replace(validation, status="failed" if validation.errors else "completed", updated_at=at)


def flaws(package: EmulatedPackage) -> tuple[Mapping[str, str], ...]:
    """Return what a validation finds: what is wrong with the package, then with its components, as planted."""
    of_package = [package.invalid, None if flow_of(package) is not None else "The flow is not valid JSON"]
    of_components = [
        {"message": str(message), "component_id": str(component.get("id", ""))}
        for component in components(package)
        if (message := component.get("fails_validation"))
    ]
    return (*({"message": message} for message in of_package if message), *of_components)


def flow_of(package: EmulatedPackage) -> Any:
    """Return the flow as the value that its JSON is, None for a flow that is not JSON."""
    try:
        return json.loads(package.data_flow_json)
    except (ValueError, RecursionError):
        return None


def components(package: EmulatedPackage) -> Iterator[Mapping[str, Any]]:
    """Yield every object in the package's flow, in its order."""
    waiting = [flow_of(package)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
        inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        waiting += reversed(inner)
