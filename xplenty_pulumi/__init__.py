"""Pulumi resources for Xplenty (Integrate.io ETL): clusters, job runs and hooks that are seen through to the end.

The Pulumi front end is loaded when one of its names is first used, so `xplenty_pulumi.client` needs no engine.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from xplenty_pulumi._version import __version__

if TYPE_CHECKING:
    from xplenty_pulumi.core.expressions import quote
    from xplenty_pulumi.dynamic.cluster import Cluster
    from xplenty_pulumi.dynamic.hook import Hook
    from xplenty_pulumi.dynamic.hook_provider import HookProvider
    from xplenty_pulumi.dynamic.job_run import JobRun
    from xplenty_pulumi.dynamic.lookups import (
        LookupFailed,
        get_account_limits,
        get_cluster,
        get_clusters,
        get_job,
        get_jobs,
        get_package,
        get_packages,
    )
    from xplenty_pulumi.dynamic.providers import ClusterProvider, JobRunProvider

__all__ = [
    "Cluster",
    "ClusterProvider",
    "Hook",
    "HookProvider",
    "JobRun",
    "JobRunProvider",
    "LookupFailed",
    "__version__",
    "get_account_limits",
    "get_cluster",
    "get_clusters",
    "get_job",
    "get_jobs",
    "get_package",
    "get_packages",
    "quote",
]

_LOOKUPS = "xplenty_pulumi.dynamic.lookups"
_HOMES = {
    "Cluster": "xplenty_pulumi.dynamic.cluster",
    "ClusterProvider": "xplenty_pulumi.dynamic.providers",
    "Hook": "xplenty_pulumi.dynamic.hook",
    "HookProvider": "xplenty_pulumi.dynamic.hook_provider",
    "JobRun": "xplenty_pulumi.dynamic.job_run",
    "JobRunProvider": "xplenty_pulumi.dynamic.providers",
    "LookupFailed": _LOOKUPS,
    "get_account_limits": _LOOKUPS,
    "get_cluster": _LOOKUPS,
    "get_clusters": _LOOKUPS,
    "get_job": _LOOKUPS,
    "get_jobs": _LOOKUPS,
    "get_package": _LOOKUPS,
    "get_packages": _LOOKUPS,
    "quote": "xplenty_pulumi.core.expressions",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
