"""What is known about job runs, as data, and whether one has come to its end, also with a status that is unknown."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from xplenty_pulumi.core.kinds import inputs
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.kind import Change, Drift, Ending, Field, Kind, Phase, alike
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.errors import SpecError

if TYPE_CHECKING:
    from xplenty_pulumi.client import Job

_LOCAL = Change.LOCAL
_TASK = "run_package_component"
RUN_KEY = "XPLENTY_PULUMI_RUN"
"""The variable that a package declares so that each run of it says whose it is; a run fills it with its marker."""

OnUnsure = Literal["verify", "refuse", "rerun"]
"""What to do where it is not certain whether a run was started."""
OnCancel = Literal["leave", "stop"]
"""What becomes of an active run when the `pulumi up` is cancelled."""
WaitFor = Literal["completed", "running", "submitted"]
"""What a run is waited for."""
OnOverrun = Literal["stop", "fail", "leave"]
"""What becomes of a run that takes longer than it may."""
Rerun = Literal["on_change", "on_failure", "always"]
"""When a package is run again."""
OnFailure = Literal["fail", "record"]
"""What a failed run means."""
OnDestroy = Literal["stop", "leave"]
"""What becomes of an active run that is destroyed or replaced."""
IfRunning = Literal["queue", "fail", "adopt"]
"""What to do about an equal run of somebody else."""

FAR_ENOUGH: Mapping[str, frozenset[Phase]] = MappingProxyType(
    {
        "completed": frozenset({Phase.SUCCEEDED}),
        "running": frozenset({Phase.SUCCEEDED, Phase.RUNNING}),
        "submitted": frozenset({Phase.SUCCEEDED, Phase.RUNNING, Phase.BUILDING}),
    }
)
"""What a run may be waited for, and which phases are that or more; the first is the default."""


def job_view(job: "Job", _asked: Mapping[str, object] = MappingProxyType({})) -> dict[str, object]:
    """Return the record as JSON values, without its id and without the package and the cluster that it shows.

    Those are other records, which change without the run; their ids are its own. The run's own key is no variable.
    """
    shown = job.model_dump(mode="json", exclude={"id", "package", "cluster"})
    return {**shown, "variables": without_key(shown["variables"])}


def without_key(variables: Any) -> Any:
    """Return the variables of a run without its own key; None stays None."""
    return variables and {name: value for name, value in variables.items() if name != RUN_KEY}


def run_key_of(job: "Job") -> Marker | None:
    """Return the marker with which the run says whose it is, or None where it carries none."""
    shown = (job.variables or {}).get(RUN_KEY) or (job.dynamic_variables or {}).get(RUN_KEY)
    return markers.read(str(shown).strip("'")) if shown else None


def _key_is_ours(inputs: Mapping[str, object]) -> SpecError | None:
    given = {name: inputs.get(name) for name in ("variables", "dynamic_variables")}
    groups = [name for name, group in given.items() if isinstance(group, Mapping) and RUN_KEY in group]
    message = f"{RUN_KEY} cannot be set: each run of a package that declares it fills it with a key of its own"
    return SpecError(message, field=groups[0], advice="Remove it") if groups else None


def _one_package(inputs: Mapping[str, object]) -> SpecError | None:
    named = [name for name in ("package_id", "package") if name in inputs]
    if len(named) == 1:
        return None
    many, none = "package_id or package must be given, not both", "package_id is required, or package with its name"
    return SpecError(many if named else none, field="package_id")


_fixed = partial(Field, change=Change.REPLACE, drift=Drift.NONE)
"""What makes a run the run that it is: it cannot change, so the service's echo of it decides nothing."""

JOB_RUN = Kind(
    name="job",
    resource="JobRun",
    collection="jobs",
    fields=(
        _fixed("cluster_id", inputs.identifier, required=True, echo=("cluster", "id")),
        _fixed("package_id", inputs.identifier, echo=("package", "id")),
        _fixed("package", inputs.text(blank=False), echo=("package", "name")),
        _fixed("variables", inputs.variables, private="members"),
        _fixed("dynamic_variables", inputs.variables, private="members"),
        _fixed("triggers", inputs.triggers, private="whole"),
        _fixed("account", inputs.account, default=""),
        Field("on_unsure", inputs.choice(*get_args(OnUnsure)), _LOCAL, default="verify"),
        Field("on_cancel", inputs.choice(*get_args(OnCancel)), _LOCAL),
        Field("wait_for", inputs.choice(*get_args(WaitFor)), _LOCAL),
        Field("max_runtime", inputs.duration, _LOCAL),
        Field("on_overrun", inputs.choice(*get_args(OnOverrun)), _LOCAL),
        Field("rerun", inputs.choice(*get_args(Rerun)), _LOCAL),
        Field("on_failure", inputs.choice(*get_args(OnFailure)), _LOCAL),
        Field("on_destroy", inputs.choice(*get_args(OnDestroy)), _LOCAL),
        Field("if_running", inputs.choice(*get_args(IfRunning)), _LOCAL),
        Field("timeout", inputs.duration, _LOCAL, default=86_400.0),
        Field("stop_timeout", inputs.duration, _LOCAL, default=1200.0),
        Field("notify", inputs.flag, _LOCAL),
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
            "stopped": Phase.STOPPED,
        }
    ),
    ends=Ending.COMPLETED,
    shown={
        **alike("status progress attempts master_auto_retry_attempts outputs_count", Drift.EXPECTED),
        **alike("started_at completed_at failed_at runtime_in_seconds", Drift.EXPECTED),
        # Texts that may repeat a secret variable, and what the service only sometimes shows.
        **alike("errors outputs effective_variables component log_summary log_url", Drift.NONE),
        **alike("created_at updated_at owner_id cluster creator url html_url", Drift.NONE),
    },
    view=job_view,
    rules=(_one_package, _key_is_ours),
    asked_about=("cluster_id", "package_id", "package", "variables", "dynamic_variables", "triggers", "account"),
)


class Run(Protocol):
    """What is read of a run."""

    @property
    def status(self) -> str: ...

    @property
    def completed_at(self) -> datetime | None: ...

    @property
    def progress(self) -> float | None: ...


def is_end(status: str, *, completed_at: datetime | None, progress: float | None) -> bool:
    """Return whether a run that is shown so has ended: by its status, or where that is unknown by the rest."""
    is_unknown = JOB_RUN.phase(status) is Phase.UNKNOWN
    return JOB_RUN.is_final(status) or (is_unknown and (completed_at is not None or (progress or 0.0) >= 1.0))


def has_ended(run: Run) -> bool:
    """Return whether the run has ended, in whatever way."""
    return is_end(run.status, completed_at=run.completed_at, progress=run.progress)


def has_unknown_end(run: Run) -> bool:
    """Return whether the run has ended with a status that is unknown, so neither a success nor a failure."""
    return JOB_RUN.phase(run.status) is Phase.UNKNOWN and has_ended(run)


def is_task(job: "Job") -> bool:
    """Return whether a task of a workflow has started the job (documented), so that nobody asked for it by itself."""
    return (job.component or {}).get("type") == _TASK


def is_settled(status: str, *, on_failure: object) -> bool:
    """Return whether nothing is to be asked about a run any more, whatever else changes: it has come to its good end.

    So has one that failed where `on_failure` says that this is only recorded.
    """
    phase = JOB_RUN.phase(status)
    return phase is Phase.SUCCEEDED or (phase is Phase.FAILED and on_failure == "record")


def is_active(run: Run) -> bool:
    """Return whether the run is under way, or waits for its turn."""
    return JOB_RUN.is_living(run.status) and not has_ended(run)
