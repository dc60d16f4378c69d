"""A clock on which time passes as it does, except that nobody sleeps."""

import threading
import time
from datetime import UTC, datetime, timedelta


class SkippingClock:
    """Real time plus all that was slept; `sleep` returns at once, so only what the network does takes time.

    Safe to share between threads.
    """

    def __init__(self) -> None:
        self._skipped = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._skipped)

    def monotonic(self) -> float:
        return time.monotonic() + self._skipped

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._skipped += max(0.0, seconds)
