"""A drift report for people: tables on a terminal, Markdown for a comment on a pull request."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from xplenty_pulumi.cli.drift.documents import summary
from xplenty_pulumi.cli.drift.memory import Changes
from xplenty_pulumi.cli.ui.text import NOTHING, one_line, plural
from xplenty_pulumi.core.kinds.kind import Drift
from xplenty_pulumi.core.reports.drift_classes import Cause

COMMENT = "<!-- xplenty-pulumi drift -->"
"""The first line of the Markdown, by which a comment is found again that is to be replaced."""
_STYLES = {
    Drift.HARMFUL.value: "bold red",
    Drift.HARMLESS.value: "yellow",
    Drift.UNKNOWN.value: "cyan",
    Drift.EXPECTED.value: "dim",
}
# In characters: together with the head less than the 65,536 that GitHub takes of a comment or an issue.
_ROOM_FOR_ROWS, _ROOM_FOR_NOTES, _LONGEST_CELL = 40_000, 8_000, 300
_COLUMNS = ("class", "stack", "resource", "what", "detail")
Document = Mapping[str, Any]


class DriftPage:
    """The report as a table; with `since`, only what has changed."""

    def __init__(self, document: Document, since: Changes | None) -> None:
        self._document = document
        self._since = since

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(f"{self._document['at']}  {summary(self._document)}", style="bold")
        rows = _rows(_shown(self._document, self._since))
        if rows:
            yield Text()
            yield _table(rows)
        if notes := _notes(self._document, self._since):
            yield Text("\n" + "\n".join(notes), style="dim")


def markdown(document: Document, since: Changes | None) -> str:
    """Return the same as Markdown, short enough for a comment: what is left out is counted, the gravest is shown."""
    lines = [COMMENT, f"**Drift: {document['class']}** ({_cell(summary(document))})"]
    rows = [f"| {' | '.join(_code(cell) for cell in row)} |" for row in _rows(_shown(document, since))]
    notes = [f"- {_cell(note)}" for note in _notes(document, since)]
    shown, told = _fitting(rows, _ROOM_FOR_ROWS), _fitting(notes[::-1], _ROOM_FOR_NOTES)[::-1]
    if shown:
        lines += ["", f"| {' | '.join(_COLUMNS)} |", f"|{'---|' * len(_COLUMNS)}", *shown]
    if left := len(rows) - len(shown) + len(notes) - len(told):
        told.insert(0, f"- left out, since a comment has an end: {plural(left, 'line')}; `--format json` has all")
    return "\n".join([*lines, *(["", *told] if told else [])])


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """The first of the lines, as many as there is room for."""
    ends = accumulate(len(line) + 1 for line in lines)
    return [line for line, end in zip(lines, ends, strict=True) if end <= room]


def _shown(document: Document, since: Changes | None) -> Sequence[Document]:
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
    if finding["field"]:
        return f"{_value(finding['desired'])} => {_value(finding['observed'])}"
    return one_line(finding["remark"] or "")


def _value(value: object) -> str:
    return NOTHING if value is None else one_line(json.dumps(value, ensure_ascii=False))


def _notes(document: Document, since: Changes | None) -> list[str]:
    counters = Counter(one["field"] for one in _shown(document, since) if _is_counter(one))
    notes = []
    if counters:
        names = ", ".join(f"{name} {count:,}" for name, count in sorted(counters.items()))
        notes.append(f"expected changes of what the service fills in: {names}")
    if since is not None:
        notes += [f"resolved: {_thing(one)} {_what(one)}" for one in since.resolved if not _is_counter(one)]
        when = f"since {since.since}" if since.since else "since there was no report before"
        notes.append(f"{when}: {len(since.new):,} new, {len(since.resolved):,} resolved, {since.unchanged:,} unchanged")
    secret = len(document["not_compared"])
    if secret:
        verb = "has fields that are" if secret == 1 else "have fields that are"
        notes.append(f"{plural(secret, 'resource')} {verb} secret in the state and can not be compared")
    return notes


def _table(rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in _COLUMNS:
        table.add_column(name.upper(), overflow="fold")
    for drift, *cells in rows:
        table.add_row(Text(drift, style=_STYLES.get(drift, "")), *map(Text, cells))
    return table


def _cell(text: str) -> str:
    """The text, in which nothing is markup, and nobody is called: a word joiner keeps `@` from its name."""
    plain = "".join(f"\\{one}" if one in "\\`*_{}[]<>#|" else one for one in one_line(text))
    return plain.replace("@", "@\u2060")


def _code(text: str) -> str:
    """The text as code, its begin where it is long; neither a bar nor a backtick ends it."""
    short = text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"
    return f"`{short.replace('`', chr(39)).replace('|', chr(92) + '|')}`" if short else ""
