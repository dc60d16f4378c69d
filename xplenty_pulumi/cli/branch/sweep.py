"""Sweeping up after branches: what is due is said first, and ended only on demand."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from xplenty_pulumi.cli.branch.claims import OwnershipRules
from xplenty_pulumi.cli.branch.claims import spelled as spelled_spared
from xplenty_pulumi.cli.branch.down import BranchDown
from xplenty_pulumi.cli.branch.git import Repository
from xplenty_pulumi.cli.branch.listing import BranchRows
from xplenty_pulumi.cli.branch.records import EXPIRES
from xplenty_pulumi.cli.branch.stacks import ProjectStacks
from xplenty_pulumi.cli.engine.holders import holders_in
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.reports.branches import BranchStack, Due, Heads, LiveCluster, Sweeping, due_stacks, orphans
from xplenty_pulumi.errors import RefusedError, XplentyError
from xplenty_pulumi.text import NOTHING, one_line, plural, rough_duration

_LARGEST_SKEW = 600.0
"""Seconds; the shortest lifetime is an hour."""
_MAKE_READABLE = (
    f"Run `xplenty-pulumi branch up` on its branch, or set the tag: `pulumi stack tag set {EXPIRES} "
    "2026-01-31T12:00:00Z --stack NAME`"
)


@dataclass(frozen=True)
class BranchSweep:
    """Finds what is left of branches, and ends it; the `judge` decides by the same snapshot of the backend."""

    stacks: ProjectStacks
    repository: Repository
    judge: OwnershipRules
    remote: str = ""

    def rows(self, heads: Heads | None) -> BranchRows:
        """Return all branch stacks with what lives of them."""
        living = self.judge.living()  # before the stacks: a new cluster is younger than its stack
        stacks, families, now = self.stacks.of_branches(), self.stacks.families(), self.judge.account.clock.now()
        lost, spared = self.judge.sorted_out(orphans(stacks, living, families=families))
        return BranchRows(now, stacks, living, lost, heads, spared)

    def look(self) -> Sweeping:
        """Return what is due now.

        Raises:
            RefusedError: it cannot be told which branches there are, or what time it is.
        """
        heads = self.repository.heads(self.repository.remote(self.remote))
        found = self.rows(heads)
        clock = self._clock(found.at)
        heads.require_some_of(found.stacks)
        due = due_stacks(found.stacks, found.living, heads=heads, now=found.at)
        strays, spared = self.judge.sorted_out(one for stack in due for one in stack.stray)
        due = tuple(replace(one, clusters=(*one.clusters, *one.stack.stray(strays))) for one in due)
        gone = {one.stack.name for one in due}
        unreadable = tuple(one for one in found.stacks if not one.says_when(found.at) and one.name not in gone)
        basis = f"{_spelled_heads(heads)}, {clock}"
        return Sweeping(due, tuple(found.orphans), (*found.spared, *spared), unreadable, basis)

    def require_readable(self, found: Sweeping) -> None:
        """Return if each stack says when it is due.

        Raises:
            XplentyError: one does not, and would live for ever.
        """
        if found.unreadable:
            raise XplentyError(" ".join(map(_unreadable, found.unreadable)), advice=_MAKE_READABLE)

    def sweep(self, found: Sweeping, taking: BranchDown, screen: Screen) -> None:
        """End what was found; what fails does not keep the rest from being ended.

        Raises:
            XplentyError: something could not be ended.
        """
        failures = [*map(_unreadable, found.unreadable)]
        for due in found.due:
            self._try(due, taking, screen, failures)
        for scope in sorted(self._still_orphaned(found)):
            try:
                taking.clusters_of(frozenset({scope}))
            except XplentyError as failed:
                failures.append(str(failed))
        if failures:
            raise XplentyError(
                f"{plural(len(failures), 'thing')} could not be swept: {' '.join(failures)}",
                advice=f"What could be ended has ended. {_MAKE_READABLE if found.unreadable else ''}".rstrip(),
            )

    def _clock(self, now: datetime) -> str:
        """What the lifetimes are measured by; a clock that is not the service's would end what is not due."""
        ahead = self.judge.account.client.clock_ahead
        if ahead is not None and abs(ahead) > _LARGEST_SKEW:
            raise RefusedError(
                f"the clock here says {now:%Y-%m-%d %H:%M} UTC, {rough_duration(abs(ahead))} "
                f"{'ahead of' if ahead > 0 else 'behind'} the service's, so it is not known which lifetimes are over; "
                "nothing was changed",
                advice="Set the clock of this machine right and run it again",
            )
        return f"and the clock here, {now:%Y-%m-%d %H:%M} UTC" + ("" if ahead is None else ", which is the service's")

    def _still_orphaned(self, found: Sweeping) -> frozenset[str]:
        """The scopes of the orphans that no stack has got meanwhile, such as from a `branch up` that adopts them."""
        scopes = frozenset(one.scope for one in found.orphans)
        return scopes & {one.scope for one in self._anew().rows(None).orphans} if scopes else scopes

    def _anew(self) -> "BranchSweep":
        stacks = self.stacks.anew()
        return replace(self, stacks=stacks, judge=replace(self.judge, holders=partial(holders_in, stacks.snapshot)))

    def _try(self, due: Due, taking: BranchDown, screen: Screen, failures: list[str]) -> None:
        """Take a stack down, unless a `branch up` has given it more time since it was found."""
        try:
            stacks = self.stacks.anew()
            listed = stacks.listed().get(due.stack.name)
            now = stacks.read(listed) if listed else None
            if now and now.expires != due.stack.expires:
                screen.line(f"{due.stack.name}: left alone, because it was given more time meanwhile")
            elif now:
                taking.stack(now, stacks)
                screen.line(f"{due.stack.name}: taken down")
        except XplentyError as failed:
            failures.append(str(failed))


def _spelled_heads(heads: Heads) -> str:
    where = f"of {heads.remote}" if heads.remote else "of this clone"
    default = f" (default {heads.default})" if heads.default else ""
    return one_line(f"based on {plural(len(heads.names), 'branch')} {where}{default}")


def _unreadable(stack: BranchStack) -> str:
    return one_line(f"stack {stack.name}: its tags do not say when it ends, at most 7 days from now")


def spelled(found: Sweeping) -> list[str]:
    """Return a line for each thing that a sweep ends."""
    return [*map(_stack_line, found.due), *map(_orphan_line, found.orphans)]


def spelled_rest(found: Sweeping) -> list[str]:
    """Return a line for each thing that a sweep does not end, although it carries the scope of a branch."""
    return [spelled_spared(one) for one in found.spared]


def _stack_line(due: Due) -> str:
    stack = due.stack
    clusters = "".join(f", cluster {one.id}" for one in due.clusters)
    whose = f"branch {stack.branch or NOTHING} of {stack.owner or NOTHING}"
    why = " and ".join(due.reasons)
    return one_line(f"stack {stack.name} ({whose}): {why}; {plural(stack.resources, 'resource')}{clusters}")


def _orphan_line(one: LiveCluster) -> str:
    return one_line(f"cluster {one.id} ({one.headline}): no stack has its scope {one.scope} any more")
