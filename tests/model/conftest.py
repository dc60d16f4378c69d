"""The fixtures of this folder: what stands for the engine in every test, and a rest from the count of lines."""

import sys
import threading
from collections.abc import Iterator

import pytest

from tests.support.simulation.host import simulated_engine

__all__ = ["simulated_engine"]


@pytest.fixture
def untraced() -> Iterator[None]:
    """Let no tracer see the test, nor the threads that it starts.

    What pytest-cov has for this stops one of its two tracers in a worker of xdist, and so starts the other one.
    """
    of_thread, of_new_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        sys.settrace(of_thread)
        threading.settrace(of_new_threads)
