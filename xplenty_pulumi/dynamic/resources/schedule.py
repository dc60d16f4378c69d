"""The resource `Schedule`."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import pulumi
from pulumi import Input, Output

from xplenty_pulumi.core.kinds.schedule import SCHEDULE, ReuseCluster
from xplenty_pulumi.dynamic import PUBLIC_MODULE
from xplenty_pulumi.dynamic.providers.definition import DefinitionProvider
from xplenty_pulumi.dynamic.resources.bases import Derivable, Observing
from xplenty_pulumi.dynamic.resources.declare import (
    Duration,
    declaration,
    look_up,
    or_default,
    spelled,
    spelled_variables,
)
from xplenty_pulumi.dynamic.resources.nested import SchedulePackage
from xplenty_pulumi.dynamic.state import Properties


class ScheduleProvider(DefinitionProvider):
    """Creates, changes, reads and removes schedules."""

    kind = SCHEDULE

    def headline(self, shown: Properties) -> str:
        """Return whether it is enabled, and when it runs next."""
        if not shown.get("enabled"):
            return "disabled"
        return f"enabled, next run {shown['next_run_at']}" if shown.get("next_run_at") else "enabled"


ScheduleProvider.__module__ = PUBLIC_MODULE


class ScheduleOutputs(Observing):
    """What a schedule shows."""

    packages: Output[list[dict[str, Any]]]
    """What it runs: `package_id` and `variables` of each package."""
    every: Output[str]
    """Time between two runs, such as `1 day`."""
    start_at: Output[str | None]
    """First run, ISO 8601 in UTC."""
    enabled: Output[bool]
    """Whether it runs at all."""
    name: Output[str]
    """Name for people."""
    description: Output[str]
    """Description without the ownership marker."""
    overlap: Output[bool]
    """Whether a run begins while an earlier one is active."""
    auto_retry: Output[bool]
    """Whether failed jobs are repeated."""
    auto_retry_attempts: Output[int]
    """How often a failed job is repeated."""
    reuse_cluster: Output[str]
    """Which clusters it runs on: `none`, `self` or `any` that exists, or else a new one."""
    nodes: Output[int]
    """Compute nodes of its clusters."""
    terminate_on_idle: Output[bool]
    """Whether its clusters end once they are idle."""
    time_to_idle: Output[int]
    """Time without work after which its clusters count as idle."""
    next_run_at: Output[str | None]
    """Next run, ISO 8601 in UTC; None while it is disabled."""
    last_run_at: Output[str | None]
    """Last run, ISO 8601 in UTC."""
    last_run_status: Output[str | None]
    """How the last run went, in the service's words."""
    execution_count: Output[int | None]
    """How often it has run."""
    created_at: Output[str | None]
    """When it was made, ISO 8601 in UTC."""
    updated_at: Output[str | None]
    """When its record last changed, ISO 8601 in UTC."""
    owner_id: Output[int | None]
    """User who owns it."""
    url: Output[str | None]
    """Address of the schedule in the API."""
    html_url: Output[str | None]
    """Page of the schedule, for people."""


class Schedule(ScheduleOutputs, Derivable, module="xplenty", name="Schedule"):
    """A schedule on which the service runs packages: read back as declared when `pulumi up` goes on.

    Everything changes in place, but for `start_at` once the schedule has run: a new schedule takes its place then. Its
    description ends in an ownership marker, so that a schedule whose creation got no answer is found again. Jobs and
    clusters that it has started are the service's and no part of the stack; removing it does not stop them.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        packages: Input[Sequence[Input[SchedulePackage] | Output[Mapping[str, Any]]]]
        | Output[Sequence[Mapping[str, Any]]],
        every: Input[str],
        start_at: Input[str] | None = None,
        enabled: Input[bool] | None = None,
        name: Input[str] | None = None,
        description: Input[str] | None = None,
        overlap: Input[bool] | None = None,
        auto_retry: Input[bool] | None = None,
        auto_retry_attempts: Input[int] | None = None,
        reuse_cluster: Input[ReuseCluster] | Output[str] | None = None,
        nodes: Input[int] | None = None,
        terminate_on_idle: Input[bool] | None = None,
        time_to_idle: Input[Duration] | None = None,
        notify: Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a schedule.

        Where an input takes one of a few texts, one that is computed is passed as an output, and the preview checks it:
        `reuse_cluster=Output.from_input(config.require("reuseCluster"))`.

        Args:
            resource_name: Name of the resource in the program.
            packages: What it runs: a list of `{"package_id": ..., "variables": {...}}`, all on one cluster. Variables
                are expressions, as those of a `JobRun`; `quote` makes a text of one.
            every: Time between two runs, such as `1 day`, `12 hours` or `30 minutes`; also weeks and months.
            start_at: First run, with its zone, such as `2026-12-01T02:00:00Z`; its seconds are dropped. Without it the
                service counts from the moment of the creation.
            enabled: Whether it runs at all; default true. `xplenty:schedules` can switch off those of a whole stack.
            name: Name for people; the name of the resource where none is given.
            description: Free text for people, to which the ownership marker is added.
            overlap: Run also while an earlier run is active; default true.
            auto_retry: Repeat jobs that fail; default false.
            auto_retry_attempts: How often a failed job is repeated, 1 to 5; default 3.
            reuse_cluster: Clusters it may run on: `any` that is large enough (default), its own (`self`), or `none`;
                it makes one where there is none.
            nodes: Compute nodes of a cluster that it makes; default 2.
            terminate_on_idle: End such a cluster once it is idle; default true.
            time_to_idle: Time without work after which such a cluster counts as idle; default 60, whose unit the
                service does not state.
            notify: Have the service notify the key's user when it is enabled or disabled (true) or not (false), by its
                watchers; without it they are left as they are.
            opts: Pulumi's resource options.
        """
        name = or_default(name, resource_name)
        inputs = {name: value for name, value in locals().items() if name in SCHEDULE.by_name}
        inputs["packages"] = _spelled_packages(packages)
        super().__init__(ScheduleProvider(), resource_name, *declaration(self, resource_name, inputs, opts))

    @classmethod
    def get(cls, resource_name: str, id: Input[str | int], opts: pulumi.ResourceOptions | None = None) -> Self:  # noqa: A002
        """Look up a schedule by its id; it is never changed or removed."""
        return look_up(cls, ScheduleProvider(), resource_name, resource_id=id, opts=opts)


def _spelled_packages(packages: object) -> object:
    """The packages with numbers and missing values as the engine keeps them."""
    if isinstance(packages, Output):
        return packages.apply(_spelled_packages)
    if not isinstance(packages, list | tuple):
        return packages
    return [_spelled_package(one) for one in packages]


def _spelled_package(package: object) -> object:
    if isinstance(package, Output):
        return package.apply(_spelled_package)
    if not isinstance(package, Mapping):
        return package
    return {name: spelled_variables(one) if name == "variables" else spelled(one) for name, one in package.items()}
