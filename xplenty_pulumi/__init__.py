"""Pulumi resources for Xplenty (Integrate.io ETL): clusters, job runs, definitions, all seen through to the end.

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
    from xplenty_pulumi.dynamic.providers.package import PackageProvider
    from xplenty_pulumi.dynamic.resources.cluster import Cluster
    from xplenty_pulumi.dynamic.resources.connection import Connection, ConnectionProvider
    from xplenty_pulumi.dynamic.resources.hook import Hook, HookProvider
    from xplenty_pulumi.dynamic.resources.job_run import JobRun
    from xplenty_pulumi.dynamic.resources.lookups import (
        LookupFailed,
        get_account_limits,
        get_cluster,
        get_clusters,
        get_connection,
        get_connections,
        get_job,
        get_jobs,
        get_package,
        get_packages,
        get_schedule,
        get_schedules,
    )
    from xplenty_pulumi.dynamic.resources.package import Package
    from xplenty_pulumi.dynamic.resources.schedule import Schedule, ScheduleProvider

__all__ = [
    "Cluster",
    "ClusterProvider",
    "Connection",
    "ConnectionProvider",
    "Hook",
    "HookProvider",
    "JobRun",
    "JobRunProvider",
    "LookupFailed",
    "Package",
    "PackageProvider",
    "Schedule",
    "ScheduleProvider",
    "__version__",
    "get_account_limits",
    "get_cluster",
    "get_clusters",
    "get_connection",
    "get_connections",
    "get_job",
    "get_jobs",
    "get_package",
    "get_packages",
    "get_schedule",
    "get_schedules",
    "quote",
]

_LOOKUPS = "dynamic.resources.lookups"
_HOMES = {
    "Cluster": "dynamic.resources.cluster",
    "ClusterProvider": "dynamic.providers.cluster",
    "Connection": "dynamic.resources.connection",
    "ConnectionProvider": "dynamic.resources.connection",
    "Hook": "dynamic.resources.hook",
    "HookProvider": "dynamic.resources.hook",
    "JobRun": "dynamic.resources.job_run",
    "JobRunProvider": "dynamic.providers.job_run",
    "Package": "dynamic.resources.package",
    "PackageProvider": "dynamic.providers.package",
    "Schedule": "dynamic.resources.schedule",
    "ScheduleProvider": "dynamic.resources.schedule",
    "quote": "core.kinds.variables",
}
"""Where the names are, those of the lookups left out."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES.get(name, _LOOKUPS)}"), name)
    globals()[name] = found  # so that it is looked for once
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
