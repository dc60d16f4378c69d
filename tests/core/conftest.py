"""The fixture `bench` for tests of the reconciler."""

from tests.support.core_bench import bench

__all__ = ["bench"]
