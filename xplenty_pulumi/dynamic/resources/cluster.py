"""The resource `Cluster`."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import pulumi
from pulumi import Input, Output

from xplenty_pulumi.core.kinds.cluster import (
    CLUSTER,
    ActiveJobsOnTerminate,
    ClusterType,
    ClusterWaitFor,
    OnCreateFailure,
)
from xplenty_pulumi.dynamic.providers.cluster import ClusterProvider
from xplenty_pulumi.dynamic.resources.bases import Derivable, Observing
from xplenty_pulumi.dynamic.resources.declare import Duration, declaration, look_up
from xplenty_pulumi.dynamic.resources.nested import BootstrapAction


class ClusterOutputs(Observing):
    """What a cluster shows."""

    nodes: Output[int]
    """Compute nodes the cluster has."""
    time_to_idle: Output[int]
    """Seconds without work after which it counts as idle."""
    type: Output[str]
    """`production` or `sandbox`."""
    name: Output[str]
    """Name; where none was given, that which was made of the resource's name, or that of the service."""
    description: Output[str]
    """Description without the ownership marker."""
    status: Output[str]
    """Status in the service's words, such as `available` or `idle`."""
    region: Output[str | None]
    """Region id, such as `amazon-web-services::us-east-1`."""
    zone: Output[str | None]
    """Availability zone."""
    terminate_on_idle: Output[bool]
    """Whether the cluster ends once it is idle."""
    terminated_on_idle: Output[bool | None]
    """Whether it has ended because it was idle."""
    idle_since: Output[str | None]
    """When it became idle, ISO 8601 in UTC."""
    created_at: Output[str | None]
    """When it was requested, ISO 8601 in UTC."""
    updated_at: Output[str | None]
    """When its record last changed, ISO 8601 in UTC."""
    available_since: Output[str | None]
    """When it became available, ISO 8601 in UTC."""
    launched_at: Output[str | None]
    """When it was launched, ISO 8601 in UTC."""
    terminated_at: Output[str | None]
    """When it ended, ISO 8601 in UTC."""
    master_instance_type: Output[str | None]
    """Instance type of the master node."""
    slave_instance_type: Output[str | None]
    """Instance type of the compute nodes."""
    master_spot_price: Output[float | None]
    """Spot bid for the master node, in USD."""
    slave_spot_price: Output[float | None]
    """Spot bid for the compute nodes, in USD."""
    master_spot_percentage: Output[float | None]
    """Share of the master nodes bought on the spot market, 0 to 1."""
    slave_spot_percentage: Output[float | None]
    """Share of the compute nodes bought on the spot market, 0 to 1."""
    allow_fallback: Output[bool | None]
    """Whether on-demand nodes are used where the spot market has none."""
    stack: Output[str | None]
    """Software stack id."""
    bootstrap_actions: Output[list[dict[str, Any]] | None]
    """Scripts run on the nodes at start."""
    creator: Output[dict[str, Any] | None]
    """Who requested it: `type`, `id`, `display_name`, `url`, `html_url`."""
    plan_id: Output[Any]
    """Plan it runs under, where the service shows it."""
    url: Output[str | None]
    """Address of its record in the API."""
    html_url: Output[str | None]
    """Page for people."""
    running_jobs_count: Output[int | None]
    """Jobs running on it when it was last read."""
    queued_jobs_count: Output[int | None]
    """Jobs waiting for it when it was last read."""
    owner_id: Output[int | None]
    """Id of the user it belongs to."""


