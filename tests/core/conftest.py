"""The fixture `bench` for tests of the reconciler."""

from tests.support.accounts.bench import bench

__all__ = ["bench"]
