"""What is known about each kind of resource, as data.

Which fields there are, which change in place and which need a new one, what the service fills in, and what its statuses
mean. Reconciling, waiting, drift, documentation and tests read these tables; no status is spelled anywhere else.
"""

from collections.abc import Mapping
from types import MappingProxyType

from xplenty_pulumi.core import fields
from xplenty_pulumi.core.kind import Change, Field, Kind, Phase

__all__ = ["CLUSTER", "FAR_ENOUGH", "JOB_RUN", "Change", "Field", "Kind", "Phase"]

_IN_PLACE, _REPLACE, _LOCAL = Change.IN_PLACE, Change.REPLACE, Change.LOCAL

CLUSTER = Kind(
    name="cluster",
    fields=(
        Field(
            "nodes",
            fields.whole(lowest=1, highest=10_000),
            _IN_PLACE,
            "Compute nodes: exactly 1 for a sandbox, 2 up to the plan's maximum for production.",
            required=True,
        ),
        Field("type", fields.choice("production", "sandbox"), _REPLACE, "Kind of cluster.", default="production"),
        Field("name", fields.text(blank=False), _IN_PLACE, "Name; the service makes one up where none is given."),
        Field("description", fields.description, _IN_PLACE, "Free text for people.", default=""),
        Field("terminate_on_idle", fields.flag, _IN_PLACE, "End the cluster once it is idle.", default=False),
        Field(
            "time_to_idle",
            fields.whole_seconds,
            _IN_PLACE,
            "Seconds without work after which the cluster counts as idle.",
            default=3600,
        ),
        Field("region", fields.text(blank=False), _REPLACE, "Region id; the account's own where none is given."),
        Field("zone", fields.text(blank=False), _REPLACE, "Availability zone."),
        Field("master_instance_type", fields.text(blank=False), _REPLACE, "Instance type of the master node."),
        Field("slave_instance_type", fields.text(blank=False), _REPLACE, "Instance type of the compute nodes."),
        Field("master_spot_price", fields.number(lowest=0), _REPLACE, "Spot bid for the master node, in USD."),
        Field("slave_spot_price", fields.number(lowest=0), _REPLACE, "Spot bid for the compute nodes, in USD."),
        Field(
            "master_spot_percentage",
            fields.number(lowest=0, highest=1),
            _REPLACE,
            "Share of the master nodes bought on the spot market, 0 to 1.",
        ),
        Field(
            "slave_spot_percentage",
            fields.number(lowest=0, highest=1),
            _REPLACE,
            "Share of the compute nodes bought on the spot market, 0 to 1.",
        ),
        Field("allow_fallback", fields.flag, _REPLACE, "Use on-demand nodes where the spot market has none."),
        Field("stack", fields.text(blank=False), _REPLACE, "Software stack id, such as one that the account lists."),
        Field(
            "bootstrap_actions",
            fields.bootstrap_actions,
            _REPLACE,
            "Scripts run on the nodes at start, as a list of `script_path` and optional `args`.",
        ),
        Field("marker", fields.flag, _LOCAL, "Sign the description, so that a lost cluster is found.", default=True),
        Field(
            "on_create_failure",
            fields.choice("terminate", "keep"),
            _LOCAL,
            "What becomes of a new cluster that ends in `error`.",
            default="terminate",
        ),
        Field(
            "active_jobs_on_terminate",
            fields.choice("stop", "wait", "fail"),
            _LOCAL,
            "What becomes of jobs active on it when it is to end: stopped, waited for, or a reason not to.",
            default="stop",
        ),
        Field("ready_timeout", fields.duration, _LOCAL, "How long it may take to become ready.", default=1800.0),
        Field("terminate_timeout", fields.duration, _LOCAL, "How long it may take to end.", default=1200.0),
        Field("notify", fields.flag, _LOCAL, "Whether the key's user is told what becomes of it."),
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

FAR_ENOUGH: Mapping[str, frozenset[Phase]] = MappingProxyType(
    {
        "completed": frozenset({Phase.SUCCEEDED}),
        "running": frozenset({Phase.SUCCEEDED, Phase.RUNNING}),
        "submitted": frozenset({Phase.SUCCEEDED, Phase.RUNNING, Phase.BUILDING}),
    }
)
"""What a run may be waited for, and which phases are that or more; the first is what is meant without a word."""

JOB_RUN = Kind(
    name="job",
    fields=(
        Field("cluster_id", fields.identifier, _REPLACE, "Id of the cluster to run on.", required=True),
        Field("package_id", fields.identifier, _REPLACE, "Id of the package to run."),
        Field("package", fields.text(blank=False), _REPLACE, "Id or exact name of the package to run."),
        Field("variables", fields.variables, _REPLACE, "Values for the package's variables, by name."),
        Field("dynamic_variables", fields.variables, _REPLACE, "Expressions evaluated at run time, by variable name."),
        Field("triggers", fields.triggers, _REPLACE, "Anything whose change should bring about a new run."),
        Field(
            "on_unsure",
            fields.choice("verify", "refuse", "rerun"),
            _LOCAL,
            "What to do when it can not be told whether the run was started: look for it, refuse, or start it again.",
            default="verify",
        ),
        Field(
            "on_cancel",
            fields.choice("leave", "stop"),
            _LOCAL,
            "What becomes of an active run when the user cancels: it goes on, as without this, or is stopped.",
        ),
        Field(
            "wait_for",
            fields.choice(*FAR_ENOUGH),
            _LOCAL,
            "What an `up` waits for: that the run is completed, as without this, is running, or only is submitted.",
        ),
        Field("max_runtime", fields.duration, _LOCAL, "How long it may run before that counts as an overrun."),
        Field(
            "on_overrun",
            fields.choice("stop", "fail", "leave"),
            _LOCAL,
            "What becomes of a run that overruns: stopped, as without this, or left running, with a failure or not.",
        ),
        Field(
            "rerun",
            fields.choice("on_change", "on_failure", "always"),
            _LOCAL,
            "When to run anew: after a change or a failure, as without this, only after a failure, or with every `up`.",
        ),
        Field(
            "on_failure",
            fields.choice("fail", "record"),
            _LOCAL,
            "Whether a failed run fails the `up`, as without this, or is only recorded in the outputs.",
        ),
        Field(
            "on_destroy",
            fields.choice("stop", "leave"),
            _LOCAL,
            "What becomes of an active run when it is destroyed or replaced: stopped, as without this, or left alone.",
        ),
        Field(
            "if_running",
            fields.choice("queue", "fail", "adopt"),
            _LOCAL,
            "What to do about an equal run that may be somebody else's: start one beside it, refuse, or follow that "
            "one; without this, one beside a run that is known to be another's, and a refusal where that is not known.",
        ),
        Field("timeout", fields.duration, _LOCAL, "How long each `pulumi up` follows the run.", default=86_400.0),
        Field("stop_timeout", fields.duration, _LOCAL, "How long stopping may take.", default=1200.0),
        Field("notify", fields.flag, _LOCAL, "Whether the key's user is told what becomes of it."),
    ),
    phases=MappingProxyType(
        {
            "idle": Phase.BUILDING,
            "pending": Phase.BUILDING,
            "queued": Phase.BUILDING,
            "running": Phase.RUNNING,
            "completed": Phase.SUCCEEDED,
            "failed": Phase.FAILED,
            "pending_stoppage": Phase.ENDING,
            "stopping": Phase.ENDING,
            "stopped": Phase.GONE,
        }
    ),
    living=frozenset({Phase.BUILDING, Phase.RUNNING, Phase.UNKNOWN}),
)
