"""The report on stacks, put together from one listing of each account that they are in, and the same as JSON."""

import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xplenty_pulumi import settings
from xplenty_pulumi.cli.engine.states import StackState
from xplenty_pulumi.cli.ui.account import opened
from xplenty_pulumi.cli.ui.documents import document, picked
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.kinds.kind import Drift
from xplenty_pulumi.core.reading.snapshots import SnapshotReader
from xplenty_pulumi.core.reports.drift import Finding
from xplenty_pulumi.core.reports.drift_scan import (
    DriftReport,
    Elsewhere,
    compare,
    in_order,
    may_be_elsewhere,
    not_elsewhere,
)
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret, scrub
from xplenty_pulumi.settings import Settings
from xplenty_pulumi.text import plural

OtherStacks = Callable[[Settings, Collection[str]], Elsewhere]
"""Returns what the stacks but those of these full names hold in an account."""
_COUNTED = (Drift.HARMFUL, Drift.HARMLESS, Drift.UNKNOWN, Drift.EXPECTED)


def report_of(stacks: Sequence[StackState], elsewhere: OtherStacks, *, unmanaged: bool) -> DriftReport:
    """Return what differs between these stacks and their accounts; `unmanaged` also finds what is in none.

    `elsewhere` returns what other stacks hold in an account, and is called only where that matters.

    Raises:
        ConfigError: there is no stack, and the environment does not name an account either.
        XplentyError: an account cannot be read.
    """
    accounts: dict[tuple[str, str], list[StackState]] = {}
    for one in stacks:
        accounts.setdefault((one.settings.api_url, one.settings.account_id), []).append(one)
    named = [(group[0].settings, group) for group in accounts.values()] or [(_of_environment(), [])]
    compared = [_compared(one, group, elsewhere, unmanaged=unmanaged) for one, group in named]
    found = [finding for one in compared for finding in one.findings]
    entries = [entry for one in stacks for entry in one.entries]
    secret = {
        (entry.stack, entry.name): names
        for entry in entries
        if (names := tuple(one for one in entry.unreadable if one.partition(".")[0] in entry.kind.compared))
    }
    names = tuple(one.name for one in stacks)
    left_out = tuple(other for one in stacks for other in one.left_out)
    at = max((one.at for one in compared if one.at), default=SystemClock().now())
    return DriftReport(at, names, len(entries), in_order(found), secret, left_out)


def _of_environment() -> Settings:
    try:
        return settings.load(os.environ, settings.nothing)
    except ConfigError as problem:
        advice = (
            f"{problem.advice}; or name a stack, whose configuration has it, with --stack" if problem.advice else ""
        )
        text = f"no stack is compared, so the environment has to name the account: {problem.message}"
        raise ConfigError(text, setting=problem.setting, advice=advice) from None


@dataclass(frozen=True)
class _Compared:
    """What differs between an account and the stacks that are in it; `at` is the time of an account that was read."""

    findings: list[Finding]
    at: datetime | None = None


def _compared(
    account_settings: Settings, stacks: Sequence[StackState], elsewhere: OtherStacks, *, unmanaged: bool
) -> _Compared:
    held = {scope: stack.name for stack in stacks for scope in stack.scopes}
    scopes = held | {stack.scope: stack.name for stack in stacks}
    entries = [entry for stack in stacks for entry in stack.entries]
    if not entries and not unmanaged:
        return _Compared([])
    with opened(account_settings) as account:
        account.budget.require_read()
        reader, now = SnapshotReader(account.client, account.clock), account.clock.now()
        # The ages of markers go by the clock here, which is that of whoever has signed.
        found = compare(reader, entries, scopes=scopes, now=now, unmanaged=unmanaged)
        at = account.client.account_time
    if may_be_elsewhere(found):
        found = not_elsewhere(found, elsewhere(account_settings, [one.full_name for one in stacks]))
    return _Compared(found, at)


def scrubbed(document: Mapping[str, Any], secrets: Iterable[Secret]) -> dict[str, Any]:
    """Return the document without the secrets in any of its texts."""
    clean: dict[str, Any] = json.loads(scrub(json.dumps(document), secrets))
    return clean


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
        "other_accounts": [picked(one, "stack", "resource", "kind", "account") for one in report.other_accounts],
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
