"""Records as the JSON that the API answers with."""

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from xplenty_pulumi.emulator.life import clusters, jobs
from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.records import (
    FINAL,
    EmulatedCluster,
    EmulatedHook,
    EmulatedJob,
    Output,
    Record,
)
from xplenty_pulumi.emulator.life.schedules import EmulatedSchedule, MadeBy
from xplenty_pulumi.emulator.wire.messages import USER_ID, USER_NAME, Json, Links, time_or_none, time_text

_CLUSTER_FIELDS = (
    *("id", "name", "description", "type", "terminate_on_idle", "time_to_idle", "terminated_on_idle"),
    *("region", "zone", "master_instance_type", "slave_instance_type", "master_spot_price", "slave_spot_price"),
    *("master_spot_percentage", "slave_spot_percentage", "allow_fallback", "stack"),
)
_CLUSTER_TIMES = ("created_at", "updated_at", "available_since", "terminated_at", "idle_since")
_HIDDEN = {"all": (), "all_but_password": ("basic_auth_data",), "none": ("basic_auth_data", "service_key")}
_SCHEDULE_FIELDS = (
    *("id", "name", "description", "status", "interval_amount", "interval_unit", "overlap", "auto_retry"),
    *("auto_retry_attempts", "reuse_cluster_strategy", "execution_count"),
)


@cache
def _getter(names: tuple[str, ...]) -> Callable[[Record], tuple[Any, ...]]:
    return attrgetter(*names)


def _fields(record: Record, *names: str) -> Json:
    return dict(zip(names, _getter(names)(record), strict=True))


def _times(record: Record, *names: str) -> Json:
    return dict(zip(names, map(time_or_none, _getter(names)(record)), strict=True))


def _addresses(links: Links, tail: str) -> Json:
    return {"url": links.api(tail), "html_url": links.page(tail)}


def _creator(links: Links, made_by: MadeBy | None) -> Json:
    """Who made something: a schedule, or the one user of the account."""
    if made_by is not None:
        address = _addresses(links, f"schedules/{made_by.id}")
        return {"type": "Schedule", "id": made_by.id, "display_name": made_by.name, **address}
    return {"type": "User", "id": USER_ID, "display_name": USER_NAME, **_addresses(links, f"members/{USER_ID}")}


def cluster_json(cluster: EmulatedCluster, *, running: int, queued: int, links: Links, knobs: Knobs) -> Json:
    """Return a cluster with the numbers of its jobs; `bootstrap_actions` is missing when there are none."""
    document = {
        **_fields(cluster, *_CLUSTER_FIELDS),
        **_times(cluster, *_CLUSTER_TIMES),
        "status": clusters.visible_status(cluster, knobs=knobs),
        "owner_id": USER_ID,
        "plan_id": None,
        "nodes": clusters.visible_nodes(cluster, knobs=knobs),
        "launched_at": time_or_none(clusters.launched_at(cluster)),
        "running_jobs_count": running,
        "queued_jobs_count": queued,
        "creator": _creator(links, cluster.made_by),
        **_addresses(links, f"clusters/{cluster.id}"),
    }
    if cluster.bootstrap_actions:
        document["bootstrap_actions"] = [dict(action) for action in cluster.bootstrap_actions]
    return document


def instances_json(cluster: EmulatedCluster, *, links: Links) -> list[Json]:
    """Return one master and the compute nodes; a cluster that was never ready has none."""
    count = 0 if cluster.available_since is None else cluster.nodes + 1
    return [_instance(cluster, index, links=links) for index in range(count)]


def _instance(cluster: EmulatedCluster, index: int, *, links: Links) -> Json:
    name = f"i-{cluster.id:05x}{index:03x}"
    address = f"10-{cluster.id // 256 % 256}-{cluster.id % 256}-{10 + index}"
    share = (cluster.slave_spot_percentage if index else cluster.master_spot_percentage) or 0
    return {
        "instance_id": name,
        "private_dns": f"ip-{address}.ec2.internal",
        "public_dns": f"ec2-{address}.compute-1.amazonaws.com",
        "status": "terminated" if cluster.status == "terminated" else "available",
        "master": index == 0,
        "spot": bool(index and index <= share * cluster.nodes) or (index == 0 and share > 0),
        "vpc": True,
        "zone": cluster.zone or "Unsupported",
        "instance_type": (cluster.slave_instance_type if index else cluster.master_instance_type) or "m3.xlarge",
        "url": links.api(f"clusters/{cluster.id}/instances/{name}"),
    }


