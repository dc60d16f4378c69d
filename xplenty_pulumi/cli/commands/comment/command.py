"""`xplenty-pulumi preview-comment`: what `pulumi preview --json` plans, as Markdown, short enough for a comment."""

import html
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import typer

from xplenty_pulumi.cli.commands.comment.plan import ADVICE, Preview, Step, decoded, preview_of
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.markdown import LARGEST, code, fence, fitting, head, left_out, plain, row, size
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret, scrub
from xplenty_pulumi.text import one_line, plural

_LONGEST_REMARK, _MOST_REMARKS = 3_000, 10
_TABLE = head(["plan", "resource", "type", "changes"])
_ROOM_FOR_THE_END = 400
_NO_INPUT = "no input"
"""What is shown of an update that only signs a marker, or makes up for what an interrupted one owes."""


def preview_comment(
    stack: Annotated[str, typer.Option(metavar="STACK", help="The stack's name, for the title.")],
    commit: Annotated[str, typer.Option(metavar="COMMIT", help="The commit that was looked at.")] = "",
    log: Annotated[str, typer.Option(metavar="URL", help="Where the whole log is, an https address.")] = "",
    show_variables: Annotated[
        bool, typer.Option("--show-variables", help="Show values of variables that are no secrets.")
    ] = False,
) -> None:
    """Read `pulumi preview --json` from stdin, errors included, and print a comment of at most 65,000 bytes.

    The form of PULUMI_ENABLE_STREAMING_JSON_PREVIEW is read too; what is no preview as JSON is an error, and not shown.

    Exits with 0 for a preview that failed as well: its own exit code says that.
    """
    with one_paragraph("preview-comment"):
        if sys.stdin.isatty():
            raise ConfigError("there is nothing to read", advice=ADVICE)
        text = decoded(sys.stdin.buffer.read())
        key = os.environ.get("XPLENTY_API_KEY", "").strip()
        preview = preview_of(scrub(text, [Secret(key)]), show_variables=show_variables)
        Screen().text(markdown(preview, Heading(stack, commit, log)))


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
    remarks_left, rows_left, details_left = (
        len(preview.remarks) - len(remarks),
        len(preview.steps) - len(rows),
        len(preview.steps) - len(details),
    )
    left = left_out(
        plural(remarks_left, "message") if remarks_left else "",
        plural(rows_left, "row") if rows_left else "",
        f"details of {plural(details_left, 'resource')}" if details_left else "",
    )
    log = f"[log]({heading.log})" if re.fullmatch(r"https://[\w.:/?&=%~#+-]+", heading.log) else ""
    foot = " · ".join(filter(None, [code(heading.commit[:12]), log]))
    text += "".join(details) + (f"{left[0].upper()}{left[1:]}.\n\n" if left else "")
    return f"{text}{foot}\n" if foot else text


def _summary(preview: Preview) -> str:
    if preview.has_failed:
        return "it failed"
    counts = Counter(step.operation for step in preview.steps)
    planned = ", ".join(f"{count:,} to {operation}" for operation, count in counts.items())
    return f"{planned or 'nothing to do'}, {preview.unchanged:,} unchanged"


def _row(step: Step) -> str:
    names = ", ".join(one.name for one in step.changes) if step.operation in ("update", "replace") else ""
    changed = plain(_NO_INPUT) if step.operation == "update" and not names else code(names)
    return row([plain(step.operation), code(step.name), code(step.kind), changed])


def _details(step: Step) -> str:
    if not step.changes:
        return ""
    title = f"{html.escape(one_line(step.operation))} <code>{html.escape(one_line(step.name))}</code>"
    changes = "".join(row(map(code, (one.name, one.before, one.after))) for one in step.changes)
    table = head(["property", "now", "then"]) + changes
    return f"<details><summary>{title}</summary>\n\n{table}\n</details>\n\n"
