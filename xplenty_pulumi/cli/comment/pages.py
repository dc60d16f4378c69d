"""A preview as Markdown, short enough for a comment."""

import html
import re
from collections import Counter
from dataclasses import dataclass

from xplenty_pulumi.cli.comment.plan import Preview, Step
from xplenty_pulumi.cli.ui.markdown import LARGEST, code, fence, fitting, head, left_out, plain, row, size
from xplenty_pulumi.text import one_line, plural

_LONGEST_REMARK, _MOST_REMARKS = 3_000, 10
_TABLE = head(["plan", "resource", "type", "changes"])
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
    said = [f"{fence(one[-_LONGEST_REMARK:])}\n" for one in preview.remarks[:_MOST_REMARKS]]
    remarks = fitting(said, LARGEST // 2 - _ROOM_FOR_THE_END)
    text = f"{heading.mark}\n### Preview of {code(heading.stack)}: {_summary(preview)}\n\n{''.join(remarks)}"
    rows = fitting(list(map(_row, preview.steps)), LARGEST - size(text + _TABLE) - _ROOM_FOR_THE_END)
    text += f"{_TABLE}{''.join(rows)}\n" if rows else ""
    details = fitting(list(map(_details, preview.steps)), LARGEST - size(text) - _ROOM_FOR_THE_END)
    total = len(preview.steps)
    left = _left_out(len(preview.remarks) - len(remarks), total - len(rows), total - len(details))
    return text + "".join(details) + left + _foot(heading)


def _summary(preview: Preview) -> str:
    if preview.has_failed:
        return "it failed"
    counts = Counter(step.operation for step in preview.steps)
    planned = ", ".join(f"{count:,} to {operation}" for operation, count in counts.items())
    return f"{planned or 'nothing to do'}, {preview.unchanged:,} unchanged"


def _row(step: Step) -> str:
    names = ", ".join(one.name for one in step.changes) if step.operation in ("update", "replace") else ""
    return row([plain(step.operation), code(step.name), code(step.kind), code(names)])


def _details(step: Step) -> str:
    if not step.changes:
        return ""
    title = f"{html.escape(one_line(step.operation))} <code>{html.escape(one_line(step.name))}</code>"
    changes = "".join(row(map(code, (one.name, one.before, one.after))) for one in step.changes)
    table = head(["property", "now", "then"]) + changes
    return f"<details><summary>{title}</summary>\n\n{table}\n</details>\n\n"


def _left_out(remarks: int, rows: int, details: int) -> str:
    said = left_out(
        plural(remarks, "message") if remarks else "",
        plural(rows, "row") if rows else "",
        f"details of {plural(details, 'resource')}" if details else "",
    )
    return f"{said[0].upper()}{said[1:]}.\n\n" if said else ""


def _foot(heading: Heading) -> str:
    log = f"[log]({heading.log})" if re.fullmatch(r"https://[\w.:/?&=%~#+-]+", heading.log) else ""
    shown = " · ".join(filter(None, [code(heading.commit[:12]), log]))
    return f"{shown}\n" if shown else ""
