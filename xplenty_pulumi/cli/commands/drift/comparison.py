"""The comparison of stacks with the account, from what the engine says of them to the report that is printed."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

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
from xplenty_pulumi.cli.commands.drift.options import DriftOptions, Format
from xplenty_pulumi.cli.commands.drift.pages import DriftPage, markdown
from xplenty_pulumi.cli.commands.drift.report import report_document, report_of, scrubbed, summary
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.engine.states import elsewhere, states
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.kinds.kind import Drift


def print_report(snapshot: Snapshot, wanted: DriftOptions) -> bool:
    """Compare, print the report, keep and post it as wanted; return whether it has drift that the exit code tells.

    Raises:
        ConfigError: the settings of a stack are missing or malformed, or it does not exist.
        XplentyError: a state or the account cannot be read, or the report cannot be kept or posted.
    """
    receiver = Receiver.at(wanted.hook) if wanted.hook else None
    found = states(snapshot, all_stacks=wanted.all_stacks, may_be_none=wanted.unmanaged)
    name = "*" if wanted.all_stacks or not found else found[0].name
    selection = Selection(found[0].project if found else "", name, wanted.unmanaged)
    last = recalled(wanted.since_last, selection) if wanted.since_last else None
    others = partial(elsewhere, snapshot)
    secrets = tuple(one.settings.api_key for one in found)
    document = scrubbed(report_document(report_of(found, others, unmanaged=wanted.unmanaged)), secrets)
    since = changes(last, document["findings"]) if wanted.since_last else None
    _show(Screen(secrets), document, since, wanted.format)
    if wanted.since_last and since is not None:
        require_unchanged(wanted.since_last, selection, last)
        _remember(receiver, wanted.since_last, selection, document, since)
    classes = {Drift(one["class"]) for one in (document["findings"] if since is None else since.new)}
    return any(one.is_drift or (wanted.fail_on_unknown_stacks and one is Drift.UNKNOWN) for one in classes)


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
