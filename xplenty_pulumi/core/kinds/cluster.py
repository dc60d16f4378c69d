"""What is known about clusters, as data."""

from types import MappingProxyType

from xplenty_pulumi.core.kinds import inputs
from xplenty_pulumi.core.kinds.kind import Change, Field, Kind, Phase

_IN_PLACE, _REPLACE, _LOCAL = Change.IN_PLACE, Change.REPLACE, Change.LOCAL

CLUSTER = Kind(
    name="cluster",
    fields=(
        Field(
            "nodes",
            inputs.whole(lowest=1, highest=10_000),
            _IN_PLACE,
            "Compute nodes: exactly 1 for a sandbox, 2 up to the plan's maximum for production.",
            required=True,
        ),
        Field("type", inputs.choice("production", "sandbox"), _REPLACE, "Kind of cluster.", default="production"),
        Field("name", inputs.text(blank=False), _IN_PLACE, "Name; the service makes one up where none is given."),
        Field("description", inputs.description, _IN_PLACE, "Free text for people.", default=""),
        Field("terminate_on_idle", inputs.flag, _IN_PLACE, "End the cluster once it is idle.", default=False),
        Field(
            "time_to_idle",
            inputs.whole_seconds,
            _IN_PLACE,
            "Seconds without work after which the cluster counts as idle.",
            default=3600,
        ),
        Field("region", inputs.text(blank=False), _REPLACE, "Region id; the account's own where none is given."),
        Field("zone", inputs.text(blank=False), _REPLACE, "Availability zone."),
        Field("master_instance_type", inputs.text(blank=False), _REPLACE, "Instance type of the master node."),
        Field("slave_instance_type", inputs.text(blank=False), _REPLACE, "Instance type of the compute nodes."),
        Field("master_spot_price", inputs.number(lowest=0), _REPLACE, "Spot bid for the master node, in USD."),
        Field("slave_spot_price", inputs.number(lowest=0), _REPLACE, "Spot bid for the compute nodes, in USD."),
        Field(
            "master_spot_percentage",
            inputs.number(lowest=0, highest=1),
            _REPLACE,
            "Share of the master nodes bought on the spot market, 0 to 1.",
        ),
        Field(
            "slave_spot_percentage",
            inputs.number(lowest=0, highest=1),
            _REPLACE,
            "Share of the compute nodes bought on the spot market, 0 to 1.",
        ),
        Field("allow_fallback", inputs.flag, _REPLACE, "Use on-demand nodes where the spot market has none."),
        Field("stack", inputs.text(blank=False), _REPLACE, "Software stack id, such as one that the account lists."),
        Field(
            "bootstrap_actions",
            inputs.bootstrap_actions,
            _REPLACE,
            "Scripts run on the nodes at start, as a list of `script_path` and optional `args`.",
        ),
        Field(
            "on_create_failure",
            inputs.choice("terminate", "keep"),
            _LOCAL,
            "What becomes of a new cluster that ends in `error`.",
            default="terminate",
        ),
        Field(
            "active_jobs_on_terminate",
            inputs.choice("stop", "wait", "fail"),
            _LOCAL,
            "What becomes of jobs active on it when it is to end: stopped, waited for, or a reason not to.",
            default="stop",
        ),
        Field("ready_timeout", inputs.duration, _LOCAL, "How long it may take to become ready.", default=1800.0),
        Field("terminate_timeout", inputs.duration, _LOCAL, "How long it may take to end.", default=1200.0),
        Field("notify", inputs.flag, _LOCAL, "Whether the key's user is told what becomes of it."),
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
    living=frozenset({Phase.BUILDING, Phase.READY, Phase.SCALING, Phase.UNKNOWN}),
)
