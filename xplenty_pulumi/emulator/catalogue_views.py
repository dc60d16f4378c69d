"""Packages and schedules as the JSON that the API answers with."""

from collections.abc import Mapping
from typing import Any

from xplenty_pulumi.emulator.records import Moment, Package, Schedule
from xplenty_pulumi.emulator.views import USER_ID, Json, Links, time_or_none


def package_json(package: Package, *, links: Links, with_flow: bool) -> Json:
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


def next_run(schedule: Schedule, *, now: Moment) -> Moment | None:
    """Return the first planned moment after `now`, or None for a disabled schedule; a month counts 30 days."""
    if schedule.status != "enabled":
        return None
    interval = schedule.interval_amount * _UNIT_SECONDS[schedule.interval_unit]
    passed = max(int((now - schedule.start_at) // interval) + 1, 0)
    return schedule.start_at + passed * interval


def schedule_json(schedule: Schedule, *, now: Moment, links: Links) -> Json:
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
