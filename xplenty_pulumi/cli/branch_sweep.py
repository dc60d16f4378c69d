"""Sweeping up after branches: what is due is said first, and ended only on demand."""

from dataclasses import dataclass

from xplenty_pulumi.cli.account import Account
from xplenty_pulumi.cli.branch_down import TakingDown, living_clusters
from xplenty_pulumi.cli.branch_git import Repository
from xplenty_pulumi.cli.branch_list import BranchRows
from xplenty_pulumi.cli.branch_stacks import ProjectStacks
from xplenty_pulumi.cli.printable import NOTHING, one_line, plural
from xplenty_pulumi.cli.screen import Screen
from xplenty_pulumi.core.branches import Due, Heads, Living, Sweeping, due_stacks, orphans
from xplenty_pulumi.errors import XplentyError


@dataclass(frozen=True)
class Broom:
    """Finds what is left of branches, and ends it."""

    stacks: ProjectStacks
    repository: Repository
    account: Account
    remote: str = ""

    def rows(self, heads: Heads | None) -> BranchRows:
        """Return all branch stacks with what lives of them."""
        living = living_clusters(self.account)  # before the stacks: a new cluster is younger than its stack
        stacks, families, now = self.stacks.of_branches(), self.stacks.families(), self.account.clock.now()
        return BranchRows(now, stacks, living, self._in_no_stack(orphans(stacks, living, families=families)), heads)

    def _in_no_stack(self, lost: tuple[Living, ...]) -> tuple[Living, ...]:
        """Those that no state of the project holds: who renames a branch's stack keeps what is in it."""
        elsewhere = self.stacks.clusters_elsewhere() if lost else frozenset()
        return tuple(one for one in lost if one.id not in elsewhere)

    def look(self) -> Sweeping:
        """Return what is due now.

        Raises:
            RefusedError: it can not be told which branches there are.
        """
        heads = self.repository.heads(self.repository.remote(self.remote))
        found = self.rows(heads)
        return Sweeping(due_stacks(found.stacks, found.living, heads=heads, now=found.at), tuple(found.orphans))

    def sweep(self, found: Sweeping, taking: TakingDown, screen: Screen) -> None:
        """End what was found; what fails does not keep the rest from being ended.

        Raises:
            XplentyError: something could not be ended.
        """
        failures: list[str] = []
        for due in found.due:
            self._try(due, taking, screen, failures)
        for scope in sorted(self._still_orphaned(found)):
            try:
                taking.clusters_of(frozenset({scope}), spared=self.stacks.clusters_elsewhere())
            except XplentyError as failed:
                failures.append(str(failed))
        if failures:
            raise XplentyError(
                f"{plural(len(failures), 'thing')} could not be swept: {' '.join(failures)}",
                advice="What could be ended has ended",
            )

    def _still_orphaned(self, found: Sweeping) -> frozenset[str]:
        """The scopes of the orphans that no stack has got meanwhile, such as from a `branch up` that adopts them."""
        scopes = frozenset(one.scope for one in found.orphans)
        return scopes & {one.scope for one in self.rows(None).orphans} if scopes else scopes

    def _try(self, due: Due, taking: TakingDown, screen: Screen, failures: list[str]) -> None:
        """Take a stack down, unless a `branch up` has given it more time since it was found."""
        try:
            listed = self.stacks.listed().get(due.stack.name)
            now = self.stacks.read(listed) if listed else None
            if now and now.expires != due.stack.expires:
                screen.line(f"{due.stack.name}: left alone, because it was given more time meanwhile")
            elif now:
                taking.stack(now)
                screen.line(f"{due.stack.name}: taken down")
        except XplentyError as failed:
            failures.append(str(failed))


def spelled(found: Sweeping) -> list[str]:
    """Return a line for each thing that a sweep ends."""
    return [*map(_stack_line, found.due), *map(_orphan_line, found.orphans)]


def _stack_line(due: Due) -> str:
    stack = due.stack
    clusters = "".join(f", cluster {one.id}" for one in due.clusters)
    whose = f"branch {stack.branch or NOTHING} of {stack.owner or NOTHING}"
    why = " and ".join(due.reasons)
    return one_line(f"stack {stack.name} ({whose}): {why}; {plural(stack.resources, 'resource')}{clusters}")


def _orphan_line(one: Living) -> str:
    return one_line(f"cluster {one.id} ({one.headline}): no stack has its scope {one.scope} any more")
