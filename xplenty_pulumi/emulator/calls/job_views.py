"""Jobs, their outputs and logs as the JSON that the API answers with."""

from xplenty_pulumi.emulator.knobs import Knobs
from xplenty_pulumi.emulator.life import jobs
from xplenty_pulumi.emulator.life.records import FINAL, EmulatedJob, Moment, Output
from xplenty_pulumi.emulator.wire.views import USER_ID, Json, Links, creator, time_or_none, time_text


def job_json(job: EmulatedJob, *, now: Moment, links: Links, knobs: Knobs) -> Json:
    """Return a job without its package, its cluster and what `include` adds."""
    no_errors = None if knobs.no_errors == "null" else ""
    return {
        "id": job.id,
        "status": job.status,
        "variables": dict(job.variables),
        "dynamic_variables": dict(job.dynamic_variables),
        "owner_id": USER_ID,
        "cluster_id": job.cluster_id,
        "package_id": job.package_id,
        "progress": jobs.progress(job, now=now),
        "attempts": 0,
        "master_auto_retry_attempts": None,
        "outputs_count": len(job.outputs) if job.status == "completed" else 0,
        "outputs": _outputs(job, links=links),
        "started_at": time_or_none(job.started_at),
        "created_at": time_or_none(job.created_at),
        "updated_at": time_or_none(job.updated_at),
        "completed_at": time_or_none(job.completed_at),
        "failed_at": time_or_none(job.completed_at) if job.status == "failed" else None,
        "errors": no_errors if job.errors is None else job.errors,
        "runtime_in_seconds": jobs.runtime(job, now=now),
        "creator": creator(links),
        "url": links.api(f"jobs/{job.id}"),
        "html_url": links.page(f"jobs/{job.id}"),
        "log_url": links.api(f"jobs/{job.id}/log"),
    }


def embedded(document: Json, *, part: str, knobs: Knobs, asked: bool = False) -> Json:
    """Return a package or a cluster as a job shows it, by the `part` that it is: all of it, by name, or nothing."""
    if asked or knobs.jobs_embed == "always":
        return {part: document}
    if knobs.jobs_embed == "on_include":
        return {}
    return {part: {"id": document["id"], "name": document["name"], "url": document["url"]}}


def _outputs(job: EmulatedJob, *, links: Links) -> list[Json]:
    return [_output(job, output, links=links) for output in job.outputs] if job.status == "completed" else []


def _output(job: EmulatedJob, output: Output, *, links: Links) -> Json:
    return {
        "id": output.id,
        "name": output.name,
        "records_count": output.records_count,
        "progress": 1.0,
        "created_at": time_or_none(job.completed_at),
        "updated_at": time_or_none(job.completed_at),
        "preview_url": links.api(f"jobs/{job.id}/outputs/{output.id}/preview"),
        "preview_type": "csv",
        "url": links.api(f"jobs/{job.id}/outputs/{output.id}"),
        "component": {
            "name": output.name,
            "type": "cloud_storage_destination_component",
            "fields": ["id", "account_name"],
        },
    }


def log_text(job: EmulatedJob) -> str:
    """Return the log of a job as far as it has come."""
    lines = [f"{time_text(job.created_at)} Job {job.id} submitted"]
    if job.started_at is not None:
        lines.append(f"{time_text(job.started_at)} Package {job.package_id} started on cluster {job.cluster_id}")
    if job.completed_at is not None:
        lines.append(f"{time_text(job.completed_at)} {job.errors or f'Job {job.status}'}")
    return "\n".join(lines)


def log_summary(job: EmulatedJob) -> Json | None:
    """Return what `include=log_summary` adds; there is none before the job has ended."""
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
