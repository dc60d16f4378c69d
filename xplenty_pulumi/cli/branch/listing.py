"""The branch stacks of a project for people, as a table, and for programs, as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from xplenty_pulumi.cli.status.tables import add_row, plain_table
from xplenty_pulumi.cli.ui.documents import document
from xplenty_pulumi.core.reports.branches import BranchStack, Heads, LiveCluster, Spared
from xplenty_pulumi.text import NOTHING, rough_duration


@dataclass(frozen=True)
class BranchRows:
    """All branch stacks at a moment; `heads` is None where the branches could not be told.

    `orphans` have no stack and are ended by a sweep; `spared` have none either, and are not.
    """

    at: datetime
    stacks: Sequence[BranchStack]
    living: Sequence[LiveCluster]
    orphans: Sequence[LiveCluster]
    heads: Heads | None
    spared: Sequence[Spared] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self.stacks:
            table = plain_table("BRANCH", "STACK", "OWNER", "EXPIRES", "RESOURCES", "CLUSTERS", "GIT")
            for one in self.stacks:
                clusters = ", ".join(str(cluster.id) for cluster in one.living(self.living)) or NOTHING
                texts = [one.branch or NOTHING, one.name, one.owner or NOTHING, self._expiry(one)]
                add_row(table, *texts, str(one.resources), clusters, self.in_git(one))
            yield table
        else:
            yield Text("no branch has a stack", style="dim")
        for orphan in self.orphans:
            text = f"cluster {orphan.id} ({orphan.headline}) has lost its stack; see `xplenty-pulumi branch sweep`"
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

    def _expiry(self, stack: BranchStack) -> str:
        if stack.expires is None:
            return "unknown"
        if stack.is_expired(self.at):
            return "expired"
        return f"in {rough_duration((stack.expires - self.at).total_seconds())}"


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
    orphans = [{"cluster": one.id, "scope": one.scope} for one in shown.orphans]
    return document(at=shown.at, branches=stacks, orphans=orphans)
