"""The report on stacks, put together from one look at each account that they are in."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xplenty_pulumi.cli.account import opened
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.drift import Finding, Report, in_order
from xplenty_pulumi.core.drift_classes import comparable
from xplenty_pulumi.core.drift_look import look
from xplenty_pulumi.core.drift_reading import Reader
from xplenty_pulumi.redact import Secret, scrub

if TYPE_CHECKING:
    from xplenty_pulumi.cli.drift_stacks import StackState


def report_of(stacks: "Sequence[StackState]", *, unmanaged: bool) -> Report:
    """Return what differs between these stacks and their accounts; `unmanaged` also looks for what is in none.

    Raises:
        XplentyError: an account can not be read.
    """
    found = [finding for group in _by_account(stacks) for finding in _look(group, unmanaged=unmanaged)]
    entries = [entry for one in stacks for entry in one.entries]
    secret = {
        (entry.stack, entry.name): names
        for entry in entries
        if (names := tuple(name for name in comparable(entry.kind) if name in entry.unreadable))
    }
    names = tuple(one.name for one in stacks)
    return Report(SystemClock().now(), names, len(entries), in_order(found), secret)


def scrubbed(document: Mapping[str, Any], secrets: Iterable[Secret]) -> dict[str, Any]:
    """Return the document without the secrets in any of its texts."""
    clean: dict[str, Any] = json.loads(scrub(json.dumps(document), secrets))
    return clean


def _by_account(stacks: "Sequence[StackState]") -> "list[list[StackState]]":
    """The stacks that share an account, whose clusters are in no state only if they are in none of theirs."""
    groups: dict[tuple[str, str], list[StackState]] = {}
    for one in stacks:
        groups.setdefault((one.settings.api_url, one.settings.account_id), []).append(one)
    return list(groups.values())


def _look(stacks: "Sequence[StackState]", *, unmanaged: bool) -> list[Finding]:
    scopes = {scope: one.name for one in stacks for scope in one.scopes}
    entries = [entry for one in stacks for entry in one.entries]
    if not entries and not unmanaged:
        return []
    with opened(stacks[0].settings) as account:
        account.budget.require_read()
        return look(Reader(account.client, account.clock), entries, scopes=scopes, unmanaged=unmanaged)
