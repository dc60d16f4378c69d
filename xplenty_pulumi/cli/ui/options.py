"""The options that commands share, and how what is typed is read."""

import re
from datetime import timedelta
from typing import Annotated

import typer

from xplenty_pulumi.core.kinds import inputs
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.errors import ConfigError

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, version 1; see docs/status.md.")]
Force = Annotated[bool, typer.Option("--force", help="Also where it belongs to a stack.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
ClusterId = Annotated[int, typer.Argument(min=1, metavar="ID", help="The id of the cluster.")]
JobId = Annotated[int, typer.Argument(min=1, metavar="ID", help="The id of the job run.")]
Timeout = Annotated[str, typer.Option(metavar="TIME", help="How long it may take, such as 90s, 30m or 2h.")]

STATUSES = tuple(dict.fromkeys(status for kind in KINDS.values() for status in kind.phases))
_DAYS = re.compile(r"(\d{1,3})d")
_SHORTEST_INTERVAL, _LONGEST_INTERVAL = 0.2, 3600.0


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


def read_interval(text: str) -> float:
    """Return the seconds between two looks.

    Raises:
        ConfigError: it is no time from 0.2 seconds to an hour.
    """
    seconds = read_span("--interval", text).total_seconds()
    if not _SHORTEST_INTERVAL <= seconds <= _LONGEST_INTERVAL:
        raise bad_usage("--interval", f"must be from {_SHORTEST_INTERVAL:g} seconds to an hour, got {text!r}")
    return seconds


def read_statuses(typed: list[str]) -> tuple[str, ...]:
    """Return the statuses.

    Raises:
        ConfigError: there is no such status.
    """
    for status in typed:
        if status not in STATUSES:
            raise bad_usage("--status", f"must be one of {', '.join(STATUSES)}, got {status[:40]!r}")
    return tuple(dict.fromkeys(typed))
