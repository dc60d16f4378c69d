"""The calls on what is only looked at: packages, schedules, hook types and events, regions, stacks, plans, the user."""

from xplenty_pulumi.emulator import catalogue
from xplenty_pulumi.emulator.calls import Call, answer_list
from xplenty_pulumi.emulator.catalogue_views import package_json, schedule_json
from xplenty_pulumi.emulator.lists import Filter, Listing
from xplenty_pulumi.emulator.messages import Answer, Refusal
from xplenty_pulumi.emulator.records import Package, Schedule

_PACKAGES: Listing[Package] = Listing(
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
_SCHEDULES: Listing[Schedule] = Listing(
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


def list_templates(call: Call) -> Answer:
    """GET packages/templates."""
    del call
    return Answer(list(catalogue.TEMPLATES))


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
    return Answer([catalogue.region_json(region) for region in call.seed.regions])


def list_stacks(call: Call) -> Answer:
    """GET stacks."""
    return Answer([{"id": stack, "name": stack.replace("-", " ").title()} for stack in call.seed.stacks])


def list_plans(call: Call) -> Answer:
    """GET plans; the account has the only one."""
    if not call.knobs.plan_shown:
        raise Refusal(403, "You may not see the billing of this account")
    return Answer([catalogue.plan_json(call.knobs, since=call.world.born_at)])


def get_subscription(call: Call) -> Answer:
    """GET subscription."""
    if not call.knobs.plan_shown:
        raise Refusal(403, "You may not see the billing of this account")
    return Answer(catalogue.subscription_json(call.links, since=call.world.born_at))


def list_hook_types(call: Call) -> Answer:
    """GET hooks/types."""
    del call
    return Answer(list(catalogue.HOOK_TYPES))


def list_hook_events(call: Call) -> Answer:
    """GET /hook_events."""
    del call
    return Answer(list(catalogue.HOOK_EVENTS))


def get_user(call: Call) -> Answer:
    """GET /user; the key is never shown."""
    return Answer(catalogue.user_json(call.links, created_at=call.world.born_at))


def get_rate_limit(call: Call) -> Answer:
    """GET rate_limit_status, global or of the account; it is free."""
    budget = call.credits
    return Answer({"limits": {"limit": budget.limit, "remaining": budget.remaining}})
