"""`xplenty-pulumi drift`: what differs between the states of stacks and the account, sorted by how grave it is."""

from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from xplenty_pulumi.cli.commands.drift.memory import (
    LastReport,
    Receiver,
    ReportChanges,
    Selection,
    changes,
    keep,
    recalled,
    require_unchanged,
)
from xplenty_pulumi.cli.commands.drift.pages import DriftPage, markdown
from xplenty_pulumi.cli.commands.drift.report import report_document, report_of, scrubbed, summary
from xplenty_pulumi.cli.commands.drift.stacks import elsewhere, states
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.ui.exits import BAD_USAGE, DRIFT, FAILED, one_paragraph
from xplenty_pulumi.cli.ui.options import Cwd, StackOption, bad_usage
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.kinds.kind import Drift


class Format(StrEnum):
    """How the report is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


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
        if stack and all_stacks:
            raise bad_usage("--stack", "names one stack; leave out --all")
        if hook and since_last is None:
            raise bad_usage("--hook", "posts when the class changes, and needs --since-last FILE to know the last one")
        if fail_on_unknown_stacks and not unmanaged:
            raise bad_usage("--fail-on-unknown-stacks", "is about what --unmanaged shows; add that")
        receiver = Receiver.at(hook) if hook else None
        snapshot = Snapshot(Engine.on_path(cwd, stack))
        found = states(snapshot, all_stacks=all_stacks, may_be_none=unmanaged)
        selection = Selection(
            found[0].project if found else "", "*" if all_stacks or not found else found[0].name, unmanaged
        )
        last = recalled(since_last, selection) if since_last else None
        others = partial(elsewhere, snapshot)
        secrets = tuple(one.settings.api_key for one in found)
        document = scrubbed(report_document(report_of(found, others, unmanaged=unmanaged)), secrets)
        since = changes(last, document["findings"]) if since_last else None
        _show(Screen(secrets), document, since, Format.JSON if as_json else format_)
        if since_last and since is not None:
            require_unchanged(since_last, selection, last)
            _remember(receiver, since_last, selection, document, since)
        found_classes = {Drift(one["class"]) for one in (document["findings"] if since is None else since.new)}
        if any(one.is_drift or (fail_on_unknown_stacks and one is Drift.UNKNOWN) for one in found_classes):
            raise typer.Exit(DRIFT)


def _show(screen: Screen, document: dict[str, Any], since: ReportChanges | None, format_: Format) -> None:
    if format_ is Format.MARKDOWN:
        screen.text(markdown(document, since))
    elif format_ is Format.TEXT:
        screen.show(DriftPage(document, since))
    elif since is None:
        screen.document(document)
    else:  # its findings are only what is new, beside what is no more
        changed = {"findings": list(since.new), "since": since.since, "previous_class": since.previous.value}
        screen.document({**document, **changed, "resolved": list(since.resolved), "unchanged": since.unchanged})


def _remember(
    receiver: Receiver | None, file: Path, selection: Selection, document: dict[str, Any], since: ReportChanges
) -> None:
    """Keep the report, and post it if its class has changed; until the post has succeeded with the class before."""
    drift_class = Drift(document["class"])
    memory = LastReport(document["at"], drift_class, tuple(document["findings"]))
    if receiver and drift_class is not since.previous:
        keep(file, selection, replace(memory, drift=since.previous))
        text = f"Drift is {drift_class.value}, was {since.previous.value}: {summary(document)}"
        posted = {"text": text, **document, "previous_class": since.previous.value}
        receiver.post(posted, clock=SystemClock())
    keep(file, selection, memory)
