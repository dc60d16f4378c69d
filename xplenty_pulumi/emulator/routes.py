"""Every path the service documents: who answers it, or that this emulator does not."""

from collections.abc import Mapping
from dataclasses import dataclass

from xplenty_pulumi.emulator import catalogue_calls, cluster_calls, hook_calls, job_calls, watcher_calls
from xplenty_pulumi.emulator.calls import Call, Handler
from xplenty_pulumi.emulator.messages import Answer, Refusal


def _search(call: Call) -> Answer:
    del call
    raise Refusal(501, "The emulator does not search; list the collection with status, since and sort instead")


_ACCOUNT: Mapping[str, Mapping[str, Handler]] = {
    "clusters": {"GET": cluster_calls.list_clusters, "POST": cluster_calls.create_cluster},
    "clusters/{id}": {
        "GET": cluster_calls.get_cluster,
        "PUT": cluster_calls.update_cluster,
        "DELETE": cluster_calls.terminate_cluster,
    },
    "clusters/{id}/instances": {"GET": cluster_calls.list_instances},
    "jobs": {"GET": job_calls.list_jobs, "POST": job_calls.run_job},
    "jobs/{id}": {"GET": job_calls.get_job, "DELETE": job_calls.stop_job},
    "jobs/{id}/children": {"GET": job_calls.list_children},
    "jobs/{id}/variables": {"GET": job_calls.get_variables},
    "jobs/{id}/log": {"GET": job_calls.get_log},
    "jobs/{id}/outputs/{id}/preview": {"GET": job_calls.preview_output},
    "packages": {"GET": catalogue_calls.list_packages},
    "packages/{id}": {"GET": catalogue_calls.get_package},
    "packages/templates": {"GET": catalogue_calls.list_templates},
    "schedules": {"GET": catalogue_calls.list_schedules},
    "schedules/{id}": {"GET": catalogue_calls.get_schedule},
    "hooks": {"GET": hook_calls.list_hooks, "POST": hook_calls.create_hook},
    "hooks/{id}": {"GET": hook_calls.get_hook, "PUT": hook_calls.update_hook, "DELETE": hook_calls.delete_hook},
    "hooks/{id}/ping": {"GET": hook_calls.ping_hook},
    "hooks/{id}/reset_salt": {"PUT": hook_calls.reset_salt},
    "hooks/search": {"GET": hook_calls.search_hooks},
    "hooks/types": {"GET": catalogue_calls.list_hook_types},
    "regions": {"GET": catalogue_calls.list_regions},
    "stacks": {"GET": catalogue_calls.list_stacks},
    "plans": {"GET": catalogue_calls.list_plans},
    "subscription": {"GET": catalogue_calls.get_subscription},
    "rate_limit_status": {"GET": catalogue_calls.get_rate_limit},
    **{f"{area}/search": {"GET": _search} for area in ("clusters", "jobs", "packages", "schedules")},
    **{
        f"{kind}s/{{id}}/watchers": {
            "GET": watcher_calls.lister(kind),
            "POST": watcher_calls.adder(kind),
            "DELETE": watcher_calls.remover(kind),
        }
        for kind in ("cluster", "job", "schedule")
    },
}
_GLOBAL: Mapping[str, Mapping[str, Handler]] = {
    "user": {"GET": catalogue_calls.get_user},
    "regions": {"GET": catalogue_calls.list_regions},
    "hook_events": {"GET": catalogue_calls.list_hook_events},
    "rate_limit_status": {"GET": catalogue_calls.get_rate_limit},
}
# Documented calls that the emulator leaves out: single ones, and whole areas.
_LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "packages": ("POST",),
    "packages/{id}": ("PUT", "DELETE"),
    "packages/{id}/export": ("GET",),
    "packages/{id}/validate": ("POST",),
    "packages/{id}/validations": ("GET", "POST"),
    "packages/{id}/validations/{id}": ("GET",),
    "schedules": ("POST",),
    "schedules/{id}": ("PUT", "DELETE"),
    "schedules/{id}/clone": ("POST",),
    "schedules/{id}/run": ("POST",),
    "user": ("PUT",),
}
_LEFT_OUT_AREAS = frozenset({"connections", "deliveries", "invoices", "members", "payment_method"})
_LEFT_OUT_GLOBAL_AREAS = frozenset(
    {"accounts", "product_updates", "regions", "timezones", "user", "user_password", "variables"}
)
_LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes: its handler, the account it names (None for global paths) and the ids in its path."""

    handler: Handler
    area: str
    account_id: str | None
    ids: tuple[int, ...]


def is_free(path: str) -> bool:
    """Return whether calls to this path cost no credit."""
    return path.rstrip("/").endswith("/rate_limit_status")


def route_of(method: str, path: str, *, not_found: str) -> Route:
    """Return where a request goes. Raises Refusal: 404 unknown path, 405 wrong method, 501 known but not emulated."""
    parts = path.strip("/").split("/")
    account_id = parts[0] if len(parts) > 2 and parts[1] == "api" else None
    scoped = parts[2:] if account_id is not None else parts
    tail = "/".join(["{id}" if _is_id(part) else part.strip("{}") for part in scoped])
    methods = (_GLOBAL if account_id is None else _ACCOUNT).get(tail, {})
    handler = methods.get(method)
    if handler is None:
        raise _no_handler(method, tail, methods, is_global=account_id is None, not_found=not_found)
    return Route(handler, scoped[0], account_id, tuple([int(part) for part in scoped if _is_id(part)]))


def _is_id(part: str) -> bool:
    return part.isdecimal() and len(part) <= _LONGEST_ID


def _no_handler(method: str, tail: str, methods: Mapping[str, Handler], *, is_global: bool, not_found: str) -> Refusal:
    area = tail.partition("/")[0]
    areas = _LEFT_OUT_GLOBAL_AREAS if is_global else _LEFT_OUT_AREAS
    if method in _LEFT_OUT.get(tail, ()) or (not methods and area in areas):
        return Refusal(501, f"The emulator does not provide {method} {tail}")
    if methods:
        return Refusal(405, f"{method} is not allowed on {tail}, use {', '.join(methods)}")
    return Refusal(404, not_found)
