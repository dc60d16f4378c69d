"""Taking down the stack of a branch, and ending what is left of it by the scope of its marker, until nothing lives."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from xplenty_pulumi.cli.commands.branch.account import require_same
from xplenty_pulumi.cli.commands.branch.rules import NOTHING_HELD, OwnershipRules, spared_line
from xplenty_pulumi.cli.commands.branch.stacks import ProjectStacks
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.locks import refuse_while_held
from xplenty_pulumi.cli.engine.remains import (
    Remains,
    remains_of,
    remove_locks,
    require_emptied,
    require_unchanged,
    wait_for_late_calls,
)
from xplenty_pulumi.cli.ui.end_all import end_all
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.reports.branches import BranchStack
from xplenty_pulumi.core.reports.living import HeldReferences, LiveThing, Reference, Spared
from xplenty_pulumi.core.waiting.patience import Deadline
from xplenty_pulumi.errors import RefusedError, XplentyError
from xplenty_pulumi.text import plural

_CHANGED = "its marker was changed meanwhile"
_CLEAN_LISTINGS = 2
"""A killed run's provider process may send one more call; the second listing, a pause later, shows it."""


def _counted(things: Iterable[LiveThing]) -> str:
    """How many there are of each kind."""
    return " and ".join(plural(count, kind) for kind, count in Counter(one.kind for one in things).items())


@dataclass(frozen=True)
class Cleared:
    """What has ended, and what with the same scope lives on."""

    ended: tuple[LiveThing, ...]
    spared: tuple[Spared, ...] = ()


