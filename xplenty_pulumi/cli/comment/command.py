"""`xplenty-pulumi preview-comment`: what `pulumi preview --json` plans, as Markdown for a pull request."""

import os
import sys
from typing import Annotated

import typer

from xplenty_pulumi.cli.comment.pages import Heading, markdown
from xplenty_pulumi.cli.comment.plan import ADVICE, decoded, preview_of
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret, scrub


def preview_comment(
    stack: Annotated[str, typer.Option(help="The stack's name, for the title.")],
    commit: Annotated[str, typer.Option(help="The commit that was looked at.")] = "",
    log: Annotated[str, typer.Option(help="Where the whole log is, an https address.")] = "",
    show_variables: Annotated[
        bool, typer.Option("--show-variables", help="Show values of variables that are no secrets.")
    ] = False,
) -> None:
    """Read `pulumi preview --json` from stdin, errors included, and print a comment of at most 65,000 bytes.

    The form of PULUMI_ENABLE_STREAMING_JSON_PREVIEW is read too; what is no preview as JSON is an error, and not shown.

    Exits with 0 for a preview that failed as well: its own exit code tells that.
    """
    with one_paragraph("preview-comment"):
        if sys.stdin.isatty():
            raise ConfigError("there is nothing to read", advice=ADVICE)
        text = decoded(sys.stdin.buffer.read())
        key = os.environ.get("XPLENTY_API_KEY", "").strip()
        preview = preview_of(scrub(text, [Secret(key)]), show_variables=show_variables)
        Screen().text(markdown(preview, Heading(stack, commit, log)))