def job_json(
    job: EmulatedJob,
    *,
    parts: Mapping[str, Json],
    includes: Callable[[str], bool] = lambda _part: False,
    now: Moment,
    links: Links,
    knobs: Knobs,
) -> Json:
    """Return a job with its `package` and its `cluster`, which are `parts`, and what `include=` asks for."""
    outputs = job.outputs if job.status == "completed" else ()
    document = {
        **_fields(job, "id", "status", "cluster_id", "package_id", "attempts"),
        **_times(job, "started_at", "created_at", "updated_at", "completed_at"),
        "variables": dict(job.variables),
        "dynamic_variables": dict(job.dynamic_variables),
        "owner_id": USER_ID,
        "progress": jobs.progress(job, now=now),
        "master_auto_retry_attempts": job.retries,
        "outputs_count": len(outputs),
        "outputs": [_output(job, output, links=links) for output in outputs],
        "failed_at": time_or_none(job.completed_at) if job.status == "failed" else None,
        "errors": job.errors if job.errors is not None or knobs.no_errors == "null" else "",
        "runtime_in_seconds": jobs.runtime(job, now=now),
        "creator": _creator(links, job.made_by),
        **_addresses(links, f"jobs/{job.id}"),
        "log_url": links.api(f"jobs/{job.id}/log"),
    }
    if job.task is not None:
        document["component"] = {"name": job.task, "type": "run_package_component"}
    for part, record in parts.items():
        if includes(part) or knobs.jobs_embed == "always":
            document[part] = record
        elif knobs.jobs_embed == "short":
            document[part] = {name: record[name] for name in ("id", "name", "url")}
    return document | ({"log_summary": _log_summary(job)} if includes("log_summary") else {})


def _output(job: EmulatedJob, output: Output, *, links: Links) -> Json:
    url = links.api(f"jobs/{job.id}/outputs/{output.id}")
    fields = ["id", "account_name"]
    return {
        "id": output.id,
        "name": output.name,
        "records_count": output.records_count,
        "progress": 1.0,
        "created_at": time_or_none(job.completed_at),
        "updated_at": time_or_none(job.completed_at),
        "preview_url": f"{url}/preview",
        "preview_type": "csv",
        "url": url,
        "component": {"name": output.name, "type": "cloud_storage_destination_component", "fields": fields},
    }


def log_text(job: EmulatedJob) -> str:
    """Return the log of a job as far as it has come."""
    lines = [f"{time_text(job.created_at)} Job {job.id} submitted"]
    if job.started_at is not None:
        lines.append(f"{time_text(job.started_at)} Package {job.package_id} started on cluster {job.cluster_id}")
    if job.completed_at is not None:
        lines.append(f"{time_text(job.completed_at)} {job.errors or f'Job {job.status}'}")
    return "\n".join(lines)


def _log_summary(job: EmulatedJob) -> Json | None:
    """What `include=log_summary` adds; there is none before the job has ended."""
    if job.status not in FINAL:
        return None
    return {
        "id": job.id,
        "body": log_text(job),
        "error_summary": job.errors or "",
        "openai_extract": job.errors or "",
        "action_items": ["Correct the package.", "Run the job again."] if job.errors else [],
        "created_at": time_or_none(job.completed_at),
    }


def schedule_json(schedule: EmulatedSchedule, *, last_run_status: str | None, links: Links, knobs: Knobs) -> Json:
    """Return a schedule; the documentation shows its package ids as texts, unlike all others."""
    spelled = str if knobs.scheduled_package_ids == "text" else int
    packages = [{**one, "package_id": spelled(one["package_id"])} for one in schedule.task.get("packages", ())]
    return {
        **_fields(schedule, *_SCHEDULE_FIELDS),
        **_times(schedule, "start_at", "created_at", "updated_at", "next_run_at", "last_run_at"),
        "owner_id": USER_ID,
        "last_run_status": last_run_status,
        "task": {**schedule.task, "packages": packages},
        **_addresses(links, f"schedules/{schedule.id}"),
    }


def hook_json(hook: EmulatedHook, *, knobs: Knobs) -> Json:
    """Return a hook; no published example has times or an address of its own."""
    hidden = _HIDDEN[knobs.hook_secrets_shown]
    return {
        **_fields(hook, "id", "salt", "active", "type"),
        "settings": {name: value for name, value in hook.settings.items() if name not in hidden},
        "events": list(hook.events),
        "name": hook.shown_name,
    }


def pinged_json(hook: EmulatedHook, *, knobs: Knobs) -> Json:
    """Return a hook as a ping does, with the result of the last delivery, event by event."""
    events: list[dict[str, Any]] = [
        {
            "id": subscription.id,
            "name": subscription.event,
            "last_response": dict(subscription.last_response),
            "last_trigger_status": subscription.last_status,
            "last_trigger_time": time_or_none(subscription.last_trigger_at),
        }
        for subscription in hook.subscriptions
    ]
    return hook_json(hook, knobs=knobs) | {"events": events}
