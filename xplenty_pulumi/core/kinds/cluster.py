"""What is known about clusters, as data."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from xplenty_pulumi.core.kinds import inputs, marker
from xplenty_pulumi.core.kinds.kind import Change, Drift, Ending, Field, Kind, Phase, alike
from xplenty_pulumi.errors import SpecError

if TYPE_CHECKING:
    from xplenty_pulumi.client import Cluster

_IN_PLACE, _REPLACE, _LOCAL = Change.IN_PLACE, Change.REPLACE, Change.LOCAL
ClusterType = Literal["production", "sandbox"]
"""What kind of cluster it is."""
ClusterWaitFor = Literal["ready", "accepted"]
"""What a create, a resize and a destroy wait for."""
OnCreateFailure = Literal["terminate", "keep"]
"""What becomes of a new cluster that ends in `error`."""
ActiveJobsOnTerminate = Literal["stop", "wait", "fail"]
"""What becomes of the jobs that are active on a cluster that is to end."""


def cluster_view(cluster: "Cluster", _asked: Mapping[str, object] = MappingProxyType({})) -> dict[str, object]:
    """Return the whole record as JSON values, without its id, and with the user's own description only.

    A sandbox has one node; old records of the service show it as 0, which would otherwise look like drift for ever. So
    would an empty list of bootstrap actions, which the service leaves out, and what it shows of one besides its inputs.
    """
    view = cluster.model_dump(mode="json", exclude={"id"})
    view["description"] = marker.strip(cluster.description)
    actions = cluster.bootstrap_actions or ()
    view["bootstrap_actions"] = [one.model_dump(mode="json", include={"script_path", "args"}) for one in actions]
    if cluster.type == "sandbox":
        view["nodes"] = 1
    return view


def is_only_accepted(inputs: Mapping[str, object]) -> bool:
    """Return whether a cluster with these inputs is waited for only until the service shows that it is at work."""
    return inputs.get("wait_for") == "accepted"


def up_since(cluster: "Cluster") -> datetime | None:
    """Return since when the cluster is or was up, None where it never was.

    That is `launched_at`, where the record has it, or `available_since`: the service sets the latter anew (observed).
    """
    return min(filter(None, (cluster.launched_at, cluster.available_since)), default=None)


def built_at(cluster: "Cluster") -> datetime | None:
    """Return when the cluster first became available, None where it never did or its record does not tell.

    A record without `launched_at` tells it only where the cluster cannot have been idle before `available_since`.
    """
    built = up_since(cluster)
    if built is None or cluster.launched_at is not None or cluster.created_at is None:
        return built
    is_first = (built - cluster.created_at).total_seconds() < (cluster.time_to_idle or 0)
    return built if is_first else None


def _unsettled(asked: Mapping[str, object], view: Mapping[str, object]) -> frozenset[str]:
    """The nodes of a cluster that is being resized, which are the old or the new ones."""
    is_scaling = CLUSTER.phase(str(view.get("status"))) is Phase.SCALING
    return frozenset({"nodes"} if is_scaling and is_only_accepted(asked) else ())


def _nodes_fit_type(inputs: Mapping[str, object]) -> SpecError | None:
    if "nodes" not in inputs and inputs.get("type") == "production":
        return SpecError("nodes is required for a production cluster", field="nodes")
    if inputs.get("type") == "sandbox" and (nodes := inputs.get("nodes")) not in (None, 1):
        return SpecError(f"nodes must be exactly 1 for a sandbox cluster, got {nodes}", field="nodes")
    return None


def _doubts(inputs: Mapping[str, object]) -> dict[str, str]:
    if inputs.get("type") != "production" or inputs.get("nodes") != 1:
        return {}
    text = "a production cluster of 1 node: the API document says 2 and more, other pages know 1; the service decides"
    return {"nodes": text}


CLUSTER = Kind(
    name="cluster",
    resource="Cluster",
    collection="clusters",
    fields=(
        Field("nodes", inputs.whole(lowest=1, highest=10_000), _IN_PLACE),
        Field("type", inputs.choice(*get_args(ClusterType)), _REPLACE, default="production"),
        Field("name", inputs.text(blank=False), _IN_PLACE, drift=Drift.HARMLESS),
        Field("description", inputs.description, _IN_PLACE, default="", drift=Drift.HARMLESS),
        Field("terminate_on_idle", inputs.flag, _IN_PLACE, default=False),
        Field("time_to_idle", inputs.whole_seconds, _IN_PLACE, default=3600),
        Field("region", inputs.text(blank=False), _REPLACE),
        Field("zone", inputs.text(blank=False), _REPLACE),
        Field("master_instance_type", inputs.text(blank=False), _REPLACE),
        Field("slave_instance_type", inputs.text(blank=False), _REPLACE),
        Field("master_spot_price", inputs.number(lowest=0), _REPLACE),
        Field("slave_spot_price", inputs.number(lowest=0), _REPLACE),
        Field("master_spot_percentage", inputs.number(lowest=0, highest=1), _REPLACE),
        Field("slave_spot_percentage", inputs.number(lowest=0, highest=1), _REPLACE),
        Field("allow_fallback", inputs.flag, _REPLACE),
        Field("stack", inputs.text(blank=False), _REPLACE),
        Field("bootstrap_actions", inputs.bootstrap_actions, _REPLACE),
        Field("wait_for", inputs.choice(*get_args(ClusterWaitFor)), _LOCAL, default="ready"),
        Field("on_create_failure", inputs.choice(*get_args(OnCreateFailure)), _LOCAL, default="terminate"),
        Field("active_jobs_on_terminate", inputs.choice(*get_args(ActiveJobsOnTerminate)), _LOCAL, default="stop"),
        Field("ready_timeout", inputs.duration, _LOCAL, default=1800.0),
        Field("terminate_timeout", inputs.duration, _LOCAL, default=1200.0),
        Field("notify", inputs.flag, _LOCAL),
    ),
    phases=MappingProxyType(
        {
            "pending": Phase.BUILDING,
            "creating": Phase.BUILDING,
            "available": Phase.READY,
            "idle": Phase.READY,
            "scaling": Phase.SCALING,
            "error": Phase.FAILED,
            "pending_terminate": Phase.ENDING,
            "terminating": Phase.ENDING,
            "terminated": Phase.GONE,
        }
    ),
    named="name",
    signed="description",
    ends=Ending.TERMINATED,
    shown={
        **alike("status running_jobs_count queued_jobs_count", Drift.EXPECTED),
        **alike("idle_since available_since launched_at", Drift.EXPECTED),
        **alike("created_at updated_at terminated_at terminated_on_idle", Drift.NONE),
        **alike("owner_id plan_id creator url html_url", Drift.NONE),
    },
    view=cluster_view,
    rules=(_nodes_fit_type,),
    # The service wants to be given the one node of a sandbox all the same (documented).
    implied=lambda inputs: {"nodes": 1} if inputs.get("type") == "sandbox" else {},
    doubts=_doubts,
    unsettled=_unsettled,
    asked_about=("nodes", "type"),
)
