"""The resources that a Pulumi program declares."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import pulumi
from pulumi import Input, Output
from pulumi.dynamic import Resource, ResourceProvider

from xplenty_pulumi.core.kinds import CLUSTER, JOB_RUN
from xplenty_pulumi.dynamic.inputs import OWNER, owner_text
from xplenty_pulumi.dynamic.providers import ClusterProvider, JobRunProvider
from xplenty_pulumi.dynamic.secrets import SECRETS, secret_names

Duration = float | int | str
"""Seconds as a number, or a text such as `90s`, `30m` or `1h30m`."""

ResourceT = TypeVar("ResourceT", bound=Resource)


class Cluster(Resource, module="xplenty", name="Cluster"):
    """A cluster that is `available` with all its nodes when `pulumi up` goes on, and `terminated` after a destroy.

    `nodes`, `name`, `description`, `terminate_on_idle` and `time_to_idle` change in place; any other change replaces
    the cluster, the old one ended first. Outputs show what the service shows, not what was asked for.
    """

    nodes: Output[int]
    """Compute nodes the cluster has."""
    type: Output[str]
    """`production` or `sandbox`."""
    name: Output[str]
    """Name, made up by the service where none was given."""
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
    time_to_idle: Output[int]
    """Seconds without work after which it counts as idle."""
    terminated_on_idle: Output[bool | None]
    """Whether it has ended because it was idle."""
    idle_since: Output[str | None]
    """When it became idle, ISO 8601 in UTC."""
    running_jobs_count: Output[int | None]
    """Jobs running on it at the last look."""
    created_at: Output[str | None]
    """When it was requested, ISO 8601 in UTC."""
    updated_at: Output[str | None]
    """When its record last changed, ISO 8601 in UTC."""
    available_since: Output[str | None]
    """When it became available, ISO 8601 in UTC."""
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
    owner_id: Output[int | None]
    """Id of the user it belongs to."""
    plan_id: Output[Any]
    """Plan it runs under, where the service says so."""
    url: Output[str | None]
    """Address of its record in the API."""
    html_url: Output[str | None]
    """Page for people."""

    def __init__(
        self,
        resource_name: str,
        *,
        nodes: Input[int],
        type: Input[str] | None = None,  # noqa: A002 - the service's own name for it
        name: Input[str] | None = None,
        description: Input[str] | None = None,
        terminate_on_idle: Input[bool] | None = None,
        time_to_idle: Input[int] | None = None,
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
        bootstrap_actions: Input[Sequence[Input[Mapping[str, Any]]]] | None = None,
        marker: Input[bool] | None = None,
        on_create_failure: Input[str] | None = None,
        active_jobs_on_terminate: Input[str] | None = None,
        ready_timeout: Input[Duration] | None = None,
        terminate_timeout: Input[Duration] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a cluster.

        Args:
            resource_name: Name of the resource in the program; not the cluster's name.
            nodes: Compute nodes: exactly 1 for a sandbox, 2 up to the plan's maximum for production.
            type: `production` (default) or `sandbox`.
            name: Name; the service makes one up where none is given.
            description: Free text for people.
            terminate_on_idle: End the cluster once it is idle; default false.
            time_to_idle: Seconds without work after which it counts as idle; default 3600.
            region: Region id; the account's own where none is given.
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
            marker: Sign the description with a short ownership marker, so that a cluster whose creation got no answer
                is found again; default true. Without it such a cluster can be lost.
            on_create_failure: What becomes of a new cluster that ends in `error`: `terminate` (default) or `keep`.
            active_jobs_on_terminate: What becomes of jobs active on it when it is to end, whoever started them: `stop`
                (default, seen to be stopped), `wait`, or `fail` (the cluster is left as it is).
            ready_timeout: How long it may take to become ready, in seconds or as `30m`; default 30 minutes.
            terminate_timeout: How long it may take to end; default 20 minutes.
            opts: Pulumi's resource options; `custom_timeouts` go before the two time-outs above.
        """
        inputs = {name: value for name, value in locals().items() if name in CLUSTER.by_name}
        _declare(self, ClusterProvider(), resource_name, inputs=inputs, opts=opts)

    @classmethod
    def get(cls, resource_name: str, id: Input[str], opts: pulumi.ResourceOptions | None = None) -> "Cluster":  # noqa: A002
        """Look up a living cluster by its id; it is never changed or ended."""
        return _look_up(cls, ClusterProvider(), resource_name, resource_id=id, opts=opts)


