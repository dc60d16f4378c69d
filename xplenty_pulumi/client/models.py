"""What the service answers with, as frozen values.

Unknown fields are kept and unknown statuses accepted. Every field but the identifying ones is None when the service
leaves it out, sends null, or sends something that cannot be read as the documented type; numbers and booleans sent as
strings are read. Of several outputs those that can be read are kept. Times are aware and in UTC.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xplenty_pulumi.client.parsing import Errors, Flow, Id, Lenient, Moment, Several, Status


class Record(BaseModel):
    """The base of every model; `repr` shows only what identifies a record, because the rest may hold secrets."""

    model_config = ConfigDict(
        frozen=True, extra="allow", coerce_numbers_to_str=True, allow_inf_nan=False, defer_build=True
    )

    shown_fields: ClassVar[tuple[str, ...]] = ("id", "name", "status")

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return [(name, getattr(self, name)) for name in self.shown_fields if name in type(self).model_fields]


class Identified(Record):
    """A record that is identified by its id."""

    id: Id

    @property
    def key(self) -> int | str:
        """What its calls are about: its id, or more where an id is one only within a type."""
        return self.id


class Creator(Record):
    """Who made a record: `type` is `User` or `Schedule`."""

    type: Lenient[str] = None
    id: Lenient[int] = None
    display_name: Lenient[str] = None
    url: Lenient[str] = None
    html_url: Lenient[str] = None


class BootstrapAction(Record):
    """A script that runs on every node of a cluster before it becomes available."""

    script_path: str
    args: Lenient[tuple[str, ...]] = None


class Cluster(Identified):
    """A cluster; it costs money from `creating` until `terminated`."""

    status: Status
    name: Lenient[str] = None
    description: Lenient[str] = None
    owner_id: Lenient[int] = None
    plan_id: Lenient[int | str] = None
    nodes: Lenient[int] = None
    type: Lenient[str] = None
    created_at: Lenient[Moment] = None
    updated_at: Lenient[Moment] = None
    available_since: Lenient[Moment] = None
    launched_at: Lenient[Moment] = None
    terminated_at: Lenient[Moment] = None
    running_jobs_count: Lenient[int] = None
    queued_jobs_count: Lenient[int] = None
    terminate_on_idle: Lenient[bool] = None
    time_to_idle: Lenient[int] = None
    idle_since: Lenient[Moment] = None
    terminated_on_idle: Lenient[bool] = None
    region: Lenient[str] = None
    zone: Lenient[str] = None
    master_instance_type: Lenient[str] = None
    slave_instance_type: Lenient[str] = None
    master_spot_price: Lenient[float] = None
    slave_spot_price: Lenient[float] = None
    master_spot_percentage: Lenient[float] = None
    slave_spot_percentage: Lenient[float] = None
    allow_fallback: Lenient[bool] = None
    stack: Lenient[str] = None
    bootstrap_actions: Lenient[tuple[BootstrapAction, ...]] = None
    creator: Lenient[Creator] = None
    url: Lenient[str] = None
    html_url: Lenient[str] = None

    @model_validator(mode="before")
    @classmethod
    def _mend_spelling(cls, data: object) -> object:
        """The documented answer to create spells `time_to_idle` as `time_to_idol`."""
        if isinstance(data, Mapping) and "time_to_idol" in data and "time_to_idle" not in data:
            return {("time_to_idle" if key == "time_to_idol" else key): value for key, value in data.items()}
        return data


class Instance(Record):
    """One machine of a cluster; plans without this feature do not list them."""

    shown_fields = ("instance_id", "status")

    instance_id: Annotated[str, Field(min_length=1)]
    status: Status
    private_dns: Lenient[str] = None
    public_dns: Lenient[str] = None
    master: Lenient[bool] = None
    spot: Lenient[bool] = None
    vpc: Lenient[bool] = None
    zone: Lenient[str] = None
    instance_type: Lenient[str] = None
    url: Lenient[str] = None


class Watcher(Record):
    """A user who is notified of events of a cluster or a job."""

    id: Id
    display_name: Lenient[str] = None


class JobOutput(Record):
    """One destination a job writes to; `component` is the package's part that writes it."""

    id: Id
    name: Lenient[str] = None
    records_count: Lenient[int] = None
    progress: Lenient[float] = None
    created_at: Lenient[Moment] = None
    updated_at: Lenient[Moment] = None
    preview_url: Lenient[str] = None
    preview_type: Lenient[str] = None
    url: Lenient[str] = None
    component: Lenient[dict[str, object]] = None


