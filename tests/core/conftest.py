"""The fixtures for tests of the reconciler."""

from tests.support.accounts.bench import bench
from tests.support.accounts.crowd import threads

__all__ = ["bench", "threads"]
