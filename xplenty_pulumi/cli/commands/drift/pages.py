"""A drift report for people: tables on a terminal, Markdown for a comment on a pull request."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from xplenty_pulumi.cli.commands.drift.advice import next_steps
from xplenty_pulumi.cli.commands.drift.memory import ReportChanges
from xplenty_pulumi.cli.commands.drift.report import summary
from xplenty_pulumi.cli.ui.markdown import LARGEST, code, fitting, head, left_out, plain, row
from xplenty_pulumi.cli.ui.table import plain_table
from xplenty_pulumi.core.kinds.kind import Drift
from xplenty_pulumi.core.reports.drift import Cause
from xplenty_pulumi.text import NOTHING, one_line, plural

COMMENT = "<!-- xplenty-pulumi drift -->"
"""The first line of the Markdown, by which a comment is found again that is to be replaced."""
_STYLES = {
    Drift.HARMFUL.value: "bold red",
    Drift.HARMLESS.value: "yellow",
    Drift.UNKNOWN.value: "cyan",
    Drift.EXPECTED.value: "dim",
}
_ROOM_FOR_NOTES = 8_000
_ROOM_FOR_ROWS = LARGEST - 2 * _ROOM_FOR_NOTES
_DIRECTION = " (declared => found)"
_GAP = 2
_INDENT = (0, 0, 0, _GAP)
_COLUMNS = ("class", "stack", "resource", "what", "detail")
Document = Mapping[str, Any]


class DriftPage:
    """The report as a table; with `since`, only what has changed."""

    def __init__(self, document: Document, since: ReportChanges | None) -> None:
        self._document = document
        self._since = since

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(f"{self._document['at']}  {summary(self._document)}", style="bold")
        shown = _shown(self._document, self._since)
        if rows := _rows(shown):
            yield Text()
            yield from _below(rows) if _is_narrow(rows, options.max_width) else [_table(rows)]
        if notes := _notes(self._document, self._since):
            yield Text("\n" + "\n".join(notes), style="dim")
        if steps := next_steps(shown):
            yield Text(f"\nnext: {steps}")


def markdown(document: Document, since: ReportChanges | None) -> str:
    """Return the same as Markdown, short enough for a comment: what is left out is counted, the gravest is shown."""
    rows = [row(map(code, one)) for one in _rows(_shown(document, since))]
    notes = [f"- {plain(note)}\n" for note in _notes(document, since)]
    shown, noted = fitting(rows, _ROOM_FOR_ROWS), fitting(notes[::-1], _ROOM_FOR_NOTES)[::-1]
    if left := len(rows) - len(shown) + len(notes) - len(noted):
        noted.insert(0, f"- {left_out(plural(left, 'line'))}; `--format json` has all\n")
    parts = [f"{COMMENT}\n**Drift: {document['class']}** ({plain(summary(document))})\n"]
    parts += [head(_COLUMNS) + "".join(shown)] if shown else []
    return "\n".join([*parts, *(["".join(noted)] if noted else [])])


def _table(rows: Iterable[Sequence[str]]) -> Table:
    *names, detail = map(str.upper, _COLUMNS)
    table = plain_table(folded=[*names, f"{detail}{_DIRECTION}"])
    for drift, *cells in rows:
        table.add_row(Text(drift, style=_STYLES.get(drift, "")), *map(Text, cells))
    return table


def _is_narrow(rows: Iterable[Sequence[str]], width: int) -> bool:
    """Whether a column for the details would break a word, such as the link to a job run."""
    *columns, details = zip(_COLUMNS, *rows, strict=True)
    taken = sum(max(map(len, column)) + _GAP for column in columns)
    return taken + max(len(word) for detail in details for word in detail.split() or [""]) > width


def _below(rows: Iterable[Sequence[str]]) -> Iterable[RenderableType]:
    """Yield each finding in a line, and its detail below."""
    *names, detail = map(str.upper, _COLUMNS)
    yield Text("  ".join(names), style="bold")
    yield Padding(Text(f"{detail}{_DIRECTION}", style="bold"), _INDENT)
    for drift, *cells, detail in rows:
        yield Text.assemble((drift, _STYLES.get(drift, "")), "  ", "  ".join(cells))
        yield Padding(Text(detail), _INDENT)


def _shown(document: Document, since: ReportChanges | None) -> Sequence[Document]:
    return document["findings"] if since is None else since.new


def _is_counter(finding: Document) -> bool:
    return (finding["class"], finding["cause"]) == (Drift.EXPECTED.value, Cause.CHANGED.value)


def _rows(findings: Iterable[Document]) -> list[tuple[str, ...]]:
    """A row for each finding but those of the service's own counters."""
    return [
        (one["class"], one["stack"] or NOTHING, _thing(one), _what(one), _detail(one))
        for one in findings
        if not _is_counter(one)
    ]


def _thing(finding: Document) -> str:
    return f"{finding['kind']} {finding['id']} {one_line(finding['resource'] or '')}".strip()


def _what(finding: Document) -> str:
    return str(finding["field"] or finding["cause"])


def _detail(finding: Document) -> str:
    if finding["remark"] or not finding["field"]:
        return one_line(finding["remark"] or "")
    sides = (finding["desired"], finding["observed"])
    return " => ".join(NOTHING if one is None else one_line(json.dumps(one, ensure_ascii=False)) for one in sides)


def _notes(document: Document, since: ReportChanges | None) -> list[str]:
    counters = Counter(one["field"] for one in _shown(document, since) if _is_counter(one))
    notes = []
    if counters:
        names = ", ".join(f"{name} ({count:,})" for name, count in sorted(counters.items()))
        notes.append(f"changed by the service itself, as expected: {names}")
    if since is not None:
        notes += [f"resolved: {_thing(one)} {_what(one)}" for one in since.resolved if not _is_counter(one)]
        when = f"since {since.since}" if since.since else "since there was no report before"
        notes.append(f"{when}: {len(since.new):,} new, {len(since.resolved):,} resolved, {since.unchanged:,} unchanged")
    secret = len(document["not_compared"])
    if secret:
        verb = "has fields that are" if secret == 1 else "have fields that are"
        notes.append(f"{plural(secret, 'resource')} {verb} secret in the state and cannot be compared")
    accounts = Counter(one["account"] for one in document["other_accounts"])
    for name, count in sorted(accounts.items()):
        notes.append(f"{plural(count, 'job run')} of account {name} {'was' if count == 1 else 'were'} not compared")
    return notes
