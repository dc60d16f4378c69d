"""The calls on what is only looked at: packages, schedules, hook types and events, regions, stacks, plans, the user."""

from collections.abc import Mapping
from typing import Any

from xplenty_pulumi.emulator.calls import fixed_lists
from xplenty_pulumi.emulator.calls.call import Call, answer_list
from xplenty_pulumi.emulator.life.records import EmulatedPackage, EmulatedSchedule, Moment
from xplenty_pulumi.emulator.wire.lists import Filter, ListRules
from xplenty_pulumi.emulator.wire.messages import Answer, Refusal
from xplenty_pulumi.emulator.wire.views import USER_ID, Json, Links, time_or_none


def package_json(package: EmulatedPackage, *, links: Links, with_flow: bool) -> Json:
    """Return a package, with its data flow as a JSON text if asked for."""
    document: Json = {
        "id": package.id,
        "name": package.name,
        "description": package.description,
        "variables": dict(package.variables),
        "status": package.status,
        "flow_type": package.flow_type,
        "flow_version": "2.0.0",
        "package_version": "1.0",
        "version": package.version,
        "item_id": package.id,
        "owner_id": USER_ID,
        "created_at": time_or_none(package.created_at),
        "updated_at": time_or_none(package.updated_at),
        "url": links.api(f"packages/{package.id}"),
        "html_url": links.page(f"packages/{package.id}"),
    }
    return document | {"data_flow_json": package.data_flow_json} if with_flow else document


_UNIT_SECONDS = {"minutes": 60, "hours": 3600, "days": 86400, "weeks": 7 * 86400, "months": 30 * 86400}


def next_run(schedule: EmulatedSchedule, *, now: Moment) -> Moment | None:
    """Return the first planned moment after `now`, or None for a disabled schedule; a month counts 30 days."""
    if schedule.status != "enabled":
        return None
    interval = schedule.interval_amount * _UNIT_SECONDS[schedule.interval_unit]
    passed = max(int((now - schedule.start_at) // interval) + 1, 0)
    return schedule.start_at + passed * interval


def schedule_json(schedule: EmulatedSchedule, *, now: Moment, links: Links) -> Json:
    """Return a schedule, which has never run."""
    return {
        "id": schedule.id,
        "owner_id": USER_ID,
        "name": schedule.name,
        "description": schedule.description,
        "status": schedule.status,
        "start_at": time_or_none(schedule.start_at),
        "next_run_at": time_or_none(next_run(schedule, now=now)),
        "interval_amount": schedule.interval_amount,
        "interval_unit": schedule.interval_unit,
        "last_run_at": None,
        "last_run_status": None,
        "execution_count": 0,
        "overlap": schedule.overlap,
        "auto_retry": schedule.auto_retry,
        "auto_retry_attempts": schedule.auto_retry_attempts,
        "reuse_cluster_strategy": schedule.reuse_cluster_strategy,
        "task": _task(schedule.task),
        "created_at": time_or_none(schedule.created_at),
        "updated_at": time_or_none(schedule.updated_at),
        "url": links.api(f"schedules/{schedule.id}"),
        "html_url": links.page(f"schedules/{schedule.id}"),
    }


def _task(task: Mapping[str, Any]) -> Json:
    """The documentation shows package ids as texts here, unlike everywhere else."""
    packages = [
        {"package_id": str(package["package_id"]), "variables": dict(package.get("variables", {}))}
        for package in task.get("packages", ())
    ]
    return {
        "nodes": task.get("nodes", 2),
        "terminate_on_idle": task.get("terminate_on_idle", True),
        "time_to_idle": task.get("time_to_idle", 60),
        "packages": packages,
    }


_PACKAGES: ListRules[EmulatedPackage] = ListRules(
    sorts={
        "created": lambda package: (package.created_at, package.id),
        "updated": lambda package: (package.updated_at, package.id),
        "name": lambda package: (package.name, package.id),
    },
    updated_at=lambda package: package.updated_at,
    created_at=lambda package: package.created_at,
    filters={
        "status": Filter(lambda package: package.status, ("active", "archived"), default="active", everything=""),
        "flow_type": Filter(lambda package: package.flow_type, ("dataflow", "workflow")),
    },
)
_SCHEDULES: ListRules[EmulatedSchedule] = ListRules(
    sorts={
        "created": lambda schedule: (schedule.created_at, schedule.id),
        "updated": lambda schedule: (schedule.updated_at, schedule.id),
    },
    updated_at=lambda schedule: schedule.updated_at,
    created_at=lambda schedule: schedule.created_at,
    filters={"status": Filter(lambda schedule: schedule.status, ("enabled", "disabled"))},
)


def list_packages(call: Call) -> Answer:
    """GET packages."""
    with_flow = call.includes("flow")
    return answer_list(
        call,
        call.world.packages,
        listing=_PACKAGES,
        path="packages",
        view=lambda package: package_json(package, links=call.links, with_flow=with_flow),
    )


def get_package(call: Call) -> Answer:
    """GET packages/{id}; an archived one can be read too."""
    package = call.world.packages.get(call.ids[0])
    if package is None:
        raise call.not_found()
    return Answer(package_json(package, links=call.links, with_flow=call.includes("flow")))


def list_schedules(call: Call) -> Answer:
    """GET schedules."""
    return answer_list(
        call,
        call.world.schedules,
        listing=_SCHEDULES,
        path="schedules",
        view=lambda schedule: schedule_json(schedule, now=call.now, links=call.links),
    )


def get_schedule(call: Call) -> Answer:
    """GET schedules/{id}."""
    schedule = call.world.schedules.get(call.ids[0])
    if schedule is None:
        raise call.not_found()
    return Answer(schedule_json(schedule, now=call.now, links=call.links))


def list_regions(call: Call) -> Answer:
    """GET regions, global or of the account."""
    return Answer([fixed_lists.region_json(region) for region in call.seed.regions])


def list_stacks(call: Call) -> Answer:
    """GET stacks."""
    return Answer([{"id": stack, "name": stack.replace("-", " ").title()} for stack in call.seed.stacks])


def list_plans(call: Call) -> Answer:
    """GET plans; the account has the only one."""
    if not call.knobs.plan_shown:
        raise Refusal(403, "You may not see the billing of this account")
    return Answer([fixed_lists.plan_json(call.knobs, since=call.world.born_at)])


def get_subscription(call: Call) -> Answer:
    """GET subscription."""
    if not call.knobs.plan_shown:
        raise Refusal(403, "You may not see the billing of this account")
    return Answer(fixed_lists.subscription_json(call.links, since=call.world.born_at))


def list_hook_types(call: Call) -> Answer:
    """GET hooks/types."""
    del call
    return Answer(list(fixed_lists.HOOK_TYPES))


def list_hook_events(call: Call) -> Answer:
    """GET /hook_events."""
    del call
    return Answer(list(fixed_lists.HOOK_EVENTS))


def get_user(call: Call) -> Answer:
    """GET /user; the key is never shown."""
    return Answer(fixed_lists.user_json(call.links, created_at=call.world.born_at))


def get_rate_limit(call: Call) -> Answer:
    """GET rate_limit_status, global or of the account; it is free."""
    budget = call.credits
    return Answer({"limits": {"limit": budget.limit, "remaining": budget.remaining}})
