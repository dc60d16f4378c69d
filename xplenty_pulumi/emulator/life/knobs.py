"""Everything about the service that no source settles, and every duration, as one frozen value.

Each default is what the API documentation or a recorded answer suggests. A test that must not rest on a guess runs
once per value of the knob.
"""

from dataclasses import dataclass, fields
from typing import ClassVar, Literal

from xplenty_pulumi.errors import ConfigError

_POSITIVE = ("jobs_per_cluster", "max_nodes", "credits_per_hour")
CLUSTER_IN_ERROR = "Specified cluster is not available and is in erroneous state."


def require(holds: bool, field: str, rule: str, *, got: object) -> None:
    """Raise ConfigError, naming the field, unless the rule holds."""
    if not holds:
        raise ConfigError(f"{field} {rule}, got {got!r}", setting=field)


@dataclass(frozen=True, slots=True)
class Knobs:
    """How this account behaves. Durations are in seconds of the service's own clock."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    # Clusters in time
    pending_seconds: float = 10
    creating_seconds: float = 170
    scaling_seconds: float = 90
    pending_terminate_seconds: float = 5
    terminating_seconds: float = 55
    # Jobs in time; a package of the seed may carry its own run time
    job_idle_seconds: float = 1
    job_pending_seconds: float = 4
    job_run_seconds: float = 60
    job_pending_stoppage_seconds: float = 2
    job_stopping_seconds: float = 3
    # Sizes
    jobs_per_cluster: int = 2
    max_nodes: int = 20
    # Clusters of a type that may live at once; None is any number.
    max_clusters: int | None = None
    max_sandboxes: int | None = None
    credits_per_hour: int = 5000

    # A production cluster of one node: the API document says 2 and more; the user documentation has such clusters in
    # trials, and a public Airflow operator creates them.
    single_node_production: Literal["refuse", "accept"] = "refuse"
    # Longest description the service stores; None is any length. Longer ones are refused or cut.
    description_max_length: int | None = None
    description_too_long: Literal["refuse", "cut"] = "refuse"
    # Whether an unknown body field is ignored or refused.
    unknown_body_field: Literal["ignore", "refuse"] = "ignore"

    # PUT with other nodes: what status and nodes read until the resize is through.
    scaling_status: Literal["scaling", "available"] = "scaling"
    scaling_nodes: Literal["new", "old"] = "new"
    # PUT nodes while pending, creating, scaling or in error.
    resize_unready_cluster: Literal["refuse", "accept"] = "refuse"
    # PUT on a cluster that is ending or has ended.
    update_ended_cluster: Literal[422, 404, 200] = 422

    # DELETE of a cluster by what it is doing; pending and creating are refused in recorded answers.
    delete_unready_cluster: Literal["refuse", "accept"] = "refuse"
    delete_scaling_cluster: Literal["refuse", "accept"] = "refuse"
    delete_ended_cluster: Literal[422, 404, 200] = 422
    # What DELETE of a cluster does to jobs that still run on it; "refuse" answers 422.
    delete_busy_cluster: Literal["stop_jobs", "fail_jobs", "refuse"] = "stop_jobs"
    # Seconds after which an ended cluster answers 404 and leaves the lists; None keeps it for ever.
    ended_cluster_kept_seconds: float | None = None

    # Jobs
    first_job_status: Literal["idle", "pending"] = "idle"
    job_on_unready_cluster: Literal["pending", "queued"] = "pending"
    job_over_capacity: Literal["queued", "pending"] = "queued"
    unknown_id_on_run: Literal[404, 422] = 404
    ended_cluster_on_run: Literal[422, 404] = 422
    archived_package_on_run: Literal[422, 404, 201] = 422
    unknown_job_variables: Literal["accept", "refuse"] = "accept"
    # DELETE of a job that is completed or stopped; a failed one is refused in recorded answers.
    delete_final_job: Literal[422, 200] = 422
    # DELETE of a job that is already being stopped.
    delete_stopping_job: Literal[200, 422] = 200
    # `errors` of a job without any: null or an empty text in recorded answers.
    no_errors: Literal["null", "empty"] = "null"
    # Whether jobs carry their cluster and package whole (documented), by id, name and url alone as the newer reference
    # shows them, or only when asked with `include=` (unmerged Java client).
    jobs_embed: Literal["always", "short", "on_include"] = "always"
    # Whether jobs have the documented call for their children, and whether lists of jobs hold children too.
    job_children: bool = True
    children_in_lists: bool = False
    # POST of a job's watcher: 201 documented, 200 expected by the Ruby client.
    watch_job_status: Literal[201, 200] = 201

    # Packages
    validation_seconds: float = 3
    # Which calls validate a package: that which waits is documented since 2025-12 only; "none" answers 404.
    validation_calls: Literal["all", "started", "none"] = "all"
    # A package without a name: a default is documented, the newer reference wants one.
    package_name: Literal["optional", "required"] = "optional"
    # PUT of a package: what is left out stays as it is, as the published examples suggest, or gets its default.
    package_on_put: Literal["merge", "replace"] = "merge"
    # PUT of variables: what is left out is gone, or stays as it is.
    package_variables_on_put: Literal["replace", "merge"] = "replace"
    # GET, PUT and DELETE of a package that is archived.
    read_archived_package: Literal[200, 404] = 200
    update_archived_package: Literal[422, 404, 200] = 422
    delete_archived_package: Literal[200, 404, 422] = 200
    # Whether lists of packages hold every field or, as in the published example, no versions and no type.
    package_in_lists: Literal["whole", "short"] = "whole"
    # A flow that is not JSON: refused at once, or found by the validation.
    unreadable_flow: Literal["refuse", "accept"] = "refuse"
    # The flow of an export, whose keys no source documents: a text, or the object that the newer reference accepts.
    export_flow: Literal["data_flow_json", "raw_data"] = "data_flow_json"
    # Connections: whether an id is one among all of them or only among those of its type (not stated).
    connection_ids: Literal["unique", "by_type"] = "unique"
    # Which fields of its type a connection shows: all that are no secrets, those that an unmerged client has, or only
    # the one in the published examples.
    connection_fields_shown: Literal["all", "some", "username"] = "all"

    # Which secret settings answers hold: the password of a web hook is documented as write-only, a mock returns it.
    hook_secrets_shown: Literal["all_but_password", "all", "none"] = "all_but_password"
    # PUT of settings: what is left out stays as it is, or is gone.
    hook_settings_on_put: Literal["merge", "replace"] = "merge"
    # The body of a web hook's request: what the API answers for the job or cluster, which is documented; the event
    # around that, with the hook's id; or nothing.
    hook_body: Literal["resource", "event", "none"] = "resource"
    # How long the receiver of a web hook may take, in real seconds: it does not live on the service's clock.
    hook_timeout_seconds: float = 5
    # Whether `cluster.available` is sent only of a new cluster, or again after a resize and after being idle.
    cluster_available_event: Literal["first", "every"] = "first"

    # Schedules
    # PUT of a schedule: what is left out stays as it is, or has its default again; no source says.
    schedule_put: Literal["merge", "replace"] = "merge"
    # PUT of `start_at` after the first execution: refused only where it is another one, or in any case; the
    # documentation says "not editable".
    schedule_start_after_run: Literal["refuse_change", "refuse"] = "refuse_change"
    # Running a schedule by a call: whether `next_run_at` begins to count anew, and whether it counts as an execution;
    # no source says.
    schedule_run_moves_next: bool = False
    schedule_run_counts: bool = True
    # `package_id` in a task: a text in the documentation, a number in two clients.
    scheduled_package_ids: Literal["text", "number"] = "text"

    # Lists
    limit_out_of_range: Literal["clamp", "refuse"] = "clamp"
    # An unknown `sort`, `direction` or `status`: 422, or as if it were not given.
    unknown_list_value: Literal["refuse", "ignore"] = "refuse"
    since_filters_on: Literal["updated_at", "created_at"] = "updated_at"
    # Whether the last page still names a next one.
    next_link_on_last_page: bool = False
    # Records of one second: sorted as their ids are, or against them; no source says.
    list_ties: Literal["by_id", "against_id"] = "by_id"
    # Seconds before a new record shows in lists; reading it by id works at once.
    list_lag_seconds: float = 0

    # Requests
    # Another account's id in the path; 403 is documented for the vendor's MCP endpoint.
    foreign_account: Literal[401, 403, 404] = 401
    # Whether the plan shows the nodes of a cluster; without it, instances answer 403.
    instances_in_plan: bool = True
    # Whether the key may see plan and subscription, which are billing.
    plan_shown: bool = True

    def __post_init__(self) -> None:
        for name in _POSITIVE:
            require(getattr(self, name) >= 1, name, "must be 1 or more", got=getattr(self, name))
        for name in (field.name for field in fields(self) if field.name.endswith("_seconds")):
            value = getattr(self, name)
            require(value is None or value >= 0, name, "must be 0 or more", got=value)
