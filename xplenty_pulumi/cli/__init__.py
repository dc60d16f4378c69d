"""The command `xplenty-pulumi`.

- `app`: the commands, and what all of them share.
- `commands`: a family of commands each.
- `completion`: what a shell offers on TAB.
- `engine`: the `pulumi` command, its locks, and the states of its backend.
- `formats`: what `--json` prints, as records.
- `garbage`: when the process looks for garbage.
- `help`: how the help of a group names its commands.
- `ui`: what all commands share: the account of the environment, screen, options, exit codes.
"""

import os
import sys
from pathlib import Path
from typing import TextIO

from xplenty_pulumi.cli import garbage

_INTERRUPTED = 130
"""With what typer ends without a word on a Ctrl-C that comes while no command of ours is at work."""
_ADVICE = "What it was asked to do may be done; look with `xplenty-pulumi status`"


def main() -> None:
    """Run the command line; without typer, say in one line which extra brings it."""
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(f"xplenty-pulumi: ended by Ctrl-C. {_ADVICE}")


def _run() -> None:
    garbage.pause()
    try:
        from xplenty_pulumi.cli.app import app  # noqa: PLC0415 - typer comes with an extra
    except ModuleNotFoundError as missing:
        if missing.name != "typer":
            raise
        sys.exit('The command line needs typer: pip install "xplenty-pulumi[cli]"')
    _open_what_is_closed()
    try:
        try:
            app()
        except SystemExit as end:
            if end.code == _INTERRUPTED:
                raise KeyboardInterrupt from None
            raise
        finally:
            garbage.leave()
            _give_up_a_log_that_nobody_reads()
            sys.stdout.flush()
    except OSError as problem:
        _point_to_nothing(sys.stdout)
        sys.exit(f"xplenty-pulumi: cannot write its output: {problem.strerror}. {_ADVICE}")


def _open_what_is_closed() -> None:
    """Let what is printed go nowhere where the caller has closed stdout or stderr."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end


def _give_up_a_log_that_nobody_reads() -> None:
    """Let a command that has done its work end well where only stderr was closed meanwhile."""
    try:
        sys.stderr.flush()
    except OSError:
        _point_to_nothing(sys.stderr)


def _point_to_nothing(stream: TextIO) -> None:
    """Let Python, which flushes once more when it ends, find nothing that can fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
