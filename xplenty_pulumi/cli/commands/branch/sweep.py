"""What there is of branches, for people and as JSON, and sweeping up after them: said first, ended only on demand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from xplenty_pulumi.cli.commands.branch.down import BranchDown
from xplenty_pulumi.cli.commands.branch.git import Repository
from xplenty_pulumi.cli.commands.branch.rules import OwnershipRules
from xplenty_pulumi.cli.commands.branch.stacks import EXPIRES, ProjectStacks
from xplenty_pulumi.cli.engine.holders import holders_in
from xplenty_pulumi.cli.ui.documents import document
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.cli.ui.table import add_row, plain_table
from xplenty_pulumi.core.reports.branches import BranchStack, Due, Heads, Sweeping, due_stacks, orphans
from xplenty_pulumi.core.reports.living import LiveThing, Spared
from xplenty_pulumi.errors import RefusedError, XplentyError
from xplenty_pulumi.text import NOTHING, one_line, plural, rough_duration

_LARGEST_SKEW = 600.0
"""Seconds; the shortest lifetime is an hour."""
_MAKE_READABLE = (
    f"Run `xplenty-pulumi branch up` on its branch, or set the tag: `pulumi stack tag set {EXPIRES} "
    "2026-01-31T12:00:00Z --stack NAME`"
)


@dataclass(frozen=True)
class BranchRows:
    """All branch stacks at a moment; `heads` is None where the branches are not known.

    `orphans` have no stack and are ended by a sweep; `spared` have none either, and are not.
    """

    at: datetime
    stacks: Sequence[BranchStack]
    living: Sequence[LiveThing]
    orphans: Sequence[LiveThing]
    heads: Heads | None
    spared: Sequence[Spared] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = plain_table("BRANCH", "STACK", "OWNER", "EXPIRES", "RESOURCES", "CLUSTERS", "GIT")
        for one in self.stacks:
            clusters = ", ".join(str(cluster.id) for cluster in one.living(self.living)) or NOTHING
            left = (one.expires - self.at).total_seconds() if one.expires else 0
            expiry = "expired" if one.is_expired(self.at) else f"in {rough_duration(left)}" if left else "unknown"
            texts = [one.branch or NOTHING, one.name, one.owner or NOTHING, expiry, str(one.resources), clusters]
            add_row(table, *texts, self.in_git(one))
        yield table if self.stacks else Text("no branch has a stack", style="dim")
        for orphan in self.orphans:
            text = f"{orphan.label} ({orphan.headline}) has lost its stack; see `xplenty-pulumi branch sweep`"
            yield Text(text, style="yellow")

    def in_git(self, stack: BranchStack) -> str:
        """Return whether the stack's branch exists: `exists`, `gone`, `not pushed` or `unknown`."""
        if self.heads is None or not stack.branch:
            return "unknown"
        if stack.branch in self.heads.names:
            return "exists"
        if self.heads.lack(stack):
            return "gone"
        return "unknown" if stack.pushed_to else "not pushed"


