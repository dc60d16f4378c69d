"""What is known about job runs, as data, and whether one has come to its end, also with a status that is unknown."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from xplenty_pulumi.core.kinds import inputs
from xplenty_pulumi.core.kinds.kind import Change, Field, Kind, Phase

_IN_PLACE, _REPLACE, _LOCAL = Change.IN_PLACE, Change.REPLACE, Change.LOCAL

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
        Field("cluster_id", inputs.identifier, _REPLACE, "Id of the cluster to run on.", required=True),
        Field("package_id", inputs.identifier, _REPLACE, "Id of the package to run."),
        Field("package", inputs.text(blank=False), _REPLACE, "Id or exact name of the package to run."),
        Field("variables", inputs.variables, _REPLACE, "Values for the package's variables, by name."),
        Field("dynamic_variables", inputs.variables, _REPLACE, "Expressions evaluated at run time, by variable name."),
        Field("triggers", inputs.triggers, _REPLACE, "Anything whose change should bring about a new run."),
        Field(
            "on_unsure",
            inputs.choice("verify", "refuse", "rerun"),
            _LOCAL,
            "What to do when it can not be told whether the run was started: look for it, refuse, or start it again.",
            default="verify",
        ),
        Field(
            "on_cancel",
            inputs.choice("leave", "stop"),
            _LOCAL,
            "What becomes of an active run when the user cancels: it goes on, as without this, or is stopped.",
        ),
        Field(
            "wait_for",
            inputs.choice(*FAR_ENOUGH),
            _LOCAL,
            "What an `up` waits for: that the run is completed, as without this, is running, or only is submitted.",
        ),
        Field("max_runtime", inputs.duration, _LOCAL, "How long it may run before that counts as an overrun."),
        Field(
            "on_overrun",
            inputs.choice("stop", "fail", "leave"),
            _LOCAL,
            "What becomes of a run that overruns: stopped, as without this, or left running, with a failure or not.",
        ),
        Field(
            "rerun",
            inputs.choice("on_change", "on_failure", "always"),
            _LOCAL,
            "When to run anew: after a change or a failure, as without this, only after a failure, or with every `up`.",
        ),
        Field(
            "on_failure",
            inputs.choice("fail", "record"),
            _LOCAL,
            "Whether a failed run fails the `up`, as without this, or is only recorded in the outputs.",
        ),
        Field(
            "on_destroy",
            inputs.choice("stop", "leave"),
            _LOCAL,
            "What becomes of an active run when it is destroyed or replaced: stopped, as without this, or left alone.",
        ),
        Field(
            "if_running",
            inputs.choice("queue", "fail", "adopt"),
            _LOCAL,
            "What to do about an equal run that may be somebody else's: start one beside it, refuse, or follow that "
            "one; without this, one beside a run that is known to be another's, and a refusal where that is not known.",
        ),
        Field("timeout", inputs.duration, _LOCAL, "How long each `pulumi up` follows the run.", default=86_400.0),
        Field("stop_timeout", inputs.duration, _LOCAL, "How long stopping may take.", default=1200.0),
        Field("notify", inputs.flag, _LOCAL, "Whether the key's user is told what becomes of it."),
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

_FINAL = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.GONE})


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
    phase = JOB_RUN.phase(status)
    return phase in _FINAL or (phase is Phase.UNKNOWN and (completed_at is not None or (progress or 0.0) >= 1.0))


def has_ended(run: Run) -> bool:
    """Return whether the run has ended, in whatever way."""
    return is_end(run.status, completed_at=run.completed_at, progress=run.progress)


def has_unknown_end(run: Run) -> bool:
    """Return whether the run has ended with a status that is unknown, so neither a success nor a failure."""
    return JOB_RUN.phase(run.status) is Phase.UNKNOWN and has_ended(run)


def is_active(run: Run) -> bool:
    """Return whether the run is under way, or waits for its turn."""
    return JOB_RUN.is_living(run.status) and not has_ended(run)
