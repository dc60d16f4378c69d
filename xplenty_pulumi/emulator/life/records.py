"""What an account holds: frozen records that the state machines replace as time goes by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.packages import EmulatedPackage, EmulatedTask, EmulatedValidation
from xplenty_pulumi.emulator.life.schedules import EmulatedSchedule, MadeBy

READY = frozenset({"available", "idle"})
UNREADY = frozenset({"pending", "creating"})
ENDED = frozenset({"pending_terminate", "terminating", "terminated"})
CLUSTER_STATUSES = (
    "pending",
    "creating",
    "available",
    "idle",
    "scaling",
    "error",
    "pending_terminate",
    "terminating",
    "terminated",
)

HOOK_TYPES = ("web", "slack", "email", "pagerduty")
_EVENTS = {
    "job": ("submitted", "started", "stopped", "completed", "failed"),
    "cluster": ("requested", "available", "terminated", "idled", "error"),
}
EVENT_NAMES = tuple(name for kind, events in _EVENTS.items() for name in (kind, *(f"{kind}.{one}" for one in events)))
"""What a hook subscribes to; the names `job` and `cluster` stand for all events of theirs."""

FINAL = frozenset({"completed", "failed", "stopped"})
STOPPING = frozenset({"pending_stoppage", "stopping"})
JOB_STATUSES = (
    "idle",
    "pending",
    "queued",
    "running",
    "completed",
    "failed",
    "pending_stoppage",
    "stopping",
    "stopped",
)


@dataclass(frozen=True, slots=True)
class EmulatedCluster:
    """A cluster as the service has it; what clients get during a resize depends on the knobs."""

    id: int
    name: str
    status: str
    status_since: Moment
    created_at: Moment
    updated_at: Moment
    nodes: int
    initial_nodes: int
    type: str
    region: str
    description: str | None = None
    previous_nodes: int | None = None
    available_since: Moment | None = None
    launched_at: Moment | None = None
    terminated_at: Moment | None = None
    terminate_on_idle: bool = False
    time_to_idle: int = 3600
    idle_since: Moment | None = None
    terminated_on_idle: bool = False
    zone: str | None = None
    master_instance_type: str | None = None
    slave_instance_type: str | None = None
    master_spot_price: float | None = None
    slave_spot_price: float | None = None
    master_spot_percentage: float | None = None
    slave_spot_percentage: float | None = None
    allow_fallback: bool = True
    stack: str = "white-everest"
    bootstrap_actions: tuple[Mapping[str, Any], ...] = ()
    watched: bool = True
    fails_to_start: bool = False
    quiet_since: Moment | None = None
    """Since when a ready cluster has had no unfinished job."""
    made_by: MadeBy | None = None
    """The schedule that made it, None for a user."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a completed job has written to one destination."""

    id: int
    name: str
    records_count: int
    preview: str = ""


@dataclass(frozen=True, slots=True)
class EmulatedJob:
    """A run of a package on a cluster, with the end it is going to come to."""

    id: int
    status: str
    status_since: Moment
    cluster_id: int
    package_id: int
    created_at: Moment
    updated_at: Moment
    run_seconds: float
    needed_nodes: int = 1
    failure: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    dynamic_variables: Mapping[str, Any] = field(default_factory=dict)
    waits_for_cluster: bool = False
    outputs: tuple[Output, ...] = ()
    started_at: Moment | None = None
    completed_at: Moment | None = None
    errors: str | None = None
    watched: bool = True
    tasks: tuple[EmulatedTask, ...] = ()
    task: str | None = None
    """The task of a workflow that has started the job."""
    made_by: MadeBy | None = None
    """The schedule that started it, None for a user."""
    attempts: int = 0
    retries: int | None = None
    """How often its schedule repeats it when it fails; None for never."""


@dataclass(frozen=True, slots=True)
class EmulatedSubscription:
    """An event that a hook is notified of, and the result of the last delivery."""

    id: int
    event: str
    last_status: str = "none"
    last_response: Mapping[str, Any] = field(default_factory=dict)
    last_trigger_at: Moment | None = None


@dataclass(frozen=True, slots=True)
class EmulatedConnection:
    """What packages read from and write to; clients know it by its type and its `number`.

    `failure` is the text with which its test fails; None lets it pass.
    """

    id: int
    number: int
    type: str
    name: str
    created_at: Moment
    updated_at: Moment
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class EmulatedHook:
    """Whom the service notifies of events, and how; a hook without a name is called after its settings."""

    id: int
    type: str
    created_at: Moment
    updated_at: Moment
    salt: str = field(repr=False)
    salts_before: int = 0
    name: str = ""
    active: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    subscriptions: tuple[EmulatedSubscription, ...] = ()

    @property
    def address(self) -> str:
        """Where events are sent, which is the documented name of a hook that was given none."""
        settings = self.settings
        team_and_channel = f"{settings.get('team') or ''} {settings.get('channel') or ''}".strip()
        addresses = {
            "web": settings.get("url"),
            "slack": team_and_channel or settings.get("url"),
            "email": settings.get("emails"),
            "pagerduty": settings.get("service_name"),
        }
        return str(addresses[self.type] or "")

    @property
    def shown_name(self) -> str:
        """The hook's name: its own, or its address."""
        return self.name or self.address

    @property
    def events(self) -> tuple[str, ...]:
        """The events by name, in the order in which they were given."""
        return tuple(subscription.event for subscription in self.subscriptions)

    def is_about(self, event: str) -> bool:
        """Return whether the hook is notified of an event: by its own name, or by `job` or `cluster` for all theirs."""
        return self.active and (event in self.events or event.partition(".")[0] in self.events)


Record: TypeAlias = (
    EmulatedCluster
    | EmulatedJob
    | EmulatedPackage
    | EmulatedValidation
    | EmulatedSchedule
    | EmulatedConnection
    | EmulatedHook
)
FIRST_IDS: Mapping[type[Record], int] = MappingProxyType(
    {
        EmulatedCluster: 501,
        EmulatedJob: 9001,
        EmulatedPackage: 101,
        EmulatedValidation: 801,
        EmulatedSchedule: 301,
        EmulatedConnection: 601,
        EmulatedHook: 701,
    }
)
"""The kinds of records, and the id that the first of each is given."""
