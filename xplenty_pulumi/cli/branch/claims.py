"""Which living clusters of branches are ended, and what is said of the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from xplenty_pulumi.cli.account import CommandAccount
from xplenty_pulumi.cli.engine.holders import Holders
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.reports.branches import Claims, LiveCluster, Spared, living_among
from xplenty_pulumi.text import one_line


@dataclass(frozen=True)
class OwnershipRules:
    """Decides by the states of all stacks of the backend, which `holders` reads, and by the user of the key."""

    account: CommandAccount
    holders: Callable[[], Holders]

    def living(self) -> tuple[LiveCluster, ...]:
        """Return all clusters of the account that carry a marker and have not ended, those that are ending included."""
        return tuple(living_among(self.account.observer().cluster_records()))

    def sorted_out(
        self, found: Iterable[LiveCluster], *, held: frozenset[int] = frozenset()
    ) -> tuple[tuple[LiveCluster, ...], tuple[Spared, ...]]:
        """Return which of them are to be ended and which are not; `held` are those that their stack's state held.

        Raises:
            XplentyError: a state or the key's user cannot be read, so that it cannot be told.
        """
        clusters = tuple(found)
        if not clusters:
            return (), ()
        holders = self.holders()
        of_stacks = {one.id: holder for one in clusters if (holder := holders.of(CLUSTER.name, one.id))}
        claims = Claims(held, of_stacks, self.account.client.user_id())
        spared = {one.id: why for one in clusters if (why := claims.spared(one))}
        return tuple(one for one in clusters if one.id not in spared), tuple(spared.values())


def spelled(spared: Spared) -> str:
    """Return the line that says that a cluster is not ended, and why."""
    one = spared.cluster
    way_out = "" if spared.holder else f"; see `xplenty-pulumi hand-over cluster:{one.id}`"
    return one_line(f"not ended: cluster {one.id} ({one.headline}), scope {one.scope}: {spared.reason}{way_out}")