class BranchDown:
    """Takes down stacks and ends what is left of them; each within `timeout` seconds.

    With `breaks_locks`, a lock goes too whose process is not on this machine. What a killed run was creating is waited
    for, unless it `waits` not.
    """

    def __init__(
        self,
        engine: Engine,
        rules: OwnershipRules,
        screen: Screen,
        *,
        timeout: float,
        breaks_locks: bool = False,
        waits: bool = True,
    ) -> None:
        self._engine = engine
        self._rules = rules
        self._account = rules.account
        self._screen = screen
        self._timeout = timeout
        self._breaks_locks = breaks_locks
        self._waits = waits

    def branch(self, branch: str, stacks: ProjectStacks) -> str:
        """Take down all that there is of a branch, with a stack or without, and return what was done."""
        found = stacks.of_branch(branch, self._account.settings)
        if found:
            spared = [one for stack in found for one in self.stack(stack, stacks).spared]
            living = _counted(one.thing for one in spared)
            rest = f"; not ended: {living} with its scope, as said above" if living else ""
            done = rest or ", and nothing of it lives"
            return f"stack {' and '.join(one.name for one in found)} is taken down{done}"
        scopes = stacks.scopes_of(branch)
        idle = partial(stacks.require_none_of, scopes, self._account.settings)
        cleared = self.clear(scopes, require_idle=idle)
        ending = f"{_counted(cleared.ended)} of it ended" if cleared.ended else "nothing to take down"
        return f"it has no stack; {ending}"

    def stack(self, stack: BranchStack, stacks: ProjectStacks) -> Cleared:
        """Return once the stack is gone and nothing of its own lives that carries its marker; may be repeated.

        Raises:
            RefusedError: another `pulumi` is at work on it, or may be.
            XplentyError: it was not done; what is left can be taken down by the same again.
        """
        try:
            return self._taken_down(stack, stacks)
        except XplentyError:
            if stack.name in stacks.anew().listed():
                raise
        self._screen.line(f"stack {stack.name}: another run has removed it meanwhile")
        idle = partial(stacks.require_none_of, stack.scopes, self._account.settings)
        return self.clear(stack.scopes, held=stack.held, require_idle=idle)

    def _taken_down(self, stack: BranchStack, stacks: ProjectStacks) -> Cleared:
        require_same(stack, self._account)
        engine = self._engine.of(stack.name)
        remains = remains_of(stacks.snapshot, stacks.listed()[stack.name].full_name)
        self._require_unlockable(remains)
        if remains.creates_ours and self._waits:
            wait_for_late_calls(remains, self._account.clock, self._screen.line)
            require_unchanged(engine, remains.stack, locks=remains.locks or (), written=remains.written)
        self._unlock(engine, remains)
        if stack.is_deployed and not engine.shown("destroy", "--yes", "--skip-preview"):
            raise XplentyError(
                "`pulumi destroy` failed; its own words are above",
                resource=f"stack {stack.name}",
                advice="Correct what it says and run the same again; the stack stays until nothing of it lives"
                f"{self._way_out(remains)}",
            )
        idle = partial(require_emptied, engine, remains.stack)
        cleared = self.clear(stack.scopes, held=stack.held, require_idle=idle)
        try:
            engine.removed(stacks.selected())
        except XplentyError:
            idle()  # the engine refuses what an `up` has filled again, and advises to use force
            raise
        return cleared

    def clear(
        self, scopes: frozenset[str], *, require_idle: Callable[[], None], held: HeldReferences = NOTHING_HELD
    ) -> Cleared:
        """End what has one of the scopes and is unfinished, and clusters that were `held`; return once none lives.

        What else has the scope lives on and is named. Definitions are looked for once no cluster is left. What
        `require_idle` raises, which is called before anything is ended, keeps alive what an `up` is making now.

        Raises:
            XplentyError: one still lives when the time is up, or could not be ended.
        """
        deadline = Deadline.after(self._timeout, self._account.clock)
        ended = dict[Reference, LiveThing]()
        clean, spared = 0, dict[Reference, Spared]()
        while clean < _CLEAN_LISTINGS:
            living = self._rules.living(is_whole=clean == _CLEAN_LISTINGS - 1)
            known = ended.keys() | spared.keys()  # a list may show for longer what was seen to have ended
            strays = [one for one in living if one.scope in scopes and one.reference not in known]
            found, others = self._rules.sorted_out(strays, held=held)
            spared |= {one.thing.reference: one for one in others}
            clean = 0 if found else clean + 1
            if found and deadline.left() <= 0:
                named = ", ".join(f"{one.label} ({one.headline})" for one in found)
                raise XplentyError(
                    f"the time is up and there still is what is to end: {named}",
                    advice="Run the same again to go on; nothing else was removed meanwhile",
                )
            if found:
                require_idle()
            done = end_all(found, deadline, account=self._account, screen=self._screen)
            ended |= {one.reference: one for one in done}
            spared |= {one.reference: Spared(one, _CHANGED) for one in found if one not in done}
            if clean < _CLEAN_LISTINGS:
                self._account.clock.sleep(self._account.pace.first)
        for other in spared.values():
            self._screen.line(spared_line(other))
        return Cleared(tuple(ended.values()), tuple(spared.values()))

    def _require_unlockable(self, remains: Remains) -> None:
        refuse_while_held(remains.stack, remains.locks)
        elsewhere = [lock for lock in remains.locks or () if not lock.is_seen]
        if elsewhere and not self._breaks_locks:
            raise RefusedError(
                f"it is locked by {elsewhere[0]}, which cannot be looked for from here; nothing was changed",
                resource=remains.stack,
                advice="When you know that this `pulumi` is not at work any more, run it with --break-lock",
            )

    def _way_out(self, remains: Remains) -> str:
        """What to do about a lock that only the engine has seen."""
        if remains.locks is not None or self._breaks_locks:
            return ""
        return (
            ". Where it is locked, wait for the other run; when you know that this `pulumi` is not at work any more, "
            "run it with --break-lock"
        )

    def _unlock(self, engine: Engine, remains: Remains) -> None:
        """Remove the lock of a killed run."""
        if remains.locks or self._breaks_locks:
            remove_locks(engine, remains, self._screen.warn)
        if remains.foreign():
            self._screen.warn(f"{remains.stack}:{remains.foreign()}")