class Cluster(Derivable, ClusterOutputs, module="xplenty", name="Cluster"):
    """A cluster that is `available` with all its nodes when `pulumi up` goes on, and `terminated` after a destroy.

    `nodes`, `name`, `description`, `terminate_on_idle` and `time_to_idle` change in place; any other change replaces
    the cluster, the old one ended first. Outputs show what the service shows, not what was asked for.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        nodes: Input[int] | None = None,
        type: Input[ClusterType] | Output[str] | None = None,  # noqa: A002 - the service's own name for it
        name: Input[str] | None = None,
        description: Input[str] | None = None,
        terminate_on_idle: Input[bool] | None = None,
        time_to_idle: Input[Duration] | None = None,
        region: Input[str] | None = None,
        zone: Input[str] | None = None,
        master_instance_type: Input[str] | None = None,
        slave_instance_type: Input[str] | None = None,
        master_spot_price: Input[float] | None = None,
        slave_spot_price: Input[float] | None = None,
        master_spot_percentage: Input[float] | None = None,
        slave_spot_percentage: Input[float] | None = None,
        allow_fallback: Input[bool] | None = None,
        stack: Input[str] | None = None,
        bootstrap_actions: Input[Sequence[Input[BootstrapAction] | Output[Mapping[str, Any]]]]
        | Output[Sequence[Mapping[str, Any]]]
        | None = None,
        wait_for: Input[ClusterWaitFor] | Output[str] | None = None,
        on_create_failure: Input[OnCreateFailure] | Output[str] | None = None,
        active_jobs_on_terminate: Input[ActiveJobsOnTerminate] | Output[str] | None = None,
        ready_timeout: Input[Duration] | None = None,
        terminate_timeout: Input[Duration] | None = None,
        notify: Input[bool] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a cluster.

        Where an input takes one of a few texts, one that is computed is passed as an output, and the preview checks it:
        `type=Output.from_input(config.require("type"))`.

        Args:
            resource_name: Name of the resource in the program; not the cluster's name.
            nodes: Compute nodes: 2 up to the plan's maximum for production; exactly 1 for a sandbox, which needs none
                to be given.
            type: Kind of cluster: `production` (default) or `sandbox`.
            name: Name; where none is given it is made of the resource's name and seven hexadecimal digits, such as
                `etl-3f2a91c`, or as `pulumi:autonaming` says.
            description: Free text for people.
            terminate_on_idle: End the cluster once it is idle; default false.
            time_to_idle: Time without work after which it counts as idle, in whole seconds or as `45m`; default 1 hour.
            region: Region id, one that `xplenty-pulumi regions` lists; the account's own where none is given.
            zone: Availability zone.
            master_instance_type: Instance type of the master node.
            slave_instance_type: Instance type of the compute nodes.
            master_spot_price: Spot bid for the master node, in USD.
            slave_spot_price: Spot bid for the compute nodes, in USD.
            master_spot_percentage: Share of the master nodes bought on the spot market, 0 to 1.
            slave_spot_percentage: Share of the compute nodes bought on the spot market, 0 to 1.
            allow_fallback: Use on-demand nodes where the spot market has none.
            stack: Software stack id.
            bootstrap_actions: Scripts run on the nodes at start: `{"script_path": ..., "args": [...]}`.
            wait_for: What a create, a resize and a destroy wait for: `ready` (default: available with all its nodes, or
                terminated), or `accepted` (the service shows it at work, and a run waits for the cluster itself).
            on_create_failure: What becomes of a new cluster that ends in `error`: `terminate` (default) or `keep`.
            active_jobs_on_terminate: What becomes of jobs active on it when it is to end, whoever started them: `stop`
                (default, seen to be stopped), `wait`, or `fail` (the cluster is left as it is).
            ready_timeout: How long it may take to become ready, in seconds or as `30m`; default 30 minutes.
            terminate_timeout: How long it may take to end; default 20 minutes.
            notify: Have the service notify the key's user of what becomes of the cluster (true) or not (false), by
                its watchers; without it they are left as they are: who made a cluster watches it. A change by somebody
                else is drift, at one call per refresh.
            opts: Pulumi's resource options; `custom_timeouts` go before the two time-outs above.
        """
        inputs = {name: value for name, value in locals().items() if name in CLUSTER.by_name}
        super().__init__(ClusterProvider(), resource_name, *declaration(self, resource_name, inputs, opts))

    @classmethod
    def get(cls, resource_name: str, id: Input[str | int], opts: pulumi.ResourceOptions | None = None) -> Self:  # noqa: A002
        """Look up a living cluster by its id; it is never changed or ended."""
        return look_up(cls, ClusterProvider(), resource_name, resource_id=id, opts=opts)
