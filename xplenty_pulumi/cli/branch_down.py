"""Taking down the stack of a branch, and ending living clusters by the scope of their marker, seen to have ended."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from xplenty_pulumi.cli.account import Account
from xplenty_pulumi.cli.branch_account import require_same
from xplenty_pulumi.cli.branch_stacks import ProjectStacks
from xplenty_pulumi.cli.engine import Engine
from xplenty_pulumi.cli.printable import plural
from xplenty_pulumi.cli.remains import refuse_while_held, remains_of, remove_locks
from xplenty_pulumi.cli.screen import Screen
from xplenty_pulumi.cli.telling import Teller
from xplenty_pulumi.core import branches, overview
from xplenty_pulumi.core.branches import BranchStack
from xplenty_pulumi.core.patience import Deadline, Patience
from xplenty_pulumi.core.reconcile import Clusters, Living
from xplenty_pulumi.errors import RefusedError, XplentyError

_TOGETHER = 8
LATEST = 37.0
"""Seconds for which a cluster is looked for that a killed run was making: as long as for one whose answer is lost."""
_CLEAN_LOOKS = 2
"""A killed run's provider process may send one more call; it is seen by the second look, a pause later."""


def living_clusters(account: Account) -> tuple[branches.Living, ...]:
    """Return all clusters of the account that carry a marker and have not ended, those that are ending included."""
    rows = account.observer().clusters().clusters or ()
    marked = [row for row in rows if not row.is_ended and row.owner != overview.UNMANAGED]
    return tuple(branches.Living(row.id, row.owner, row.headline) for row in marked)


class TakingDown:
    """Takes down stacks and ends clusters; each within `timeout` seconds.

    With `breaks_locks`, a lock goes too whose process can not be seen from here.
    """

    def __init__(
        self, engine: Engine, account: Account, screen: Screen, *, timeout: float, breaks_locks: bool = False
    ) -> None:
        self._engine = engine
        self._account = account
        self._screen = screen
        self._timeout = timeout
        self._breaks_locks = breaks_locks
        self._cancelled = threading.Event()

    def branch(self, branch: str, stacks: ProjectStacks) -> str:
        """Take down all that there is of a branch, with a stack or without, and return what was done."""
        found = stacks.of_branch(branch)
        for stack in found:
            self.stack(stack)
        if found:
            return f"stack {' and '.join(one.name for one in found)} is taken down, and nothing of it lives"
        ended = self.clusters_of(stacks.scopes_of(branch), spared=stacks.clusters_elsewhere())
        ending = f"{plural(ended, 'cluster')} of it ended" if ended else "nothing to take down"
        return f"it has no stack; {ending}"

    def stack(self, stack: BranchStack) -> None:
        """Return once the stack is gone and nothing lives that carries its marker; may be repeated.

        Raises:
            RefusedError: another `pulumi` is at work on it, or may be.
            XplentyError: it was not done; what is left can be taken down by the same again.
        """
        require_same(stack, self._account)
        engine = self._engine.of(stack.name)
        until = Deadline.after(LATEST if self._unlock(engine) else 0, self._account.clock)
        if stack.is_deployed and not engine.shown("destroy", "--yes", "--skip-preview"):
            raise XplentyError(
                "`pulumi destroy` failed; its own words are above",
                resource=f"stack {stack.name}",
                advice="Mend what it says and run the same again; the stack stays until nothing of it lives",
            )
        self.clusters_of(stack.scopes, until=until)
        engine.removed()

    def clusters_of(
        self, scopes: frozenset[str], *, spared: frozenset[int] = frozenset(), until: Deadline | None = None
    ) -> int:
        """End every living cluster with one of the scopes, and return how many there were once none lives.

        Those `spared`, by their ids, live on. They are looked for `until` then at least.

        Raises:
            XplentyError: one still lives when the time is up, or could not be ended.
        """
        deadline = Deadline.after(self._timeout, self._account.clock)
        ended: set[int] = set()
        clean = 0
        while clean < _CLEAN_LOOKS or (until and until.left() > 0):
            found = [one for one in living_clusters(self._account) if one.scope in scopes and one.id not in spared]
            clean = 0 if found else clean + 1
            if found and deadline.left() <= 0:
                raise _still_living(found)
            self.end(found, deadline)
            ended.update(one.id for one in found)
            if clean < _CLEAN_LOOKS or (until and until.left() > 0):
                self._account.clock.sleep(self._account.pace.first)
        return len(ended)

    def end(self, found: Iterable[branches.Living], deadline: Deadline) -> None:
        """Terminate them all at the same time, and wait for the end of each."""
        living = Living(self._account.client, self._account.clock)

        def end(one: branches.Living) -> None:
            patience = self._patience(Teller(self._screen, self._account.clock, f"cluster {one.id}").tell)
            clusters = Clusters(self._account.client, living, patience, polls=self._account.polls)
            clusters.delete(one.id, timeout=deadline.left(), active_jobs="stop")
            self._screen.line(f"cluster {one.id} has ended ({one.scope})")

        with ThreadPoolExecutor(_TOGETHER) as pool:
            try:
                list(pool.map(end, found))
            except KeyboardInterrupt:
                self._cancelled.set()
                raise

    def _patience(self, tell: Callable[[str, str], None]) -> Patience:
        reason = "ended by Ctrl-C"
        patience = self._account.patience(tell, self._screen.warn)
        return replace(patience, interrupted=lambda: reason if self._cancelled.is_set() else "")

    def _unlock(self, engine: Engine) -> bool:
        """Remove the lock of a killed run, and return whether it was making something that may come to light later."""
        remains = remains_of(engine)
        refuse_while_held(remains)
        unseen = [lock for lock in remains.locks or () if not lock.is_seen]
        if unseen and not self._breaks_locks:
            raise RefusedError(
                f"it is locked by {unseen[0]}, which can not be looked for from here; nothing was changed",
                resource=remains.stack,
                advice="When you know that this `pulumi` is not at work any more, run it with --break-lock",
            )
        if remains.locks or self._breaks_locks:
            remove_locks(engine, remains)
        if remains.foreign():
            self._screen.warn(f"{remains.stack}:{remains.foreign()}")
        return remains.creates_ours


def _still_living(found: list[branches.Living]) -> XplentyError:
    named = ", ".join(f"{one.id} ({one.headline})" for one in found)
    return XplentyError(
        f"the time is up and clusters still live that carry the marker: {named}",
        advice="Run the same again to go on; nothing else was removed meanwhile",
    )
