"""Many who read at once, each on a thread, and their clock."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from xplenty_pulumi.clock import ManualClock

TOGETHER = 8
"""As many as the engine asks for at once on two cores."""


class Crowd(ManualClock):
    """A clock on which nobody goes on before all who read at once are there."""

    def __init__(self) -> None:
        super().__init__()
        self._all = threading.Barrier(TOGETHER, timeout=30)

    def sleep(self, seconds: float) -> None:
        self._all.wait()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """One thread for each of those who read at once."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        yield pool
