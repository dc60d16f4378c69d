"""`xplenty-pulumi drift`: what differs between the states of stacks and the account, sorted by how grave it is."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from xplenty_pulumi.cli.commands.drift.options import DriftOptions, Format
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.snapshot import Snapshot, meanwhile
from xplenty_pulumi.cli.ui.exits import BAD_USAGE, DRIFT, FAILED, one_paragraph
from xplenty_pulumi.cli.ui.options import Cwd, StackOption


class DriftCommand(TyperCommand):
    """A command whose exit code 2 means drift, so that bad usage is 1 like any other failure."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line."""
        try:
            return super().parse_args(ctx, args)
        except Exception as problem:
            if getattr(problem, "exit_code", None) == BAD_USAGE:
                vars(problem)["exit_code"] = FAILED
            raise


COMMAND_CLASS = DriftCommand


def drift(
    stack: StackOption = "",
    *,
    all_stacks: Annotated[bool, typer.Option("--all", help="All stacks of the project.")] = False,
    cwd: Cwd = Path(),
    unmanaged: Annotated[bool, typer.Option("--unmanaged", help="Also living clusters that are in no state.")] = False,
    format_: Annotated[Format, typer.Option("--format", help="How to print it; JSON is version 1.")] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    since_last: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Report only what has changed since the report kept in FILE.")
    ] = None,
    fail_on_unknown_stacks: Annotated[
        bool, typer.Option("--fail-on-unknown-stacks", help="Exit with 2 also for what a stack that is not here made.")
    ] = False,
    hook: Annotated[
        str, typer.Option(metavar="URL", help="POST the report as JSON when its class is not the last one's.")
    ] = "",
) -> None:
    """Compare the state of stacks with the account, and sort the differences by how grave they are.

    Exits with 0 when there is no difference or only expected and unknown ones, with 2 on drift, and with 1 on any
    failure, bad usage included. With --since-last, drift that was reported before and has not changed since exits with
    0.
    """
    with one_paragraph("drift", bad_usage=FAILED):
        chosen = Format.JSON if as_json else format_
        wanted = DriftOptions(all_stacks, unmanaged, chosen, since_last, fail_on_unknown_stacks, hook)
        wanted.check(stack)
        snapshot = Snapshot(Engine.on_path(cwd, stack))
        with meanwhile(snapshot.listed if all_stacks else snapshot.read_ahead):
            # To load this takes about as long as the engine's first answer.
            from xplenty_pulumi.cli.commands.drift.comparison import print_report  # noqa: PLC0415 - see above
        if print_report(snapshot, wanted):
            raise typer.Exit(DRIFT)
