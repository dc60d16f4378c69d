"""A drift report as JSON."""

from collections.abc import Mapping
from typing import Any

from xplenty_pulumi.cli.ui.documents import document, picked
from xplenty_pulumi.core.kinds.kind import Drift
from xplenty_pulumi.core.reports.drift import DriftReport, Finding
from xplenty_pulumi.text import plural

_COUNTED = (Drift.HARMFUL, Drift.HARMLESS, Drift.UNKNOWN, Drift.EXPECTED)


def report_document(report: DriftReport) -> dict[str, Any]:
    """Return all of a report."""
    not_compared = [
        {"stack": stack, "resource": resource, "fields": names}
        for (stack, resource), names in report.unreadable.items()
    ]
    parts = {
        "stacks": report.stacks,
        "class": report.drift,
        "checked": report.checked,
        "counts": {drift.value: len(report.of(drift)) for drift in _COUNTED},
        "findings": list(map(finding_document, report.findings)),
        "not_compared": not_compared,
    }
    return document(at=report.at, **parts)


def finding_document(finding: Finding) -> dict[str, Any]:
    """Return one finding; `field` and its two values are null for what befell the resource as a whole.

    `marker` says how far the create call has come whose marker something carries that is in no state.
    """
    marker = finding.marker
    return {
        "stack": finding.stack or None,
        "resource": finding.resource or None,
        **picked(finding, "kind", "id"),
        "class": finding.drift,
        "cause": finding.cause,
        "field": finding.field or None,
        **picked(finding, "desired", "observed"),
        "remark": finding.remark or None,
        "marker": None if marker is None else "unfinished" if marker.is_unfinished else "held",
    }


def summary(document: Mapping[str, Any]) -> str:
    """Return a report in one line."""
    counts = [f"{count:,} {name}" for name, count in document["counts"].items() if count]
    found = ", ".join(counts) or "no difference"
    return f"{', '.join(document['stacks']) or 'no stack'}: {found}; {plural(document['checked'], 'resource')} checked"
