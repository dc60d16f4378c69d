"""What interrupted creates of a stack have left in the account: found by its marker, told, and ended on request."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from typing import Any

from xplenty_pulumi.cli.account import CommandAccount, opened
from xplenty_pulumi.cli.branch.claims import OwnershipRules
from xplenty_pulumi.cli.branch.down import BranchDown
from xplenty_pulumi.cli.drift.stacks import states
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import Holders, holders_in
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.recover.remains import Remains
from xplenty_pulumi.cli.ui.asking import ask
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.kind import Ending, Kind
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import is_of_another
from xplenty_pulumi.core.kinds.registry import MARKED
from xplenty_pulumi.core.reading.strays import WINDOW, Stray, strays_among
from xplenty_pulumi.core.reconcile import DefinitionReconciler, KnownDefinitions, LiveClusters, definition_of
from xplenty_pulumi.core.reports.branches import LiveCluster as Marked
from xplenty_pulumi.core.reports.hand_over import HandOverTarget, hand_over
from xplenty_pulumi.core.waiting.patience import Deadline

_LONGEST = 1200.0
"""Seconds for ending clusters, all together; one that is still being built can be ended only afterwards."""


@dataclass(frozen=True)
class StackAccount:
    """The account of a stack, and what is needed to tell the stack's own things in it.

    `scopes` are all that the markers of its resources can carry; `holders` are the states of the whole backend.
    """

    account: CommandAccount
    scopes: frozenset[str]
    holders: Holders

    def strays(self) -> tuple[Stray, ...]:
        """Return what is unfinished and in no state, as the account shows it now."""
        found = [strays_among(self._living(one), self.scopes, self.holders.ids(one.name)) for one in MARKED.values()]
        return tuple(stray for strays in found for stray in strays)

    def hand_over(self, owners: Collection[Marker], *, since: datetime) -> Iterator[HandOverTarget]:
        """Sign as unfinished, and yield, what creates of these owners `since` then had finished and no state holds."""
        for thing in [HandOverTarget(one) for kind in MARKED.values() for one in self._living(kind)]:
            marker = thing.marker
            if marker is None or marker.whose not in owners or marker.is_unfinished:
                continue
            if marker.begun is None or marker.begun < since.replace(second=0, microsecond=0):
                continue
            if is_of_another(thing.record, self.account.client.user_id()):
                continue
            if not self.holders.of(thing.kind.name, thing.record.id):
                drawn = marker.whose.drawn(self.account.clock.now(), SystemRandom())
                yield hand_over(self.account.client, thing, drawn, clock=self.account.clock)

    def _living(self, kind: Kind) -> Iterable[Any]:
        if kind.ends is Ending.TERMINATED:
            return LiveClusters(self.account.client, self.account.clock).listing().unended.values()
        found: Iterable[Any] = getattr(self.account.client, kind.collection).list()
        return found

    def outlook(self, stray: Stray) -> str:
        """Return what is about a stray, and what becomes of it."""
        what = f"{stray} was left by an interrupted create of this stack, and no state holds it"
        if kept := self.holders.of_owner(stray.kind.name, stray.owner):
            reason = f"it is a duplicate of {stray.kind.name} {kept.id}, which the state of stack {kept.stack} holds"
            return f"{what}; no `pulumi up` adopts it, because {reason}; --end-strays ends it"
        if stray.is_adopted_by(self.account.client.user_id(), now=self.account.clock.now()):
            return f"{what}; the next `pulumi up` adopts it if the program still declares it, and --end-strays ends it"
        reason = "it is more than an hour old, or another user's"
        return f"{what}; no `pulumi up` adopts it, because {reason}; --end-strays ends it"

    def end(self, strays: tuple[Stray, ...], engine: Engine, screen: Screen) -> None:
        """Return once all of them are seen to have ended.

        Raises:
            XplentyError: one could not be ended; the same can be tried again.
        """
        clusters = [Marked(one.id, one.scope, one.status) for one in strays if one.kind.phases]
        down = BranchDown(engine, OwnershipRules(self.account, lambda: self.holders), screen, timeout=_LONGEST)
        down.end(clusters, Deadline.after(_LONGEST, self.account.clock))
        patience = self.account.patience(lambda _headline, _detail: None, screen.warn)
        for one in strays:
            if not one.kind.phases:
                known = KnownDefinitions(definition_of(one.kind, self.account.client), self.account.clock)
                DefinitionReconciler(known, patience).delete(one.id)
                screen.line(f"{one.kind.name} {one.id} has ended ({one.scope})")


@contextmanager
def account_of(snapshot: Snapshot) -> Iterator[StackAccount]:
    """Give the account of the engine's stack.

    Raises:
        ConfigError: its settings are missing or malformed.
        XplentyError: a state makes no sense.
    """
    (own,) = states(snapshot, all_stacks=False)
    holders = holders_in(snapshot)
    with opened(own.settings) as account:
        yield StackAccount(account, own.scopes, holders)


def _handed_over(found: StackAccount, killed: Remains | None) -> Iterator[HandOverTarget]:
    if killed is None or not (owners := killed.owners()):
        return
    hour_ago = (killed.written or found.account.clock.now()) - WINDOW
    yield from found.hand_over(owners, since=killed.began or hour_ago)


def tell_strays(snapshot: Snapshot, screen: Screen, *, ends: bool, yes: bool, killed: Remains | None = None) -> None:
    """Say which clusters and hooks interrupted creates of the stack have left, and with `ends` end them.

    What creates of a `killed` run had finished before the state held it is handed over to their resources first.

    Raises:
        XplentyError: it could not look.
    """
    with account_of(snapshot) as found:
        for thing in _handed_over(found, killed):
            screen.line(f"{thing.label} was made by a create that never reached the state: handed over to its resource")
        strays = found.strays()
        if not strays:
            screen.line("nothing in the account is left over from an interrupted create of this stack")
        for one in strays:
            screen.line(found.outlook(one))
        if strays and ends:
            ask(f"End {' and '.join(map(str, strays))}?", screen, yes=yes)
            found.end(strays, snapshot.engine, screen)
