"""Whose what carries the scope of a branch is, by the states of all stacks of the backend and the user of the key."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType

from xplenty_pulumi.cli.engine.holders import Holders
from xplenty_pulumi.cli.ui.account import CommandAccount
from xplenty_pulumi.core.kinds.kind import Ending
from xplenty_pulumi.core.kinds.ownership import Marked
from xplenty_pulumi.core.kinds.registry import MARKED
from xplenty_pulumi.core.reading.snapshots import definitions
from xplenty_pulumi.core.reports.living import Claims, HeldReferences, LiveThing, Spared, living_among
from xplenty_pulumi.text import one_line

NOTHING_HELD: HeldReferences = MappingProxyType({})


@dataclass(frozen=True)
class OwnershipRules:
    """Decides by the states of all stacks of the backend, which `holders` reads, and by the user of the key."""

    account: CommandAccount
    holders: Callable[[], Holders]

    def living(self, *, is_whole: bool = True) -> tuple[LiveThing, ...]:
        """Return what carries a marker and has not ended, what is ending included; the clusters alone unless whole."""
        records: list[Marked] = [*self.account.observer().cluster_records()]
        for kind in MARKED.values() if is_whole else ():
            if kind.ends is Ending.REMOVED:
                records += definitions(self.account.client, kind)
        return tuple(living_among(records))

    def sorted_out(
        self, found: Iterable[LiveThing], *, held: HeldReferences = NOTHING_HELD
    ) -> tuple[tuple[LiveThing, ...], tuple[Spared, ...]]:
        """Return which of them are to be ended and which are not; `held` is what their stack's state held.

        Raises:
            XplentyError: a state or the key's user cannot be read, so that it is not known.
        """
        things = tuple(found)
        if not things:
            return (), ()
        holders = self.holders()
        of_stacks = {one.reference: holder for one in things if (holder := holders.of(*one.reference, made=one.made))}
        claims = Claims(held, of_stacks, self.account.client.user_id())
        spared = {one: why for one in things if (why := claims.spared(one))}
        return tuple(one for one in things if one not in spared), tuple(spared.values())


def spared_line(spared: Spared) -> str:
    """Return the line that says that a thing is not ended, and why."""
    one = spared.thing
    way_out = "" if spared.holder else f"; see `xplenty-pulumi hand-over {one.kind}:{one.id}`"
    return one_line(f"not ended: {one.label} ({one.headline}), scope {one.scope}: {spared.reason}{way_out}")
