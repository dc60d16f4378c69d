"""Looking things up in a program: plain functions that ask the service at once, in a preview as well.

They take the settings from the environment and the stack's configuration, like the resources do; `account` names a
set of settings for another account. What they return is a
frozen record of `xplenty_pulumi.client`, as it was at that moment, and nothing in the state.
"""

import functools
import os
from collections.abc import Callable, Iterable
from itertools import islice
from typing import ParamSpec, TypeVar

import pulumi
from pulumi.runtime.config import get_config

from xplenty_pulumi import events, settings
from xplenty_pulumi.client import Client, Cluster, Connection, Job, Package, RateLimit, Schedule
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.kinds import inputs, marker
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.connection import connection_key
from xplenty_pulumi.core.reading.lookup import only
from xplenty_pulumi.dynamic.providers.sessions import session_for
from xplenty_pulumi.errors import SpecError, XplentyError
from xplenty_pulumi.redact import scrub
from xplenty_pulumi.text import harmless

Arguments = ParamSpec("Arguments")
Found = TypeVar("Found")
_CLOCK = SystemClock()


class LookupFailed(XplentyError, pulumi.RunError):
    """A lookup that found nothing, or not exactly one; it ends the program with one paragraph and no traceback.

    `problem` is the error behind it, such as a NotFoundError, for a program that goes on without what it looked for.
    """

    def __init__(self, problem: XplentyError, text: str) -> None:
        super().__init__(text)
        self.problem = problem


def _scrubbed(text: str) -> str:
    return scrub(text, ())


