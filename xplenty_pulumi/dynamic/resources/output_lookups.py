"""Lookups whose arguments may be outputs: each asks once these are known, and gives an output.

In a preview an argument that only the `up` will know leaves the result unknown, and nothing is asked. The result of a
secret argument is secret. A lookup that fails ends the program with `LookupFailed`, like the plain one.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from pulumi import Input, Output

from xplenty_pulumi.client import Cluster, Connection, Job, Package, RateLimit, Schedule
from xplenty_pulumi.dynamic.resources import lookups

Found = TypeVar("Found")


def get_cluster_output(
    cluster_id: Input[int | str] | None = None, *, name: Input[str] | None = None, account: Input[str] = ""
) -> Output[Cluster]:
    """Return what `get_cluster` finds, as an output, once its arguments are known."""
    return _asked_later(lookups.get_cluster, cluster_id=cluster_id, name=name, account=account)


def get_clusters_output(
    *, status: Input[str] = "all", limit: Input[int] = 100, account: Input[str] = ""
) -> Output[tuple[Cluster, ...]]:
    """Return what `get_clusters` finds, as an output, once its arguments are known."""
    return _asked_later(lookups.get_clusters, status=status, limit=limit, account=account)


def get_connection_output(
    key: Input[str] | None = None,
    *,
    name: Input[str] | None = None,
    type: Input[str] | None = None,  # noqa: A002 - the service's own name for it
    account: Input[str] = "",
) -> Output[Connection]:
    """Return what `get_connection` finds, as an output, once its arguments are known."""
    return _asked_later(lookups.get_connection, key=key, name=name, type=type, account=account)


def get_connections_output(
    *,
    type: Input[str] | None = None,  # noqa: A002 - the service's own name for it
    limit: Input[int] = 100,
    account: Input[str] = "",
) -> Output[tuple[Connection, ...]]:
    """Return what `get_connections` finds, as an output, once its arguments are known."""
    return _asked_later(lookups.get_connections, type=type, limit=limit, account=account)


def get_job_output(job_id: Input[int | str], *, account: Input[str] = "") -> Output[Job]:
    """Return what `get_job` finds, as an output, once its argument is known."""
    return _asked_later(lookups.get_job, job_id=job_id, account=account)


def get_jobs_output(
    *,
    status: Input[str] = "all",
    package_id: Input[int | str] | None = None,
    limit: Input[int] = 100,
    account: Input[str] = "",
) -> Output[tuple[Job, ...]]:
    """Return what `get_jobs` finds, as an output, once its arguments are known."""
    return _asked_later(lookups.get_jobs, status=status, package_id=package_id, limit=limit, account=account)


def get_package_output(
    package_id: Input[int | str] | None = None, *, name: Input[str] | None = None, account: Input[str] = ""
) -> Output[Package]:
    """Return what `get_package` finds, as an output, once its arguments are known."""
    return _asked_later(lookups.get_package, package_id=package_id, name=name, account=account)


def get_packages_output(
    *, status: Input[str] = "active", flow_type: Input[str] = "all", limit: Input[int] = 100, account: Input[str] = ""
) -> Output[tuple[Package, ...]]:
    """Return what `get_packages` finds, as an output, once its arguments are known."""
    return _asked_later(lookups.get_packages, status=status, flow_type=flow_type, limit=limit, account=account)


def get_schedule_output(
    schedule_id: Input[int | str] | None = None, *, name: Input[str] | None = None, account: Input[str] = ""
) -> Output[Schedule]:
    """Return what `get_schedule` finds, as an output, once its arguments are known."""
    return _asked_later(lookups.get_schedule, schedule_id=schedule_id, name=name, account=account)


def get_schedules_output(
    *, status: Input[str] = "all", limit: Input[int] = 100, account: Input[str] = ""
) -> Output[tuple[Schedule, ...]]:
    """Return what `get_schedules` finds, as an output, once its arguments are known."""
    return _asked_later(lookups.get_schedules, status=status, limit=limit, account=account)


def get_account_limits_output(*, account: Input[str] = "") -> Output[RateLimit]:
    """Return what `get_account_limits` finds, as an output, once its argument is known."""
    return _asked_later(lookups.get_account_limits, account=account)


def _asked_later(find: Callable[..., Found], **arguments: Input[object]) -> Output[Found]:
    """What is found with these arguments; asked in a thread, so that several lookups ask at once."""
    known: Output[dict[str, object]] = Output.all(**arguments)
    return known.apply(lambda given: asyncio.to_thread(partial(find, **given)))
