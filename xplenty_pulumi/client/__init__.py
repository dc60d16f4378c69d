"""A typed client for the Xplenty (Integrate.io ETL) API, usable alone.

    from xplenty_pulumi.client import Client

    with Client(api_key=key, account_id="my-account") as client:
        for cluster in client.clusters.list(status="available"):
            print(cluster.id, cluster.name, cluster.nodes)

Every method returns a model or raises one of `xplenty_pulumi.errors`.

- `api`: the client, and the calls about the account itself.
- `clusters`, `jobs`, `packages`, `schedules`, `connections`, `hooks`, `regions`: the calls of each collection.
- `models`: what the service answers, as frozen values; the records of schedules, connections, hooks and regions
  stand beside their calls.
- `validations`: the records of what the service finds when it checks a package.
- `parsing`: from JSON values to models.
- `collection`: the calls that all collections share, and whose record an answer holds.
- `paging`: lists that come in pages.
- `http`: one request and its outcome.
"""

from xplenty_pulumi.client.api import Client
from xplenty_pulumi.client.connections import Connection, ConnectionType
from xplenty_pulumi.client.hooks import Hook, HookSettings, HookTrigger, PingedHook
from xplenty_pulumi.client.models import (
    BootstrapAction,
    Cluster,
    Creator,
    Instance,
    Job,
    JobLog,
    JobOutput,
    LogSummary,
    Package,
    Plan,
    RateLimit,
    Subscription,
    Watcher,
)
from xplenty_pulumi.client.regions import Region
from xplenty_pulumi.client.schedules import Schedule, ScheduledPackage, ScheduleTask
from xplenty_pulumi.client.validations import Validation, ValidationProblem

__all__ = [
    "BootstrapAction",
    "Client",
    "Cluster",
    "Connection",
    "ConnectionType",
    "Creator",
    "Hook",
    "HookSettings",
    "HookTrigger",
    "Instance",
    "Job",
    "JobLog",
    "JobOutput",
    "LogSummary",
    "Package",
    "PingedHook",
    "Plan",
    "RateLimit",
    "Region",
    "Schedule",
    "ScheduleTask",
    "ScheduledPackage",
    "Subscription",
    "Validation",
    "ValidationProblem",
    "Watcher",
]
