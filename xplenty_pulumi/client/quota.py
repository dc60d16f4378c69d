"""A circuit breaker without states: failures spend tokens, successes earn them back."""

import threading

_FULL = 100
_RETRY = 5
_RETRY_AFTER_TIMEOUT = 10
_SUCCESS = 1


class RetryQuota:
    """The retries one client may still make; it keeps an outage from being multiplied by everybody's retries.

    A retry costs 5 tokens of 100, or 10 after a time-out; each success gives 1 back. Safe to share between threads.
    """

    def __init__(self) -> None:
        self._tokens = _FULL
        self._lock = threading.Lock()

    @property
    def tokens(self) -> int:
        """The tokens left."""
        return self._tokens

    def take(self, *, timed_out: bool) -> bool:
        """Pay for one retry; return False, and take nothing, if there are too few tokens left."""
        cost = _RETRY_AFTER_TIMEOUT if timed_out else _RETRY
        with self._lock:
            if cost > self._tokens:
                return False
            self._tokens -= cost
            return True

    def give_back(self) -> None:
        """Count one success."""
        with self._lock:
            self._tokens = min(_FULL, self._tokens + _SUCCESS)
