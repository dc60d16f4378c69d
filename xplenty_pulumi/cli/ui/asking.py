"""What is asked and refused before something is ended or changed."""

import sys

import typer

from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.reports.overview import UNMANAGED
from xplenty_pulumi.errors import ConfigError, RefusedError


def refuse_owned(resource: str, owner: str, *, force: bool) -> None:
    """Raise RefusedError where the thing belongs to a stack, unless the user insists."""
    if owner != UNMANAGED and not force:
        raise RefusedError(
            f"it belongs to the stack with the scope {owner}, whose state would not know of its end; nothing was ended",
            resource=resource,
            advice="Take it out of that stack's program and run `pulumi up`, or insist with --force",
        )


def ask(question: str, screen: Screen, *, yes: bool, undone: str = "nothing was ended") -> None:
    """Return if the user agrees, or has agreed beforehand; `undone` says what did not happen otherwise.

    Raises:
        ConfigError: nobody can be asked.
        RefusedError: the answer is no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        reason = f"There is no terminal to ask on, so {undone}"
        raise ConfigError(f"{question} {reason}", advice="Run it with --yes")
    if not typer.confirm(screen.scrubbed(question)):
        raise RefusedError(undone)
