"""A preview as Markdown that GitHub and GitLab show alike, and whose texts can not become markup."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xplenty_pulumi.cli.comment.plan import Change, Preview, Step
from xplenty_pulumi.text import one_line, plural

LARGEST = 65_000
"""Bytes of a comment; GitHub takes 65,536 characters."""
_LONGEST_VALUE, _LONGEST_REMARK, _MOST_REMARKS = 200, 3_000, 10
_TABLE = "| plan | resource | type | changes |\n|---|---|---|---|\n"
_ROOM_FOR_THE_END = 400


@dataclass(frozen=True)
class Heading:
    """What the comment is about: the stack, and where known the commit and the address of the log."""

    stack: str
    commit: str = ""
    log: str = ""

    @property
    def mark(self) -> str:
        """The first line, which nobody sees and by which the comment is found again."""
        return f"<!-- xplenty-pulumi preview of {re.sub(r'[^A-Za-z0-9_./-]', '', self.stack).replace('--', '-')} -->"


def markdown(preview: Preview, heading: Heading) -> str:
    """Return the comment: what is planned, errors and warnings, a row for each resource, and their details.

    Where it would get too long, details are left out before rows are, and it says how many.
    """
    head = f"{heading.mark}\n### Preview of {_code(heading.stack)}: {_summary(preview)}\n\n"
    remarks, _ = _fitting(list(map(_remark, preview.remarks[:_MOST_REMARKS])), LARGEST // 2)
    text = head + "".join(remarks)
    rows, rows_left = _fitting([_row(step) for step in preview.steps], LARGEST - _size(text + _TABLE))
    text += f"{_TABLE}{''.join(rows)}\n" if rows else ""
    details, details_left = _fitting(list(map(_details, preview.steps)), LARGEST - _size(text))
    remarks_left = len(preview.remarks) - len(remarks)
    return text + "".join(details) + _left_out(remarks_left, rows_left, details_left) + _foot(heading)


def _summary(preview: Preview) -> str:
    if preview.has_failed:
        return "it failed"
    counts = Counter(step.operation for step in preview.steps)
    planned = ", ".join(f"{count:,} to {operation}" for operation, count in counts.items())
    return f"{planned or 'nothing to do'}, {preview.unchanged:,} unchanged"


def _row(step: Step) -> str:
    names = _code(", ".join(change.name for change in step.changes)) if step.operation in ("update", "replace") else ""
    return f"| {one_line(step.operation)} | {_code(step.name)} | {_code(step.kind)} | {names} |\n"


def _details(step: Step) -> str:
    if not step.changes:
        return ""
    title = f"{html.escape(one_line(step.operation))} <code>{html.escape(one_line(step.name))}</code>"
    lines = "".join(map(_change, step.changes))
    return f"<details><summary>{title}</summary>\n\n| property | now | then |\n|---|---|---|\n{lines}\n</details>\n\n"


def _change(change: Change) -> str:
    return f"| {_code(change.name)} | {_code(change.before)} | {_code(change.after)} |\n"


def _remark(text: str) -> str:
    """An error or a warning in a fence that is longer than any in it."""
    end = text[-_LONGEST_REMARK:]
    lines = [one_line(line) for line in end.splitlines()]
    fence = "`" * (1 + max(2, _longest_run(end)))
    return f"{fence}text\n{chr(10).join(lines)}\n{fence}\n\n"


def _code(text: str) -> str:
    """A code span in a table: no text ends it early, and nothing in it is markup."""
    shown = one_line(text)
    if not shown:
        return ""
    short = shown if len(shown) <= _LONGEST_VALUE else f"{shown[:_LONGEST_VALUE]}…"
    ticks = "`" * (1 + _longest_run(short))
    space = " " if short[0] == "`" or short[-1] == "`" else ""
    return f"{ticks}{space}{short}{space}{ticks}".replace("|", "\\|")


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _fitting(parts: Sequence[str], room: int) -> tuple[list[str], int]:
    """Return the first of `parts` that fit, and how many are left out."""
    fitting, left = [], room - _ROOM_FOR_THE_END
    for part in parts:
        left -= _size(part)
        if left < 0:
            break
        fitting.append(part)
    return fitting, len(parts) - len(fitting)


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))


def _left_out(remarks: int, rows: int, details: int) -> str:
    named = [
        *([plural(remarks, "message")] if remarks else []),
        *([plural(rows, "row")] if rows else []),
        *([f"details of {plural(details, 'resource')}"] if details else []),
    ]
    return f"Left out, since a comment has an end: {', '.join(named)}.\n\n" if named else ""


def _foot(heading: Heading) -> str:
    log = f"[log]({heading.log})" if re.fullmatch(r"https://[\w.:/?&=%~#+-]+", heading.log) else ""
    return _joined([_code(heading.commit[:12]), log])


def _joined(parts: Iterable[str]) -> str:
    shown = " · ".join(filter(None, parts))
    return f"{shown}\n" if shown else ""
