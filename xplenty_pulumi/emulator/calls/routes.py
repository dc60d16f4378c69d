"""Every path the service documents: who answers it, or that this emulator does not."""

from collections.abc import Mapping
from dataclasses import dataclass

from xplenty_pulumi.emulator.calls import (
    catalogue,
    clusters,
    connections,
    hooks,
    jobs,
    packages,
    schedules,
    validations,
    watchers,
)
from xplenty_pulumi.emulator.calls.call import Call, Handler
from xplenty_pulumi.emulator.calls.connection_types import CONNECTION_TYPES
from xplenty_pulumi.emulator.wire.messages import NOT_FOUND, Answer, Refusal


def _search(_call: Call) -> Answer:
    raise Refusal(501, "The emulator does not search; list the collection with status, since and sort instead")


ACCOUNT: Mapping[str, Mapping[str, Handler]] = {
    "clusters": {"GET": clusters.list_clusters, "POST": clusters.create_cluster},
    "clusters/{id}": {
        "GET": clusters.get_cluster,
        "PUT": clusters.update_cluster,
        "DELETE": clusters.terminate_cluster,
    },
    "clusters/{id}/instances": {"GET": clusters.list_instances},
    "jobs": {"GET": jobs.list_jobs, "POST": jobs.run_job},
    "jobs/{id}": {"GET": jobs.get_job, "DELETE": jobs.stop_job},
    "jobs/{id}/children": {"GET": jobs.list_children},
    "jobs/{id}/variables": {"GET": jobs.get_variables},
    "jobs/{id}/log": {"GET": jobs.get_log},
    "jobs/{id}/outputs/{id}/preview": {"GET": jobs.preview_output},
    "packages": {"GET": packages.list_packages, "POST": packages.create_package},
    "packages/{id}": {
        "GET": packages.get_package,
        "PUT": packages.update_package,
        "DELETE": packages.archive_package,
    },
    "packages/{id}/export": {"GET": packages.export_package},
    "packages/{id}/validate": {"POST": validations.validate},
    "packages/{id}/validations": {"GET": validations.list_validations, "POST": validations.start_validation},
    "packages/{id}/validations/{id}": {"GET": validations.get_validation},
    "schedules": {"GET": schedules.list_schedules, "POST": schedules.create_schedule},
    "schedules/{id}": {
        "GET": schedules.get_schedule,
        "PUT": schedules.update_schedule,
        "DELETE": schedules.delete_schedule,
    },
    "schedules/{id}/clone": {"POST": schedules.clone_schedule},
    "schedules/{id}/run": {"POST": schedules.run_schedule},
    "hooks": {"GET": hooks.list_hooks, "POST": hooks.create_hook},
    "hooks/{id}": {"GET": hooks.get_hook, "PUT": hooks.update_hook, "DELETE": hooks.delete_hook},
    "hooks/{id}/ping": {"GET": hooks.ping_hook},
    "hooks/{id}/reset_salt": {"PUT": hooks.reset_salt},
    "hooks/types": {"GET": catalogue.list_hook_types},
    "connections": {"GET": connections.list_connections},
    "connections/types": {"GET": connections.list_types},
    "connections/{type}": {"POST": connections.create_connection},
    "connections/{type}/test": {"POST": connections.test_new_connection},
    "connections/{type}/{id}": {
        "GET": connections.get_connection,
        "PUT": connections.update_connection,
        "DELETE": connections.delete_connection,
    },
    "connections/{type}/{id}/test": {"POST": connections.test_connection},
    "regions": {"GET": catalogue.list_regions},
    "stacks": {"GET": catalogue.list_stacks},
    "plans": {"GET": catalogue.list_plans},
    "subscription": {"GET": catalogue.get_subscription},
    "rate_limit_status": {"GET": catalogue.get_rate_limit},
    **{f"{area}/search": {"GET": _search} for area in ("clusters", "hooks", "jobs", "packages", "schedules")},
    **{
        f"{kind}s/{{id}}/watchers": {
            "GET": watchers.lister(kind),
            "POST": watchers.adder(kind),
            "DELETE": watchers.remover(kind),
        }
        for kind in ("cluster", "job", "schedule")
    },
}
GLOBAL: Mapping[str, Mapping[str, Handler]] = {
    "user": {"GET": catalogue.get_user},
    "regions": {"GET": catalogue.list_regions},
    "hook_events": {"GET": catalogue.list_hook_events},
    "rate_limit_status": {"GET": catalogue.get_rate_limit},
}
# Documented calls that the emulator leaves out: single ones, and whole areas.
_LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "connections/{type}/help": ("GET",),
    "connections/{type}/{id}/schema": ("GET",),
    "connections/{type}/{id}/validate": ("POST",),
    "packages/templates": ("GET",),
    "user": ("PUT",),
}
_LEFT_OUT_AREAS = frozenset(
    {"connections/curl", "connections/metadata", "deliveries", "invoices", "members", "payment_method"}
)
_LEFT_OUT_GLOBAL_AREAS = frozenset(
    {"accounts", "product_updates", "regions", "timezones", "user", "user_password", "variables"}
)
_LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes: its handler, the account it names (None for global paths), the ids and type in its path."""

    handler: Handler
    area: str
    account_id: str | None
    ids: tuple[int, ...]
    type: str = ""


def is_free(path: str) -> bool:
    """Return whether calls to this path cost no credit."""
    return path.rstrip("/").endswith("/rate_limit_status")


def route_of(method: str, path: str) -> Route:
    """Return where a request goes. Raises Refusal: 404 unknown path, 405 wrong method, 501 known but not emulated."""
    parts = path.strip("/").split("/")
    account_id = parts[0] if len(parts) > 2 and parts[1] == "api" else None
    scoped = parts[2:] if account_id is not None else parts
    type_ = scoped[1] if scoped[0] == "connections" and scoped[1:] and scoped[1] in CONNECTION_TYPES else ""
    tail = "/".join([_place(part, type_) for part in scoped])
    methods = (GLOBAL if account_id is None else ACCOUNT).get(tail, {})
    handler = methods.get(method)
    if handler is None:
        raise _no_handler(method, tail, methods, is_global=account_id is None)
    return Route(handler, scoped[0], account_id, tuple([int(part) for part in scoped if _is_id(part)]), type_)


def _place(part: str, type_: str) -> str:
    if type_ and part == type_:
        return "{type}"
    return "{id}" if _is_id(part) else part.strip("{}")


def _is_id(part: str) -> bool:
    return part.isdecimal() and len(part) <= _LONGEST_ID


def _no_handler(method: str, tail: str, methods: Mapping[str, Handler], *, is_global: bool) -> Refusal:
    areas = _LEFT_OUT_GLOBAL_AREAS if is_global else _LEFT_OUT_AREAS
    is_in_area = any(f"{tail}/".startswith(f"{area}/") for area in areas)
    if method in _LEFT_OUT.get(tail, ()) or (not methods and is_in_area):
        return Refusal(501, f"The emulator does not provide {method} {tail}")
    if methods:
        return Refusal(405, f"{method} is not allowed on {tail}, use {', '.join(methods)}")
    return Refusal(404, NOT_FOUND)
