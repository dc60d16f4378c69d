"""Whether a run has come to its end, also where its status is one that this version does not know."""

from datetime import datetime
from typing import Protocol

from xplenty_pulumi.core.kinds import JOB_RUN, Phase

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
