"""Ending several things of the account at the same time, each as its kind ends."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from xplenty_pulumi.cli.ui.account import CommandAccount
from xplenty_pulumi.cli.ui.screen import ChangePrinter, Screen
from xplenty_pulumi.core.kinds.registry import MARKED
from xplenty_pulumi.core.reconcile import (
    LEFT_ALONE,
    ClusterReconciler,
    DefinitionReconciler,
    KnownClusters,
    KnownDefinitions,
    definition_of,
)
from xplenty_pulumi.core.reports.living import LiveThing
from xplenty_pulumi.core.waiting.patience import Deadline

_TOGETHER = 8


def end_all(
    found: Sequence[LiveThing], deadline: Deadline, *, account: CommandAccount, screen: Screen
) -> list[LiveThing]:
    """End them all at the same time, and return those that have ended; the others had changed and live on.

    Raises:
        XplentyError: one could not be ended, or not in time; the same can be tried again.
    """
    living = KnownClusters(account.client, account.clock)

    def interrupted() -> str:
        return "ended by Ctrl-C" if account.cancelled.is_set() else ""

    def end(one: LiveThing) -> bool:
        printer = ChangePrinter(screen, account.clock, one.label)
        patience = replace(account.patience(printer.print, screen.warn), interrupted=interrupted)
        if one.is_definition:
            definition = definition_of(MARKED[one.kind], account.client)
            known = KnownDefinitions(definition, account.clock)
            how = DefinitionReconciler(known, patience).delete(one.id, made=one.made)
        else:
            clusters = ClusterReconciler(account.client, living, patience, polls=account.polls)
            how = clusters.delete(int(one.id), timeout=deadline.left(), active_jobs="stop", made=one.made)
        has_ended = how != LEFT_ALONE
        if has_ended:
            screen.line(f"{one.label} has ended ({one.scope})")
        return has_ended

    with ThreadPoolExecutor(_TOGETHER) as pool:
        try:
            return [one for one, has_ended in zip(found, pool.map(end, found), strict=True) if has_ended]
        except KeyboardInterrupt:
            account.cancelled.set()
            raise
