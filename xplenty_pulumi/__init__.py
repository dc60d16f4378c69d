"""Pulumi resources for Xplenty (Integrate.io ETL): clusters, job runs, definitions, all seen through to the end.

The Pulumi front end is loaded when one of its names is first used, so `xplenty_pulumi.client` needs no engine.

- `cli`, `dynamic`, `core`, `client`: the layers, each of which imports only those after it.
- `events`: what happens, for a log and for spans.
- `settings`, `setting_names`, `clock`, `errors`, `redact`, `text`: what all of them use.
- `testing`: mocks for the unit tests of programs.
- `emulator`: an account on this machine, which shares no belief about the service with the layers.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from xplenty_pulumi._version import __version__

if TYPE_CHECKING:
    from xplenty_pulumi.core.kinds.cluster import ActiveJobsOnTerminate, ClusterType, ClusterWaitFor, OnCreateFailure
    from xplenty_pulumi.core.kinds.connection import AuthMethod, ConnectionType, SalesforceEnvironment, TunnelType
    from xplenty_pulumi.core.kinds.hook import HookEvent, HookType
    from xplenty_pulumi.core.kinds.job_run import (
        IfRunning,
        OnCancel,
        OnDestroy,
        OnFailure,
        OnOverrun,
        OnUnsure,
        Rerun,
        WaitFor,
    )
    from xplenty_pulumi.core.kinds.package import FlowType, OnEdit, OnInvalid
    from xplenty_pulumi.core.kinds.schedule import ReuseCluster
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
    from xplenty_pulumi.dynamic.resources.nested import (
        BootstrapAction,
        ConnectionSettings,
        HookSettings,
        SchedulePackage,
    )
    from xplenty_pulumi.dynamic.resources.output_lookups import (
        get_account_limits_output,
        get_cluster_output,
        get_clusters_output,
        get_connection_output,
        get_connections_output,
        get_job_output,
        get_jobs_output,
        get_package_output,
        get_packages_output,
        get_schedule_output,
        get_schedules_output,
    )
    from xplenty_pulumi.dynamic.resources.package import Package
    from xplenty_pulumi.dynamic.resources.schedule import Schedule, ScheduleProvider

__all__ = [
    "ActiveJobsOnTerminate",
    "AuthMethod",
    "BootstrapAction",
    "Cluster",
    "ClusterProvider",
    "ClusterType",
    "ClusterWaitFor",
    "Connection",
    "ConnectionProvider",
    "ConnectionSettings",
    "ConnectionType",
    "FlowType",
    "Hook",
    "HookEvent",
    "HookProvider",
    "HookSettings",
    "HookType",
    "IfRunning",
    "JobRun",
    "JobRunProvider",
    "LookupFailed",
    "OnCancel",
    "OnCreateFailure",
    "OnDestroy",
    "OnEdit",
    "OnFailure",
    "OnInvalid",
    "OnOverrun",
    "OnUnsure",
    "Package",
    "PackageProvider",
    "Rerun",
    "ReuseCluster",
    "SalesforceEnvironment",
    "Schedule",
    "SchedulePackage",
    "ScheduleProvider",
    "TunnelType",
    "WaitFor",
    "__version__",
    "get_account_limits",
    "get_account_limits_output",
    "get_cluster",
    "get_cluster_output",
    "get_clusters",
    "get_clusters_output",
    "get_connection",
    "get_connection_output",
    "get_connections",
    "get_connections_output",
    "get_job",
    "get_job_output",
    "get_jobs",
    "get_jobs_output",
    "get_package",
    "get_package_output",
    "get_packages",
    "get_packages_output",
    "get_schedule",
    "get_schedule_output",
    "get_schedules",
    "get_schedules_output",
    "quote",
]

_HOMES = {
    "core.kinds.cluster": "ActiveJobsOnTerminate ClusterType ClusterWaitFor OnCreateFailure",
    "core.kinds.connection": "AuthMethod ConnectionType SalesforceEnvironment TunnelType",
    "core.kinds.hook": "HookEvent HookType",
    "core.kinds.job_run": "IfRunning OnCancel OnDestroy OnFailure OnOverrun OnUnsure Rerun WaitFor",
    "core.kinds.package": "FlowType OnEdit OnInvalid",
    "core.kinds.schedule": "ReuseCluster",
    "core.kinds.variables": "quote",
    "dynamic.providers.cluster": "ClusterProvider",
    "dynamic.providers.job_run": "JobRunProvider",
    "dynamic.providers.package": "PackageProvider",
    "dynamic.resources.cluster": "Cluster",
    "dynamic.resources.connection": "Connection ConnectionProvider",
    "dynamic.resources.hook": "Hook HookProvider",
    "dynamic.resources.job_run": "JobRun",
    "dynamic.resources.lookups": (
        "LookupFailed get_account_limits get_cluster get_clusters get_connection get_connections get_job "
        "get_jobs get_package get_packages get_schedule get_schedules"
    ),
    "dynamic.resources.nested": "BootstrapAction ConnectionSettings HookSettings SchedulePackage",
    "dynamic.resources.output_lookups": (
        "get_account_limits_output get_cluster_output get_clusters_output get_connection_output get_connections_output "
        "get_job_output get_jobs_output get_package_output get_packages_output get_schedule_output "
        "get_schedules_output"
    ),
    "dynamic.resources.package": "Package",
    "dynamic.resources.schedule": "Schedule ScheduleProvider",
}
"""The names in each module that has some, with blanks between."""
_MODULES = {name: module for module, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = found  # so that it is looked for once
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