def _lookup(find: Callable[Arguments, Found]) -> Callable[Arguments, Found]:
    """Let every lookup be an event, and every failure of one a LookupFailed without a key in it."""

    @functools.wraps(find)
    def answer(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Found:
        try:
            with events.operation("lookup", _CLOCK, scrub=_scrubbed):
                return find(*args, **kwargs)
        except XplentyError as problem:
            failure = LookupFailed(problem, harmless(_scrubbed(str(problem))))
        raise failure from None

    return answer


@_lookup
def get_cluster(cluster_id: int | str | None = None, *, name: str | None = None, account: str = "") -> Cluster:
    """Return a cluster by its id, whatever its status, or the one living cluster that has exactly this name.

    Raises:
        LookupFailed: there is none, several have the name, or the service cannot be asked.
    """
    client = _client(account)
    if name is None:
        return client.clusters.get(_checked(inputs.record_id, cluster_id, "cluster_id"))
    _refuse_both(cluster_id, "cluster_id")
    living = (one for one in client.clusters.list() if CLUSTER.is_living(one.status))
    return only(living, name, noun="cluster", state="living")


@_lookup
def get_clusters(*, status: str = "all", limit: int = 100, account: str = "") -> tuple[Cluster, ...]:
    """Return the newest clusters, newest first, at most `limit`: of one `status`, or of all.

    Raises:
        LookupFailed: the service cannot be asked, or has no such status.
    """
    return _first(_client(account).clusters.list(status=status), limit)


@_lookup
def get_connection(
    key: str | None = None,
    *,
    name: str | None = None,
    type: str | None = None,  # noqa: A002 - the service's own name for it
    account: str = "",
) -> Connection:
    """Return a connection by its type and number, such as `s3/53`, or the one that has exactly this name.

    `type` leaves out those of other types. The name is the one without an ownership marker.

    Raises:
        LookupFailed: there is none, several have the name, or the service cannot be asked.
    """
    client = _client(account)
    if name is None:
        return _unmarked(client.connections.get(_checked(connection_key, key, "key")))
    _refuse_both(key, "key")
    found = map(_unmarked, client.connections.list(types=(type,) if type else ()))
    return only(found, name, noun="connection", state=type or "")


@_lookup
def get_connections(*, type: str | None = None, limit: int = 100, account: str = "") -> tuple[Connection, ...]:  # noqa: A002
    """Return connections by name, at most `limit`: of one `type`, or of all.

    Raises:
        LookupFailed: the service cannot be asked, or has no such type.
    """
    found = _client(account).connections.list(types=(type,) if type else (), sort="name", direction="asc")
    return tuple(map(_unmarked, _first(found, limit)))


@_lookup
def get_job(job_id: int | str, *, account: str = "") -> Job:
    """Return a job by its id.

    Raises:
        LookupFailed: there is none, or the service cannot be asked.
    """
    return _client(account).jobs.get(_checked(inputs.record_id, job_id, "job_id"))


@_lookup
def get_jobs(
    *, status: str = "all", package_id: int | str | None = None, limit: int = 100, account: str = ""
) -> tuple[Job, ...]:
    """Return the newest jobs, newest first, at most `limit`: of one `status` or of all, of one package or of all.

    Raises:
        LookupFailed: the service cannot be asked, or has no such status.
    """
    package = None if package_id is None else _checked(inputs.record_id, package_id, "package_id")
    return _first(_client(account).jobs.list(status=status, package_id=package), limit)


@_lookup
def get_package(package_id: int | str | None = None, *, name: str | None = None, account: str = "") -> Package:
    """Return a package by its id, or the one active package that has exactly this name.

    Raises:
        LookupFailed: there is none, several have the name, or the service cannot be asked.
    """
    client = _client(account)
    if name is None:
        return client.packages.get(_checked(inputs.record_id, package_id, "package_id"))
    _refuse_both(package_id, "package_id")
    return only(client.packages.list(), name, noun="package", state="active")


@_lookup
def get_packages(
    *, status: str = "active", flow_type: str = "all", limit: int = 100, account: str = ""
) -> tuple[Package, ...]:
    """Return the newest packages, newest first, at most `limit`: the `active` or the `archived` ones.

    Raises:
        LookupFailed: the service cannot be asked, or has no such status or flow type.
    """
    return _first(_client(account).packages.list(status=status, flow_type=flow_type), limit)


@_lookup
def get_schedule(schedule_id: int | str | None = None, *, name: str | None = None, account: str = "") -> Schedule:
    """Return a schedule by its id, or the one schedule that has exactly this name.

    Raises:
        LookupFailed: there is none, several have the name, or the service cannot be asked.
    """
    client = _client(account)
    if name is None:
        return client.schedules.get(_checked(inputs.record_id, schedule_id, "schedule_id"))
    _refuse_both(schedule_id, "schedule_id")
    return only(client.schedules.list(), name, noun="schedule")


@_lookup
def get_schedules(*, status: str = "all", limit: int = 100, account: str = "") -> tuple[Schedule, ...]:
    """Return the newest schedules, newest first, at most `limit`: the `enabled` or the `disabled` ones, or all.

    Raises:
        LookupFailed: the service cannot be asked, or has no such status.
    """
    return _first(_client(account).schedules.list(status=status), limit)


@_lookup
def get_account_limits(*, account: str = "") -> RateLimit:
    """Return how many calls an hour the key's user has, and how many are left of them; asking is free (documented).

    Raises:
        LookupFailed: the service cannot be asked.
    """
    return _client(account).rate_limit()


def _client(account: str = "") -> Client:
    """The client of the stack's own account, or of the one whose settings have this name."""
    name = _checked(inputs.account, account, "account") if account else ""
    return session_for(settings.load(os.environ, get_config, name)).client


def _checked(read: Callable[[object], Found], value: object, name: str) -> Found:
    """The id or the key that a program gives."""
    try:
        return read(value)
    except ValueError as problem:
        raise SpecError(f"{name} {problem}", field=name, advice="Pass a known value: an output is none") from None


def _unmarked(connection: Connection) -> Connection:
    return connection.model_copy(update={"name": marker.strip(connection.name)})


def _refuse_both(id_: object, name: str) -> None:
    if id_ is not None:
        raise SpecError(f"give {name} or name, not both", field=name)


def _first(found: Iterable[Found], limit: int) -> tuple[Found, ...]:
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise SpecError(f"limit must be a whole number above 0, got {inputs.shown(limit)}", field="limit")
    return tuple(islice(found, limit))
