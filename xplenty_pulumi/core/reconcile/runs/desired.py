"""A run as it should be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xplenty_pulumi.core.kinds.job_run import FAR_ENOUGH
from xplenty_pulumi.core.kinds.marker import Owner

_TO_THE_END = next(iter(FAR_ENOUGH))


@dataclass(frozen=True)
class DesiredRun:
    """Checked inputs, how long each `up` may follow the run, and who declares it, which a start must know.

    One that `is_foreign` was started by somebody else and is only followed, so nothing stops it.
    """

    inputs: Mapping[str, object] = field(repr=False)
    timeout: float
    owner: Owner | None = None
    is_foreign: bool = False

    @property
    def on_unsure(self) -> str:
        """What to do when it cannot be told whether the run was started: `verify`, `refuse` or `rerun`."""
        return self._choice("on_unsure", "verify")

    @property
    def on_cancel(self) -> str:
        """What becomes of the run when the user has had enough of waiting: `leave` or `stop`."""
        return "leave" if self.is_foreign else self._choice("on_cancel", "leave")

    @property
    def wait_for(self) -> str:
        """What is waited for, one of `FAR_ENOUGH`."""
        return self._choice("wait_for", _TO_THE_END)

    @property
    def is_followed_to_the_end(self) -> bool:
        """Whether nothing but its success is enough."""
        return self.wait_for == _TO_THE_END

    @property
    def on_overrun(self) -> str:
        """What becomes of a run that takes longer than `max_runtime`: `stop`, `fail` or `leave`."""
        chosen = self._choice("on_overrun", "stop")
        return "fail" if self.is_foreign and chosen == "stop" else chosen

    @property
    def on_failure(self) -> str:
        """What a failed run means to the `up`: `fail` or `record`."""
        return self._choice("on_failure", "fail")

    @property
    def is_left_on_destroy(self) -> bool:
        """Whether it is left alone when it is destroyed or replaced."""
        return self._choice("on_destroy", "stop") == "leave"

    @property
    def if_running(self) -> str:
        """What to do about an equal run: `queue`, `fail` or `adopt`; empty where the user does not say."""
        return self._choice("if_running", "")

    @property
    def is_told(self) -> bool:
        """Whether the key's user is told what becomes of the run, as he is unless `notify` is switched off."""
        return self.inputs.get("notify") is not False

    @property
    def max_runtime(self) -> float | None:
        """How many seconds it may run, None for as long as it takes."""
        seconds = self.inputs.get("max_runtime")
        return None if seconds is None else float(str(seconds))

    @property
    def stop_timeout(self) -> float:
        """How many seconds stopping it may take."""
        return float(str(self.inputs["stop_timeout"]))

    def _choice(self, name: str, otherwise: str) -> str:
        return str(self.inputs.get(name) or otherwise)
