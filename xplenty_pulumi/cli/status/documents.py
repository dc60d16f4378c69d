"""What is shown of an account as JSON."""

from typing import Any

from xplenty_pulumi.cli.ui.documents import document, json_value, picked
from xplenty_pulumi.core.reports.observer import ClusterDetail, JobDetail
from xplenty_pulumi.core.reports.overview import Overview
from xplenty_pulumi.core.reports.usage import Usage

_RECORD = ("region", "zone", "terminate_on_idle", "time_to_idle", "terminated_on_idle", "available_since", "html_url")
_INSTANCE = ("instance_id", "status", "master", "spot", "instance_type", "zone", "private_dns", "public_dns")
_OUTPUT = ("id", "name", "records_count")


def document_of(shown: Overview | ClusterDetail | JobDetail) -> dict[str, Any]:
    """Return what is shown as JSON values."""
    credits_left = None if shown.credits is None else picked(shown.credits, "limit", "remaining")
    return document(at=shown.at, credits=credits_left, **_parts(shown))


def usage_document(usage: Usage) -> dict[str, Any]:
    """Return what was used as JSON values; hours are rounded to thousandths."""
    owners = [{**json_value(share), "node_hours": round(share.node_hours, 3)} for share in usage.shares]
    total = {"clusters": usage.clusters, "node_hours": round(usage.node_hours, 3)}
    return document(since=usage.since, until=usage.until, owners=owners, total=total)


def _parts(shown: Overview | ClusterDetail | JobDetail) -> dict[str, object]:
    if isinstance(shown, ClusterDetail):
        return {"cluster": _cluster(shown)}
    if isinstance(shown, JobDetail):
        return {"job": _job(shown)}
    clusters = {} if shown.clusters is None else picked(shown, "clusters")
    return clusters | ({} if shown.jobs is None else picked(shown, "jobs", "jobs_left_out"))


def _cluster(shown: ClusterDetail) -> dict[str, object]:
    machines = None if shown.instances is None else [picked(one, *_INSTANCE) for one in shown.instances]
    record = {"description": shown.description, **picked(shown.record, *_RECORD)}
    return {**json_value(shown.row), **record, "instances": machines, "jobs": shown.jobs}


def _job(shown: JobDetail) -> dict[str, object]:
    outputs = [picked(one, *_OUTPUT) for one in shown.outputs]
    row = json_value(shown.row)
    return {**row, **picked(shown, "variables"), "outputs": outputs, **picked(shown, "log_tail", "log_url")}