class LogSummary(Record):
    """The service's own reading of a failed job's log."""

    shown_fields = ("id",)

    id: Lenient[int] = None
    body: Lenient[str] = None
    error_summary: Lenient[str] = None
    openai_extract: Lenient[str] = None
    action_items: Lenient[tuple[str, ...]] = None
    created_at: Lenient[Moment] = None


class Job(Identified):
    """One run of a package on a cluster.

    `progress` goes from 0.0 to 1.0. `package` and `cluster` have id, name and url at least; that they are there without
    `include` is documented and not sure. A list of `errors` is one text. `effective_variables` are in no record; who
    asks for them puts them here.
    """

    status: Status
    cluster_id: Lenient[int] = None
    package_id: Lenient[int] = None
    owner_id: Lenient[int] = None
    variables: Lenient[dict[str, object]] = None
    dynamic_variables: Lenient[dict[str, object]] = None
    effective_variables: Lenient[dict[str, object]] = None
    progress: Lenient[float] = None
    attempts: Lenient[int] = None
    master_auto_retry_attempts: Lenient[int] = None
    outputs_count: Lenient[int] = None
    outputs: Several[JobOutput] = None
    created_at: Lenient[Moment] = None
    updated_at: Lenient[Moment] = None
    started_at: Lenient[Moment] = None
    completed_at: Lenient[Moment] = None
    failed_at: Lenient[Moment] = None
    errors: Errors = None
    runtime_in_seconds: Lenient[int | float] = None
    package: Lenient[dict[str, object]] = None
    cluster: Lenient[dict[str, object]] = None
    component: Lenient[dict[str, object]] = None
    creator: Lenient[Creator] = None
    log_summary: Lenient[LogSummary] = None
    log_url: Lenient[str] = None
    url: Lenient[str] = None
    html_url: Lenient[str] = None


class JobLog(Record):
    """What a job wrote to its log."""

    shown_fields = ("url",)

    body: Lenient[str] = None
    url: Lenient[str] = None


class Package(Identified):
    """A data package; `data_flow_json` is there only if asked for by `include`, and one text if it is sent as JSON."""

    status: Status
    name: Lenient[str] = None
    description: Lenient[str] = None
    variables: Lenient[dict[str, object]] = None
    flow_type: Lenient[str] = None
    flow_version: Lenient[str] = None
    package_version: Lenient[str] = None
    version: Lenient[int] = None
    item_id: Lenient[int] = None
    data_flow_json: Flow = None
    owner_id: Lenient[int] = None
    created_at: Lenient[Moment] = None
    updated_at: Lenient[Moment] = None
    url: Lenient[str] = None
    html_url: Lenient[str] = None


class RateLimit(Record):
    """The hourly call budget of the key's user, and how many calls are left of it."""

    shown_fields = ("limit", "remaining")

    limit: int
    remaining: int


class Plan(Record):
    """A plan and what it allows; the published examples show 0 for every limit, so 0 says nothing."""

    id: Lenient[str] = None
    name: Lenient[str] = None
    cluster_size_limit: Lenient[int] = None
    cluster_nodes_limit: Lenient[int] = None
    clusters_limit: Lenient[int] = None
    sandbox_clusters_limit: Lenient[int] = None


class Subscription(Record):
    """Which plan an account has; its id is a number in the documentation and a text in a client."""

    shown_fields = ("plan_id",)

    plan_id: Lenient[str] = None
    trialling: Lenient[bool] = None
