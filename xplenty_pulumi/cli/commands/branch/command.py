"""`xplenty-pulumi branch`: deploy a stack for each git branch, list these stacks, and end them."""

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from xplenty_pulumi.cli.commands.branch.account import account_of
from xplenty_pulumi.cli.commands.branch.down import BranchDown
from xplenty_pulumi.cli.commands.branch.git import Repository
from xplenty_pulumi.cli.commands.branch.rules import OwnershipRules, spared_line
from xplenty_pulumi.cli.commands.branch.stacks import ProjectStacks
from xplenty_pulumi.cli.commands.branch.sweep import BranchSweep, branches_document, spelled
from xplenty_pulumi.cli.commands.branch.up import SHORTEST_LIFETIME, BranchRequest, Sizing, deploy, prepare
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import holders_in
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.help import HelpfulGroup
from xplenty_pulumi.cli.ui.exits import SHOWS_FAILURE, one_paragraph
from xplenty_pulumi.cli.ui.options import AsJson, Cwd, NoWait, Timeout, bad_usage, completed_as, read_span
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.reports.branches import LONGEST_LIFETIME, Sweeping
from xplenty_pulumi.errors import RefusedError
from xplenty_pulumi.text import one_line

Branch = Annotated[
    str,
    typer.Option(
        "--branch",
        metavar="BRANCH",
        help="The branch; if not given the CI job's, or the one here.",
        autocompletion=completed_as("branch"),
    ),
]
Remote = Annotated[
    str, typer.Option(metavar="NAME", help="The git remote whose branches count; if not given origin, or the only one.")
]
BreakLock = Annotated[
    bool, typer.Option("--break-lock", help="Also remove a lock whose process cannot be seen from here.")
]

branch = typer.Typer(
    cls=HelpfulGroup, no_args_is_help=True, help="Deploy a stack for each git branch, list these stacks, and end them."
)


@branch.command("up")
def branch_up(
    options: Annotated[
        list[str] | None, typer.Argument(metavar="-- OPTIONS", help="Further options of `pulumi up`.")
    ] = None,
    *,
    name: Branch = "",
    template: Annotated[
        str, typer.Option(metavar="STACK", help="The stack whose configuration is copied; else `template` or `dev`.")
    ] = "",
    lifetime: Annotated[str, typer.Option(metavar="TIME", help="How long it may live from now, 1h to 7d.")] = "3d",
    owner: Annotated[
        str, typer.Option(metavar="NAME", help="Whose it is; at first who started the CI job, or git's user.")
    ] = "",
    sizing: Annotated[
        Sizing | None, typer.Option(help="How large its clusters are; if not given as before, at first by the plan.")
    ] = None,
    remote: Remote = "",
    cwd: Cwd = Path(),
) -> None:
    """Bring up the environment of a branch, or update it and give it more time."""
    with one_paragraph("branch up", interrupted=_STAYS):
        if options and not options[0].startswith("-"):  # `pulumi up` takes such a word for a project to download
            text = f"names a branch, and options of `pulumi up` begin with -, got {options[0][:40]!r}"
            raise bad_usage("--branch", text)
        engine, repository = Engine.on_path(cwd, ""), Repository(cwd, os.environ)
        span = read_span("--lifetime", lifetime)
        if not SHORTEST_LIFETIME <= span <= LONGEST_LIFETIME:
            raise bad_usage("--lifetime", f"must be from 1h to 7d, got {lifetime[:40]!r}")
        wanted = repository.branch(name)
        repository.require_not_deleted(wanted)
        pushed_to = repository.pushed_to(wanted, remote)
        whose = one_line(owner), repository.usual_owner()
        request = BranchRequest(wanted, *whose, sizing, span, pushed_to, tuple(options or ()))
        prepared = prepare(engine, request, template=template, now=SystemClock().now())
        Screen().line(f"branch {wanted}: stack {prepared.engine.stack}, expires {prepared.expires}")
        if prepared.remark:
            Screen().line(prepared.remark)
        deploy(prepared, request)


