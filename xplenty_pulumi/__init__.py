"""Pulumi resources for Xplenty (Integrate.io ETL): clusters, job runs and hooks that are seen through to the end.

The Pulumi front end is loaded when one of its names is first used, so `xplenty_pulumi.client` needs no engine.

- `cli`, `dynamic`, `core`, `client`: the layers, each of which imports only those after it.
- `settings`, `clock`, `errors`, `redact`, `text`: what all of them use.
- `emulator`: an account on this machine, which shares no belief about the service with the layers.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from xplenty_pulumi._version import __version__

if TYPE_CHECKING:
    from xplenty_pulumi.core.kinds.variables import quote
    from xplenty_pulumi.dynamic.providers.cluster import ClusterProvider
    from xplenty_pulumi.dynamic.providers.job_run import JobRunProvider
    from xplenty_pulumi.dynamic.resources.cluster import Cluster
    from xplenty_pulumi.dynamic.resources.hook import Hook, HookProvider
    from xplenty_pulumi.dynamic.resources.job_run import JobRun
    from xplenty_pulumi.dynamic.resources.lookups import (
        LookupFailed,
        get_account_limits,
        get_cluster,
        get_clusters,
        get_job,
        get_jobs,
        get_package,
        get_packages,
    )

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

_LOOKUPS = "xplenty_pulumi.dynamic.resources.lookups"
_HOMES = {
    "Cluster": "xplenty_pulumi.dynamic.resources.cluster",
    "ClusterProvider": "xplenty_pulumi.dynamic.providers.cluster",
    "Hook": "xplenty_pulumi.dynamic.resources.hook",
    "HookProvider": "xplenty_pulumi.dynamic.resources.hook",
    "JobRun": "xplenty_pulumi.dynamic.resources.job_run",
    "JobRunProvider": "xplenty_pulumi.dynamic.providers.job_run",
    "LookupFailed": _LOOKUPS,
    "get_account_limits": _LOOKUPS,
    "get_cluster": _LOOKUPS,
    "get_clusters": _LOOKUPS,
    "get_job": _LOOKUPS,
    "get_jobs": _LOOKUPS,
    "get_package": _LOOKUPS,
    "get_packages": _LOOKUPS,
    "quote": "xplenty_pulumi.core.kinds.variables",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