class JobRun(Resource, module="xplenty", name="JobRun"):
    """One run of a package on a cluster; `completed` when `pulumi up` goes on, or the `up` fails.

    Any changed input, `triggers` included, plans a new run; so does a run that failed or was stopped. Destroying stops
    a run that is still going and waits until it has ended; a run that has ended is only forgotten.
    """

    cluster_id: Output[str]
    """Cluster it runs on."""
    package_id: Output[str]
    """Package it runs."""
    variables: Output[dict[str, str] | None]
    """Values it was given."""
    dynamic_variables: Output[dict[str, str] | None]
    """Expressions it was given."""
    status: Output[str]
    """Status in the service's words, such as `running` or `completed`."""
    progress: Output[float | None]
    """Share that is done, 0 to 1."""
    errors: Output[str | None]
    """The run's own error text."""
    outputs: Output[list[dict[str, Any]] | None]
    """What it wrote: `name`, `records_count` and more for each output."""
    outputs_count: Output[int | None]
    """How many outputs the service counts."""
    runtime_in_seconds: Output[int | None]
    """Seconds it ran."""
    created_at: Output[str | None]
    """When it was submitted, ISO 8601 in UTC."""
    started_at: Output[str | None]
    """When it began to run, ISO 8601 in UTC."""
    completed_at: Output[str | None]
    """When it ended, in whatever way, ISO 8601 in UTC."""
    failed_at: Output[str | None]
    """When it failed, where the service says so, ISO 8601 in UTC."""
    updated_at: Output[str | None]
    """When its record last changed, ISO 8601 in UTC."""
    creator: Output[dict[str, Any] | None]
    """Who started it: `type`, `id`, `display_name`, `url`, `html_url`."""
    owner_id: Output[int | None]
    """Id of the user it belongs to."""
    url: Output[str | None]
    """Address of its record in the API."""
    html_url: Output[str | None]
    """Page for people."""
    log_url: Output[str | None]
    """Address of its log in the API."""

    def __init__(
        self,
        resource_name: str,
        *,
        cluster_id: Input[str | int],
        package_id: Input[str | int],
        variables: Input[Mapping[str, Input[str | int | float | bool]]] | None = None,
        dynamic_variables: Input[Mapping[str, Input[str]]] | None = None,
        triggers: Input[Sequence[Any] | Mapping[str, Any]] | None = None,
        on_unsure: Input[str] | None = None,
        timeout: Input[Duration] | None = None,
        stop_timeout: Input[Duration] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a run.

        Args:
            resource_name: Name of the resource in the program.
            cluster_id: Cluster to run on, such as `cluster.id`.
            package_id: Package to run.
            variables: Values for the package's variables. The service reads a value as an expression: a string constant
                carries its own single quotes, which `xplenty_pulumi.quote` puts on: `{"DAY": quote("2026-01-31")}`.
                A `pulumi.Output.secret` stays secret in the state.
            dynamic_variables: Expressions evaluated when the run starts, such as `{"NOW": "CurrentTime()"}`.
            triggers: Anything whose change should bring about a new run, such as a file's hash.
            on_unsure: What to do when it can not be told whether the run was started: `verify` (default: look for it
                and start nothing twice), `refuse`, or `rerun` for a package that may safely run twice.
            timeout: How long the run may take from submission, in seconds or as `2h`; default 24 hours. When it is
                over the run goes on, and the next `pulumi up` goes on following it.
            stop_timeout: How long stopping may take; default 20 minutes.
            opts: Pulumi's resource options; `custom_timeouts` go before the two time-outs above.
        """
        inputs = {name: value for name, value in locals().items() if name in JOB_RUN.by_name}
        inputs[SECRETS] = secret_names(variables, dynamic_variables)
        _declare(self, JobRunProvider(), resource_name, inputs=inputs, opts=opts)

    @classmethod
    def get(cls, resource_name: str, id: Input[str], opts: pulumi.ResourceOptions | None = None) -> "JobRun":  # noqa: A002
        """Look up a run by its id; it is never stopped."""
        return _look_up(cls, JobRunProvider(), resource_name, resource_id=id, opts=opts)


def _declare(
    resource: Resource,
    provider: ResourceProvider,
    name: str,
    *,
    inputs: Mapping[str, object],
    opts: pulumi.ResourceOptions | None,
) -> None:
    options = opts or pulumi.ResourceOptions()
    token = f"pulumi-python:{resource._resource_type_name}"  # noqa: SLF001 - the SDK has no public name for it
    urn = pulumi.create_urn(name, token, options.parent)
    scope = pulumi.Config("xplenty").get("scope")
    organization = pulumi.get_organization()
    owner = Output.concat(owner_text(f"{organization}/{scope}" if scope else organization, ""), urn)
    properties = {**_outputs_of(type(resource)), **inputs, OWNER: owner}
    # Without this a replacement would find its living predecessor by the marker they share.
    deleted_first = pulumi.ResourceOptions(delete_before_replace=True)
    Resource.__init__(resource, provider, name, properties, pulumi.ResourceOptions.merge(deleted_first, options))


def _look_up(
    cls: type[ResourceT],
    provider: ResourceProvider,
    name: str,
    *,
    resource_id: Input[str],
    opts: pulumi.ResourceOptions | None,
) -> ResourceT:
    resource = cls.__new__(cls)
    options = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=resource_id))
    Resource.__init__(resource, provider, name, _outputs_of(cls), options)
    return resource


def _outputs_of(cls: type[Resource]) -> dict[str, object]:
    """Every annotated output, not yet known: the host gives a resource only the attributes it is told of."""
    return dict.fromkeys(cls.__annotations__)
