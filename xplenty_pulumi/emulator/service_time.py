"""The service's own time: it begins at the wall clock and then only runs, whatever becomes of the wall clock."""

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.emulator.records import Moment


class ServiceTime:
    """Moments that never go back: a jump of the machine's clock is no event on the service's side of the wire.

    `not_before` is the last moment of an earlier run, which a clock set back must not undercut.
    """

    def __init__(self, clock: Clock, *, not_before: Moment = 0.0) -> None:
        self._clock = clock
        self._start = max(clock.now().timestamp(), not_before)
        self._start_monotonic = clock.monotonic()

    def now(self) -> Moment:
        """Return the present moment."""
        return self._start + self._clock.monotonic() - self._start_monotonic
