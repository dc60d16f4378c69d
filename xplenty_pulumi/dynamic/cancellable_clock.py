"""The clock of the client: it does not wait for a service to recover once the user has had enough."""

import threading

from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.errors import Cancelled

_SLICE = 0.5


class CancellableClock(SystemClock):
    """The machine's own clock, whose `sleep` ends with Cancelled soon after `cancelled` is set.

    Only for pauses between two tries of a call: nothing is under way then, so nothing is lost by giving it up.
    """

    def __init__(self, cancelled: threading.Event) -> None:
        self._cancelled = cancelled

    def sleep(self, seconds: float) -> None:
        end = self.monotonic() + seconds
        while (left := end - self.monotonic()) > 0:
            if self._cancelled.is_set():
                raise Cancelled(
                    "cancelled while waiting for the service to take a call",
                    advice="What exists was left as it is; run the same command again to go on",
                )
            super().sleep(min(left, _SLICE))
