"""What `--json` prints: version 1 of a format that only ever gains fields."""

from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from xplenty_pulumi.client import RateLimit
from xplenty_pulumi.core.reports.details import ClusterDetail, JobDetail
from xplenty_pulumi.core.reports.overview import Overview
from xplenty_pulumi.core.reports.usage import Usage
from xplenty_pulumi.text import stamp

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

VERSION = 1
_RECORD = ("region", "zone", "terminate_on_idle", "time_to_idle", "terminated_on_idle", "available_since", "html_url")
_INSTANCE = ("instance_id", "status", "master", "spot", "instance_type", "zone", "private_dns", "public_dns")
_OUTPUT = ("id", "name", "records_count")


def document_of(shown: Overview | ClusterDetail | JobDetail) -> dict[str, object]:
    """Return what is shown as JSON values."""
    if isinstance(shown, ClusterDetail):
        return {**_head(shown.at, shown.credits), "cluster": _cluster(shown)}
    if isinstance(shown, JobDetail):
        return {**_head(shown.at, shown.credits), "job": _job(shown)}
    lists = {"clusters": shown.clusters, "jobs": shown.jobs}
    document = {name: [_row(row) for row in rows] for name, rows in lists.items() if rows is not None}
    left_out = {} if shown.jobs is None else {"jobs_left_out": shown.jobs_left_out}
    return {**_head(shown.at, shown.credits), **document, **left_out}


def usage_document(usage: Usage) -> dict[str, object]:
    """Return what was used as JSON values; hours are rounded to thousandths."""
    owners = [{**_row(share), "node_hours": round(share.node_hours, 3)} for share in usage.shares]
    total = {"clusters": usage.clusters, "node_hours": round(usage.node_hours, 3)}
    period = {"since": stamp(usage.since), "until": stamp(usage.until)}
    return {"version": VERSION, **period, "owners": owners, "total": total}


def _head(at: datetime, left: RateLimit | None) -> dict[str, object]:
    credits_left = None if left is None else {"limit": left.limit, "remaining": left.remaining}
    return {"version": VERSION, "at": stamp(at), "credits": credits_left}


def _row(row: "DataclassInstance") -> dict[str, Any]:
    """The fields of a row under their own names."""
    return {field.name: _value(getattr(row, field.name)) for field in fields(row)}


def _cluster(shown: ClusterDetail) -> dict[str, object]:
    record = {name: _value(getattr(shown.record, name)) for name in _RECORD}
    machines = None if shown.instances is None else [_picked(one, _INSTANCE) for one in shown.instances]
    jobs = [_row(row) for row in shown.jobs]
    return {**_row(shown.row), "description": shown.description, **record, "instances": machines, "jobs": jobs}


def _job(shown: JobDetail) -> dict[str, object]:
    return {
        **_row(shown.row),
        "variables": dict(shown.variables),
        "outputs": [_picked(one, _OUTPUT) for one in shown.outputs],
        "log_tail": None if shown.log_tail is None else list(shown.log_tail),
        "log_url": shown.log_url,
    }


def _picked(record: object, names: tuple[str, ...]) -> dict[str, object]:
    return {name: _value(getattr(record, name)) for name in names}


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return stamp(value)
    return value.value if isinstance(value, Enum) else value
