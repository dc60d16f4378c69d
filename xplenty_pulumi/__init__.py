"""Pulumi resources for Xplenty (Integrate.io ETL): clusters and job runs that are seen through to the end.

The Pulumi front end is loaded when one of its names is first used, so `xplenty_pulumi.client` needs no engine.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from xplenty_pulumi._version import __version__

if TYPE_CHECKING:
    from xplenty_pulumi.core.expressions import quote
    from xplenty_pulumi.dynamic.cluster import Cluster
    from xplenty_pulumi.dynamic.job_run import JobRun
    from xplenty_pulumi.dynamic.providers import ClusterProvider, JobRunProvider

__all__ = ["Cluster", "ClusterProvider", "JobRun", "JobRunProvider", "__version__", "quote"]

_HOMES = {
    "Cluster": "xplenty_pulumi.dynamic.cluster",
    "ClusterProvider": "xplenty_pulumi.dynamic.providers",
    "JobRun": "xplenty_pulumi.dynamic.job_run",
    "JobRunProvider": "xplenty_pulumi.dynamic.providers",
    "quote": "xplenty_pulumi.core.expressions",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
