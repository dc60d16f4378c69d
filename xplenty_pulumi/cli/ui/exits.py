"""How a command ends: the table of exit codes, and errors as one paragraph without secrets."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from xplenty_pulumi import events
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.errors import ConfigError, SpecError, XplentyError

FAILED = 1
"""Something failed, was refused or declined, or did not come to be what was waited for."""
BAD_USAGE = 2
"""The command cannot be meant like that, a setting is missing, or `--yes` is."""
DRIFT = 2
"""There is drift. This is `drift` alone, so that bad usage of it is `FAILED`."""
SHOWS_FAILURE = 3
"""What was asked to end the command so: a failure that is shown, or something that is to be swept."""


@contextmanager
def one_paragraph(
    command: str,
    *,
    interrupted: str = "ended by Ctrl-C",
    bad_usage: int = BAD_USAGE,
    unusable: tuple[type[Exception], ...] = (),
) -> Iterator[None]:
    """Turn an error into one paragraph on stderr and an exit code: `bad_usage` where the user asked wrongly, else 1.

    `interrupted` is said on Ctrl-C. Errors of the types in `unusable` are bad usage too.
    """
    expected: tuple[type[Exception], ...] = (XplentyError, *unusable)
    with _reported(command):
        try:
            yield
        except KeyboardInterrupt:
            Screen.of_environment().warn(f"xplenty-pulumi {command}: {interrupted}")
            raise typer.Exit(FAILED) from None
        except expected as error:
            Screen.of_environment().warn(f"xplenty-pulumi {command}: {error}")
            is_usage = isinstance(error, (ConfigError, SpecError, *unusable))
            raise typer.Exit(bad_usage if is_usage else FAILED) from error


@contextmanager
def _reported(command: str) -> Iterator[None]:
    """Report the end of the command as an event, with its exit code and the error behind it."""
    screen = Screen.of_environment()
    events.warn_by(screen.warn)
    try:
        with events.operation(command, SystemClock(), scrub=screen.scrubbed) as facts:
            try:
                yield
            except typer.Exit as end:
                if cause := end.__cause__:
                    facts.update({"error": str(cause), "error_class": type(cause).__name__})
                facts.update({"result": "failed" if end.exit_code else "succeeded", "exit_code": end.exit_code})
                raise
            else:
                facts["exit_code"] = 0
    finally:
        events.flush()
