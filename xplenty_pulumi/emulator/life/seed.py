"""What an account holds when it begins: its name and key, its regions, packages and schedules."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.knobs import Knobs, require
from xplenty_pulumi.emulator.life.packages import EmulatedPackage, PackageSeed
from xplenty_pulumi.emulator.life.schedules import EmulatedSchedule, replanned
from xplenty_pulumi.emulator.life.world import World
from xplenty_pulumi.errors import ConfigError

REGIONS = (
    "amazon-web-services::us-east-1",
    "amazon-web-services::us-west-1",
    "amazon-web-services::us-west-2",
    "amazon-web-services::eu-west-1",
    "amazon-web-services::ap-southeast-1",
    "amazon-web-services::ap-southeast-2",
    "amazon-web-services::ap-northeast-1",
    "amazon-web-services::sa-east-1",
    "gcloud::asia-east1",
    "gcloud::europe-west1",
    "gcloud::us-central1",
)
STACKS = ("vanila-everest", "white-everest", "mint-everest", "lime-everest", "blue-everest")


@dataclass(frozen=True, slots=True)
class TaskPackageSeed:
    """A package that a schedule runs."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    package_id: int
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScheduleSeed:
    """A schedule that was made 30 days ago and has not run; an enabled one runs after its interval."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    id: int
    name: str
    description: str = ""
    status: Literal["enabled", "disabled"] = "disabled"
    interval_amount: int = 1
    interval_unit: Literal["minutes", "hours", "days", "weeks", "months"] = "hours"
    overlap: bool = True
    reuse_cluster_strategy: Literal["none", "self", "any"] = "any"
    nodes: int = 2
    terminate_on_idle: bool = True
    time_to_idle: int = 60
    packages: tuple[TaskPackageSeed, ...] = ()

    def __post_init__(self) -> None:
        require(self.id >= 1, "id", "must be 1 or more", got=self.id)
        require(self.interval_amount >= 1, "interval_amount", "must be 1 or more", got=self.interval_amount)


def default_packages() -> tuple[PackageSeed, ...]:
    """Return the packages of an account that was given none: three that complete, one that fails, one that is big.

    The newest, which a list shows first, runs on any cluster.
    """
    return (
        PackageSeed(
            101,
            "Daily sales",
            description="Sums up the sales of one day",
            variables={"day": "'2026-01-01'", "output_path": "'/sales'"},
            outputs={"daily_sales": 10_415},
        ),
        PackageSeed(
            102,
            "Customer import",
            description="Copies customers from the shop into the warehouse",
            variables={"since": "'2026-01-01'"},
            run_seconds=90,
            outputs={"customers": 423, "rejected_customers": 7},
        ),
        PackageSeed(
            103,
            "Broken import",
            description="Always fails, to show what a failure looks like",
            run_seconds=20,
            failure="Package failed to execute: input path not found.",
        ),
        PackageSeed(
            104,
            "Nightly rebuild",
            description="Waits in the queue on clusters with fewer than 4 nodes",
            run_seconds=600,
            needed_nodes=4,
            outputs={"warehouse": 2_500_000},
        ),
        PackageSeed(105, "Old sales report", status="archived", description="Archived, so a run of it is refused"),
        PackageSeed(
            106,
            "Hello",
            description="Completes on any cluster, a sandbox included",
            run_seconds=30,
            outputs={"greetings": 1},
        ),
    )


def default_schedules() -> tuple[ScheduleSeed, ...]:
    """Return the schedules of an account that was given none; both are disabled, so nothing runs unasked."""
    return (
        ScheduleSeed(301, "Every night", interval_unit="days", packages=(TaskPackageSeed(101),)),
        ScheduleSeed(302, "Customers by the hour", packages=(TaskPackageSeed(102, {"since": "'2026-01-01'"}),)),
    )


@dataclass(frozen=True, slots=True)
class Seed:
    """An account as it begins."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    account_id: str = "emulated-account"
    """What follows the host in the address of each call."""
    api_key: str = ""
    """The key that calls need; empty means a random one."""
    region: str = REGIONS[0]
    """The region of clusters that name none."""
    regions: tuple[str, ...] = REGIONS
    """The regions in which clusters can be created."""
    stacks: tuple[str, ...] = STACKS
    """The versions of the service's software that a cluster may name."""
    packages: tuple[PackageSeed, ...] = field(default_factory=default_packages)
    """The packages of the account."""
    schedules: tuple[ScheduleSeed, ...] = field(default_factory=default_schedules)
    """The schedules of the account."""
    clusters_that_fail: tuple[str, ...] = ()
    """Names, with `*` for any text, of clusters that end in `error` instead of becoming available."""
    connections_that_fail: tuple[str, ...] = ()
    """Names, with `*` for any text, of connections whose test fails."""

    def __post_init__(self) -> None:
        named = bool(self.account_id) and "/" not in self.account_id
        require(named, "account_id", "must be a text without slashes", got=self.account_id)
        require(self.region in self.regions, "region", f"must be one of {', '.join(self.regions)}", got=self.region)
        for name, seeds in (("packages", self.packages), ("schedules", self.schedules)):
            ids = [seed.id for seed in seeds]
            require(len(set(ids)) == len(ids), name, "must have different ids", got=ids)

    def with_key(self) -> "Seed":
        """Return this seed with a key: its own or a random one."""
        return self if self.api_key else replace(self, api_key=secrets.token_hex(16))


T = TypeVar("T")
_AGE_SECONDS = 30 * 86400


def plant(world: World, seed: Seed) -> None:
    """Put everything the seed names into `world`, as made a while ago."""
    made_at = world.now - _AGE_SECONDS
    for package in seed.packages:
        world.put(package_of(package, now=made_at))
    for schedule in seed.schedules:
        given = _given(schedule)
        task = {name: given.pop(name) for name in ("nodes", "terminate_on_idle", "time_to_idle", "packages")}
        task["packages"] = [_given(package) for package in schedule.packages]
        made = EmulatedSchedule(created_at=made_at, updated_at=made_at, start_at=made_at, task=task, **given)
        world.put(replanned(made, at=world.now))


def package_of(seed: PackageSeed, *, now: Moment) -> EmulatedPackage:
    """Return the package that a seed describes."""
    return EmulatedPackage(created_at=now, updated_at=now, **_given(seed))


def _given(seed: PackageSeed | ScheduleSeed | TaskPackageSeed) -> dict[str, Any]:
    return {field.name: getattr(seed, field.name) for field in fields(seed)}


def read_seed_file(path: Path) -> tuple[Seed, Knobs]:
    """Return the seed and the knobs of a file; raises ConfigError that names the file and the field."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unusable(path, error.strerror or "it cannot be read") from None
    except (ValueError, RecursionError):
        raise _unusable(path, "it is not valid JSON in UTF-8") from None
    if not isinstance(document, dict):
        raise _unusable(path, "it must hold one JSON object")
    knobs = document.pop("knobs", {})
    return _checked(Seed, document, path=path, prefix=""), _checked(Knobs, knobs, path=path, prefix="knobs.")


def _checked(kind: type[T], value: Any, *, path: Path, prefix: str) -> T:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - only a seed file needs this import

    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        field = prefix + ".".join(str(part) for part in first["loc"])
        raise _unusable(path, f"{field.rstrip('.')}: {first['msg']}") from None
    except ConfigError as error:
        raise _unusable(path, error.message) from None


def _unusable(path: Path, reason: str) -> ConfigError:
    return ConfigError(
        f"the seed file {path} cannot be used: {reason}",
        setting="seed-file",
        advice="Correct the file, or leave it out to start with example packages and schedules.",
    )
