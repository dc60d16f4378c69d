"""The report on stacks, put together from one look at each account that they are in."""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xplenty_pulumi import settings
from xplenty_pulumi.cli.account import opened
from xplenty_pulumi.cli.drift.stacks import StackState
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.reading.snapshots import SnapshotReader
from xplenty_pulumi.core.reports.drift import DriftReport, Finding, in_order
from xplenty_pulumi.core.reports.drift_scan import Elsewhere, compare, may_be_elsewhere, not_elsewhere
from xplenty_pulumi.redact import Secret, scrub
from xplenty_pulumi.settings import Settings


@dataclass(frozen=True)
class _AccountStacks:
    """An account, and the stacks that are in it: what is in none of their states is in no state that was looked at."""

    settings: Settings
    stacks: Sequence[StackState]


def report_of(stacks: Sequence[StackState], elsewhere: Callable[[str], Elsewhere], *, unmanaged: bool) -> DriftReport:
    """Return what differs between these stacks and their accounts; `unmanaged` also looks for what is in none.

    `elsewhere` tells what other stacks hold in an account, and is asked only where that matters.

    Raises:
        ConfigError: there is no stack, and the environment does not name an account either.
        XplentyError: an account cannot be read.
    """
    found = [finding for one in _accounts(stacks) for finding in _look(one, elsewhere, unmanaged=unmanaged)]
    entries = [entry for one in stacks for entry in one.entries]
    secret = {
        (entry.stack, entry.name): names
        for entry in entries
        if (names := tuple(name for name in entry.kind.compared if name in entry.unreadable))
    }
    names = tuple(one.name for one in stacks)
    return DriftReport(SystemClock().now(), names, len(entries), in_order(found), secret)


def scrubbed(document: Mapping[str, Any], secrets: Iterable[Secret]) -> dict[str, Any]:
    """Return the document without the secrets in any of its texts."""
    clean: dict[str, Any] = json.loads(scrub(json.dumps(document), secrets))
    return clean


def _accounts(stacks: Sequence[StackState]) -> list[_AccountStacks]:
    """The accounts of the stacks; that of the environment where there is no stack."""
    groups: dict[tuple[str, str], list[StackState]] = {}
    for one in stacks:
        groups.setdefault((one.settings.api_url, one.settings.account_id), []).append(one)
    if not groups:
        return [_AccountStacks(settings.load(os.environ, lambda _: None), ())]
    return [_AccountStacks(group[0].settings, group) for group in groups.values()]


def _look(one: _AccountStacks, elsewhere: Callable[[str], Elsewhere], *, unmanaged: bool) -> list[Finding]:
    held = {scope: stack.name for stack in one.stacks for scope in stack.scopes}
    scopes = held | {stack.scope: stack.name for stack in one.stacks}
    entries = [entry for stack in one.stacks for entry in stack.entries]
    if not entries and not unmanaged:
        return []
    with opened(one.settings) as account:
        account.budget.require_read()
        reader, now = SnapshotReader(account.client, account.clock), account.clock.now()
        found = compare(reader, entries, scopes=scopes, now=now, unmanaged=unmanaged)
    return not_elsewhere(found, elsewhere(one.settings.account_id)) if may_be_elsewhere(found) else found