@dataclass(frozen=True)
class BranchSweep:
    """Finds what is left of branches, and ends it; the `rules` decide by the same snapshot of the backend."""

    stacks: ProjectStacks
    repository: Repository
    rules: OwnershipRules
    remote: str = ""

    def rows(self, heads: Heads | None) -> BranchRows:
        """Return all branch stacks with what lives of them."""
        living = self.rules.living()  # before the stacks: a new cluster is younger than its stack
        account, families = self.rules.account, self.stacks.families()
        stacks, now = self.stacks.of_branches(account.settings), account.clock.now()
        lost, spared = self.rules.sorted_out(orphans(stacks, living, families=families))
        return BranchRows(now, stacks, living, lost, heads, spared)

    def due(self) -> Sweeping:
        """Return what is due now.

        Raises:
            RefusedError: it is not known which branches there are, or what time it is.
        """
        found = self.rows(None)
        heads = self._heads()  # after the stacks: a branch is pushed before its stack is brought up
        clock = self._clock(found.at)
        heads.require_some_of(found.stacks)
        due = due_stacks(found.stacks, found.living, heads=heads, now=found.at)
        strays, spared = self.rules.sorted_out(one for stack in due for one in stack.stray)
        due = tuple(replace(one, living=(*one.living, *one.stack.stray(strays))) for one in due)
        spared = (*spared, *(other for one in due for other in one.stack.adopted_elsewhere(found.living)))
        gone = {one.stack.name for one in due}
        unreadable = tuple(one for one in found.stacks if not one.says_when(found.at) and one.name not in gone)
        where = f"of {heads.remote}" if heads.remote else "of this clone"
        default = f" (default {heads.default})" if heads.default else ""
        basis = one_line(f"based on {plural(len(heads.names), 'branch')} {where}{default}, {clock}")
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

        def attempt(end: Callable[[], object]) -> None:
            try:
                end()
            except XplentyError as failed:
                failures.append(str(failed))

        for due in found.due:
            attempt(partial(self._take_down, due, taking, screen))
        for scope in sorted(self._still_orphaned(found)):
            scopes = frozenset({scope})
            idle = partial(self.stacks.require_none_of, scopes, self.rules.account.settings)
            attempt(partial(taking.clear, scopes, require_idle=idle))
        if failures:
            raise XplentyError(
                f"{plural(len(failures), 'thing')} could not be swept: {' '.join(failures)}",
                advice=f"What could be ended has ended. {_MAKE_READABLE if found.unreadable else ''}".rstrip(),
            )

    def _heads(self) -> Heads:
        return self.repository.heads(self.repository.remote(self.remote))

    def _clock(self, now: datetime) -> str:
        """What the lifetimes are measured by; a clock that is not the service's would end what is not due."""
        ahead = self.rules.account.client.clock_ahead
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
        if not scopes:
            return scopes
        stacks = self.stacks.anew()
        rules = replace(self.rules, holders=partial(holders_in, stacks.snapshot, self.rules.account.settings))
        return scopes & {one.scope for one in replace(self, stacks=stacks, rules=rules).rows(None).orphans}

    def _take_down(self, due: Due, taking: BranchDown, screen: Screen) -> None:
        """Take a stack down, unless it has more time, or its branch is there again, since it was found."""
        heads, stacks = self._heads(), self.stacks.anew()  # the stack is read last: a remote may take long to answer
        listed = stacks.listed().get(due.stack.name)
        now = stacks.read(listed, self.rules.account.settings) if listed else None
        if now and now.expires != due.stack.expires:
            screen.line(f"{due.stack.name}: left alone, because it was given more time meanwhile")
        elif now and not due_stacks([now], [], heads=heads, now=self.rules.account.clock.now()):
            screen.line(f"{due.stack.name}: left alone, because its branch is there again")
        elif now:
            taking.stack(now, stacks)
            screen.line(f"{due.stack.name}: taken down")


def _unreadable(stack: BranchStack) -> str:
    return one_line(f"stack {stack.name}: its tags do not say when it ends, at most 7 days from now")


def spelled(found: Sweeping) -> list[str]:
    """Return a line for each thing that a sweep ends."""
    lines = []
    for due in found.due:
        stack, living = due.stack, "".join(f", {one.label}" for one in due.living)
        whose, why = f"branch {stack.branch or NOTHING} of {stack.owner or NOTHING}", " and ".join(due.reasons)
        lines.append(f"stack {stack.name} ({whose}): {why}; {plural(stack.resources, 'resource')}{living}")
    lines += [f"{one.label} ({one.headline}): no stack has its scope {one.scope} any more" for one in found.orphans]
    return [one_line(line) for line in lines]


def branches_document(shown: BranchRows) -> dict[str, Any]:
    """Return what is shown as JSON values."""
    stacks = [
        {
            "branch": one.branch,
            "stack": one.name,
            "owner": one.owner,
            "expires": one.expires,
            "expired": one.is_expired(shown.at),
            "resources": one.resources,
            "clusters": [cluster.id for cluster in one.living(shown.living)],
            "git": shown.in_git(one),
        }
        for one in shown.stacks
    ]
    orphans = [{"cluster": one.id, "scope": one.scope} for one in shown.orphans if not one.is_definition]
    definitions = [{"kind": one.kind, "id": one.id, "scope": one.scope} for one in shown.orphans if one.is_definition]
    return document(at=shown.at, branches=stacks, orphans=orphans, orphan_definitions=definitions)
