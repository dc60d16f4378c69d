"""How a command ends: its exit code, and errors as one paragraph without secrets."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from xplenty_pulumi.errors import ConfigError, SpecError, XplentyError
from xplenty_pulumi.redact import Secret, scrub
from xplenty_pulumi.text import not_commands, one_line

FAILED, BAD_USAGE, SHOWS_FAILURE = 1, 2, 3


@contextmanager
def one_paragraph(command: str, *, interrupted: str = "ended by Ctrl-C", bad_usage: int = BAD_USAGE) -> Iterator[None]:
    """Turn an error into one paragraph on stderr and an exit code: `bad_usage` where the user asked wrongly, else 1.

    `interrupted` is said on Ctrl-C.
    """
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(f"xplenty-pulumi {command}: {interrupted}", err=True)
        raise typer.Exit(FAILED) from None
    except XplentyError as error:
        text = scrub(one_line(str(error)), [Secret(os.environ.get("XPLENTY_API_KEY", "").strip())])
        typer.echo(f"xplenty-pulumi {command}: {not_commands(text)}", err=True)
        raise typer.Exit(bad_usage if isinstance(error, ConfigError | SpecError) else FAILED) from None
