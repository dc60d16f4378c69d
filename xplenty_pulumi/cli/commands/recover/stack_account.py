"""The account of a stack that a `pulumi` was killed on, and what its interrupted creates have left there."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import SystemRandom
from typing import Any

from xplenty_pulumi.cli.engine.holders import Holders, holders_in
from xplenty_pulumi.cli.engine.locks import Lock
from xplenty_pulumi.cli.engine.remains import Remains, require_unchanged
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.engine.states import states
from xplenty_pulumi.cli.ui.account import CommandAccount, opened
from xplenty_pulumi.cli.ui.end_all import end_all
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.kind import Ending, Kind
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import ADOPTION_WINDOW, WINDOW_TEXT, Marked, is_of_another, origin_on
from xplenty_pulumi.core.kinds.registry import MARKED, kind_of
from xplenty_pulumi.core.reading.snapshots import definitions
from xplenty_pulumi.core.reading.strays import Stray, strays_among
from xplenty_pulumi.core.reconcile import KnownClusters
from xplenty_pulumi.core.reports.hand_over import HandOverTarget, hand_over
from xplenty_pulumi.core.reports.living import LiveThing
from xplenty_pulumi.core.waiting.patience import Deadline

_LONGEST = 1200.0
"""Seconds for ending clusters, all together; one that is still being built can be ended only afterwards."""

_SLOWEST = timedelta(minutes=10)
"""Within which a create call is sent after the state was last written, as far as anybody knows who sent it."""


@dataclass(frozen=True)
class StackAccount:
    """The account of a stack, and what is needed to tell the stack's own things in it.

    `scopes` are all that the markers of its resources can carry; `holders` are the states of the whole backend, in
    which the stack has the full name `stack`.
    """

    account: CommandAccount
    scopes: frozenset[str]
    holders: Holders
    stack: str = ""

    def strays(self) -> tuple[Stray, ...]:
        """Return what is unfinished and in no state, as the account shows it now."""
        living = (one for kind in MARKED.values() for one in self._living(kind) if not self._is_held(one))
        return strays_among(living, self.scopes, ())

    def _is_held(self, thing: Marked) -> bool:
        return bool(self.holders.of(kind_of(thing).name, thing.key, made=origin_on(thing)))

    def finished(self, owners: Collection[Marker], *, since: datetime) -> Iterator[HandOverTarget]:
        """Yield what creates of these owners `since` then had finished, and no state holds."""
        for thing in [HandOverTarget(one) for kind in MARKED.values() for one in self._living(kind)]:
            marker = thing.marker
            if marker is None or marker.whose not in owners or marker.is_unfinished:
                continue
            if marker.begun is None or marker.begun < since.replace(second=0, microsecond=0):
                continue
            if is_of_another(thing.record, self.account.client.user_id()):
                continue
            if not self._is_held(thing.record):
                yield thing

    def hand_over(self, thing: HandOverTarget, *, until: datetime) -> str:
        """Sign as unfinished what a create had finished by `until`, in the killed run; return what has become of it.

        What was adopted, or is younger, may be held by a stack of the same name in another backend, and is left alone.
        """
        marker = thing.marker
        if marker is None or marker.begun is None or marker.is_of_adoption or marker.begun > until:
            return (
                "carries the marker of a resource that was being created, and is held by a stack of this name, as one "
                "in another backend, or was signed by the killed run. If no other one has it, run `xplenty-pulumi "
                f"hand-over {thing.kind.name}:{thing.record.key}`"
            )
        drawn = marker.whose.drawn(self.account.clock.now(), SystemRandom())
        hand_over(self.account.client, thing, drawn, clock=self.account.clock)
        return "was made by a create that never reached the state: handed over to its resource"

    def hand_over_finished(self, killed: Remains, screen: Screen) -> None:
        """Hand over to their resources what creates of the killed run had finished before the state held it."""
        if owners := killed.owners():
            now = self.account.clock.now()
            earliest = (killed.written or now) - ADOPTION_WINDOW
            for thing in self.finished(owners, since=killed.began or earliest):
                told = self.hand_over(thing, until=(killed.last_sign or now) + _SLOWEST)
                screen.line(f"{thing.label} {told}")

    def in_two_states(self) -> Iterator[str]:
        """Yield what is about each thing that the state of another stack holds as well."""
        for one, other in self.holders.of_two_stacks(self.stack):
            yield (
                f"{one.name} ({one.id}) is in the state of stack {other.stack} too, as {other.name}, as after a killed "
                "`pulumi state move`: an `up` or a `destroy` of one may end it for both. Before that, take it out of "
                f"the one that is not to have it: `pulumi state delete '{one.urn}' --stack {one.stack}`, or "
                f"`pulumi state delete '{other.urn}' --stack {other.stack}`"
            )

    def _living(self, kind: Kind) -> Iterable[Any]:
        if kind.ends is Ending.TERMINATED:
            return KnownClusters(self.account.client, self.account.clock).listing().unended.values()
        return definitions(self.account.client, kind)

    def outlook(self, stray: Stray) -> str:
        """Return what is about a stray, and what becomes of it."""
        what = f"{stray} was left by an interrupted create of this stack, and no state holds it"
        reason = f"it is more than {WINDOW_TEXT} old, or another user's"
        if kept := self.holders.of_owner(stray.kind.name, stray.owner):
            reason = f"it is a duplicate of {stray.kind.name} {kept.id}, which the state of stack {kept.stack} holds"
        elif stray.is_adopted_by(self.account.client.user_id(), now=self.account.clock.now()):
            return f"{what}; the next `pulumi up` adopts it if the program still declares it, and --end-strays ends it"
        return f"{what}; no `pulumi up` adopts it, because {reason}; --end-strays ends it"

    def end(self, strays: tuple[Stray, ...], screen: Screen) -> None:
        """Return once the service shows that all of them have ended whose marker nobody has changed meanwhile.

        Raises:
            XplentyError: one could not be ended; the same can be tried again.
        """
        living = [LiveThing(one.id, one.scope, one.status, kind=one.kind.name, made=one.made) for one in strays]
        end_all(living, Deadline.after(_LONGEST, self.account.clock), account=self.account, screen=screen)


@contextmanager
def account_of(snapshot: Snapshot, *, locks: tuple[Lock, ...], written: datetime | None) -> Iterator[StackAccount]:
    """Give the account of the stack, which refuses to change once locks or state are not as they were.

    Raises:
        ConfigError: the settings of the stack's account are missing or malformed.
        XplentyError: a state cannot be read.
    """
    (own,) = states(snapshot, all_stacks=False)
    require_idle = partial(require_unchanged, snapshot.engine, own.full_name, locks=locks, written=written)
    holders = holders_in(snapshot, own.settings)
    with opened(own.settings, before_write=require_idle) as account:
        yield StackAccount(account, own.scopes, holders, own.full_name)