@branch.command("down")
def branch_down(
    name: Branch = "",
    timeout: Timeout = "20m",
    *,
    break_lock: BreakLock = False,
    no_wait: NoWait = False,
    cwd: Cwd = Path(),
) -> None:
    """Take down the environment of a branch, until nothing of it lives; may be repeated."""
    with one_paragraph("branch down", interrupted=_GOES_ON):
        engine, wanted = Engine.on_path(cwd, ""), Repository(cwd, os.environ).branch(name)
        seconds, stacks = read_span("--timeout", timeout).total_seconds(), ProjectStacks(engine)
        if not (stacks.names_of(wanted) or stacks.families()):
            Screen().line(f"branch {wanted}: nothing to take down: no branch of this project was ever brought up")
            return
        with account_of(stacks) as account:
            screen = Screen(account.secrets)
            rules = OwnershipRules(account, lambda: holders_in(Snapshot(engine), account.settings))
            taking = BranchDown(engine, rules, screen, timeout=seconds, breaks_locks=break_lock, waits=not no_wait)
            screen.line(f"branch {wanted}: {taking.branch(wanted, stacks)}")


@branch.command("list")
def branch_list(
    *,
    as_json: AsJson = False,
    remote: Remote = "",
    cwd: Cwd = Path(),
) -> None:
    """Show the environments of all branches, whose they are and what lives of them."""
    with one_paragraph("branch list"), account_of(stacks := ProjectStacks(Engine.on_path(cwd, ""))) as account:
        repository, screen = Repository(cwd, os.environ), Screen(account.secrets)
        rules = OwnershipRules(account, partial(holders_in, stacks.snapshot, account.settings))
        sweeper = BranchSweep(stacks, repository, rules)
        try:
            heads = repository.heads(repository.remote(remote))
        except RefusedError as unknown:
            screen.warn(str(unknown))
            heads = None
        shown = sweeper.rows(heads)
        screen.document(branches_document(shown)) if as_json else screen.show(shown)


@branch.command("sweep")
def branch_sweep(
    timeout: Timeout = "20m",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be ended, as without --yes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="End it.")] = False,
    break_lock: BreakLock = False,
    remote: Remote = "",
    cwd: Cwd = Path(),
) -> None:
    """End what branches have left behind: exit code 3 says that there is something, 0 that there is nothing."""
    with one_paragraph("branch sweep", interrupted=_GOES_ON):
        if yes and dry_run:
            raise bad_usage("--dry-run", "and --yes exclude each other")
        engine, seconds = Engine.on_path(cwd, ""), read_span("--timeout", timeout).total_seconds()
        with account_of(stacks := ProjectStacks(engine)) as account:
            screen = Screen(account.secrets)
            snapshot_rules = OwnershipRules(account, partial(holders_in, stacks.snapshot, account.settings))
            sweeper = BranchSweep(stacks, Repository(cwd, os.environ), snapshot_rules, remote)
            found = sweeper.due()
            _print(found, screen, acts=yes)
            if not yes:
                sweeper.require_readable(found)
                raise typer.Exit(SHOWS_FAILURE if found else 0)
            rules = OwnershipRules(account, lambda: holders_in(Snapshot(engine), account.settings))
            sweeper.sweep(found, BranchDown(engine, rules, screen, timeout=seconds, breaks_locks=break_lock), screen)


_STAYS = "ended by Ctrl-C; run the same again to go on: what exists stays in the stack"
_GOES_ON = "ended by Ctrl-C; run the same again to go on: nothing is removed before it has ended"


def _print(found: Sweeping, screen: Screen, *, acts: bool) -> None:
    screen.line(found.basis)
    verb = "sweeping" if acts else "would sweep"
    for line in [*(f"{verb} {one}" for one in spelled(found)), *map(spared_line, found.spared)]:
        screen.line(line)
    if not found:
        screen.line("nothing to sweep")
    elif not acts:
        screen.line("Nothing was changed; `xplenty-pulumi branch sweep --yes` ends all of this, and nothing else.")
