"""The options that commands share, and how what is typed is read."""

import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from xplenty_pulumi.core.kinds import inputs
from xplenty_pulumi.errors import ConfigError


def completed_as(kind: str) -> Callable[[str], list[tuple[str, str]]]:
    """Return what completes a word on TAB with the things of a kind that there are; loaded only then."""

    def complete(incomplete: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = import_module("xplenty_pulumi.cli.completion").offers(kind, incomplete)
        return found

    return complete


AsJson = Annotated[
    bool,
    typer.Option("--json", help='Print JSON, version 1; the page "JSON formats" of the documentation has its fields.'),
]
Cwd = Annotated[Path, typer.Option(exists=True, file_okay=False, help="The folder of the Pulumi project.")]
StackOption = Annotated[
    str,
    typer.Option(
        metavar="STACK", help="The stack; the selected one if not given.", autocompletion=completed_as("stack")
    ),
]
OwnerOption = Annotated[
    str, typer.Option(metavar="STACK", help="Only of this stack (`project/stack`, or its scope), or `unmanaged`.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Do not wait for calls that may still arrive.")]
Timeout = Annotated[str, typer.Option(metavar="TIME", help="How long it may take, such as 90s, 30m or 2h.")]

_DAYS = re.compile(r"(\d{1,3})d")


def bad_usage(option: str, problem: str) -> ConfigError:
    """Return the error of an option that cannot be used as it was."""
    return ConfigError(f"{option} {problem}", setting=option)


def read_span(option: str, text: str) -> timedelta:
    """Return the time that is spelled as `45s`, `30m`, `2h`, `7d` or in seconds.

    Raises:
        ConfigError: it is none, or not below a year.
    """
    days = _DAYS.fullmatch(text.strip())
    try:
        return timedelta(seconds=inputs.duration(86_400 * int(days[1]) if days else text))
    except ValueError as wrong:
        raise bad_usage(option, str(wrong)) from None
