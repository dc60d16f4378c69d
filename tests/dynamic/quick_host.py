"""The SDK's host, in which a long pause of a session takes no time: `python -m tests.dynamic.quick_host`."""

import runpy
import threading

from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.dynamic import session

SHORT = 1.0
"""Seconds from which on a pause is skipped; between two looks there are less."""


class SkippingClock(SystemClock):
    """The machine's own clock, but that a long pause is over at once and counts all the same; thread-safe."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return super().monotonic() + self._skipped

    def sleep(self, seconds: float) -> None:
        if seconds < SHORT:
            super().sleep(seconds)
            return
        with self._lock:
            self._skipped += seconds


def skip_long_pauses() -> None:
    """Have the sessions that are opened from now on skip them."""
    vars(session).update(SystemClock=SkippingClock)


if __name__ == "__main__":
    skip_long_pauses()
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
