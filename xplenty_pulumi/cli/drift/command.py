"""`xplenty-pulumi drift`: what differs between the states of stacks and the account, sorted by how grave it is."""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from xplenty_pulumi.cli.drift.documents import report_document, summary
from xplenty_pulumi.cli.drift.elsewhere import Backend
from xplenty_pulumi.cli.drift.memory import LastReport, ReportChanges, Selection, changes, keep, recalled
from xplenty_pulumi.cli.drift.pages import DriftPage, markdown
from xplenty_pulumi.cli.drift.post import Receiver
from xplenty_pulumi.cli.drift.report import report_of, scrubbed
from xplenty_pulumi.cli.drift.stacks import StackState, states
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.ui.exits import BAD_USAGE, DRIFT, FAILED, one_paragraph
from xplenty_pulumi.cli.ui.options import bad_usage
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.kinds.kind import Drift
from xplenty_pulumi.errors import XplentyError


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


@dataclass(frozen=True)
class DriftOptions:
    """What the user has asked for."""

    stack: str
    all_stacks: bool
    unmanaged: bool
    format: Format
    file: Path | None
    receiver: Receiver | None

    @classmethod
    def of(
        cls, stack: str, file: Path | None, hook: str, *, all_stacks: bool, unmanaged: bool, format_: Format
    ) -> "DriftOptions":
        """Return what was typed; raises ConfigError where the parts do not fit together."""
        if stack and all_stacks:
            raise bad_usage("--stack", "names one stack; leave out --all")
        if hook and file is None:
            raise bad_usage("--hook", "posts when the class changes, and needs --since-last FILE to know the last one")
        return cls(stack, all_stacks, unmanaged, format_, file, Receiver.at(hook) if hook else None)

    def selection(self, found: tuple[StackState, ...]) -> Selection:
        """Return what the report is about."""
        first = found[0] if found else None
        stack = "*" if self.all_stacks or first is None else first.name
        return Selection(first.project if first else "", stack, self.unmanaged)


def drift(
    stack: Annotated[str, typer.Option(metavar="STACK", help="The stack; the selected one if not given.")] = "",
    *,
    all_stacks: Annotated[bool, typer.Option("--all", help="All stacks of the project.")] = False,
    cwd: Annotated[Path, typer.Option(exists=True, file_okay=False, help="The folder of the Pulumi project.")] = Path(),
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
        shown_as = Format.JSON if as_json else format_
        chosen = DriftOptions.of(stack, since_last, hook, all_stacks=all_stacks, unmanaged=unmanaged, format_=shown_as)
        if fail_on_unknown_stacks and not unmanaged:
            raise bad_usage("--fail-on-unknown-stacks", "is about what --unmanaged shows; add that")
        snapshot = Snapshot(Engine.on_path(cwd, stack))
        found = states(snapshot, all_stacks=all_stacks, may_be_none=unmanaged)
        last = recalled(chosen.file, chosen.selection(found)) if chosen.file else None
        backend = Backend(snapshot, [one.full_name for one in found])
        report = report_of(found, backend.elsewhere, unmanaged=unmanaged)
        secrets = tuple(one.settings.api_key for one in found)
        document = scrubbed(report_document(report), secrets)
        since = changes(last, document["findings"]) if chosen.file else None
        _show(Screen(secrets), document, since, shown_as)
        if chosen.file and since is not None:
            _remember(chosen, chosen.file, chosen.selection(found), document, since)
        told = since.new if since is not None else document["findings"]
        if any(_fails(Drift(one["class"]), unknown=fail_on_unknown_stacks) for one in told):
            raise typer.Exit(DRIFT)


def _fails(drift: Drift, *, unknown: bool) -> bool:
    """Whether a finding of this class ends the command with 2."""
    return drift.is_drift or (unknown and drift is Drift.UNKNOWN)


def _show(screen: Screen, document: dict[str, Any], since: ReportChanges | None, format_: Format) -> None:
    if format_ is Format.JSON:
        screen.document(_with_changes(document, since))
    elif format_ is Format.MARKDOWN:
        screen.text(markdown(document, since))
    else:
        screen.show(DriftPage(document, since))


def _with_changes(document: dict[str, Any], since: ReportChanges | None) -> dict[str, Any]:
    """The document; with changes, its findings are only what is new, beside what is no more."""
    if since is None:
        return document
    return {
        **document,
        "findings": list(since.new),
        "since": since.since,
        "previous_class": since.previous.value,
        "resolved": list(since.resolved),
        "unchanged": since.unchanged,
    }


def _remember(
    chosen: DriftOptions, file: Path, selection: Selection, document: dict[str, Any], since: ReportChanges
) -> None:
    """Post the report if its class has changed, and keep it; after a failed post with the class that was told last."""
    told = Drift(document["class"])
    memory = LastReport(document["at"], told, tuple(document["findings"]))
    if chosen.receiver is None or told is since.previous:
        keep(file, selection, memory)
        return
    text = f"Drift is {told.value}, was {since.previous.value}: {summary(document)}"
    posted = {"text": text, **document, "previous_class": since.previous.value}
    try:
        chosen.receiver.post(posted, clock=SystemClock())
    except XplentyError:
        keep(file, selection, replace(memory, drift=since.previous))
        raise
    keep(file, selection, memory)
