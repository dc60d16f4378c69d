"""The command `xplenty-pulumi`.

- `app`: the commands, and what all of them share.
- `branch`, `comment`, `drift`, `imports`, `listen`, `pull`, `recover`, `status`: a family of commands each.
- `emulator`: the command that serves an account.
- `ending`: the commands that follow one thing until its goal or its end: `wait`, `stop`, `terminate` and
  `run-schedule`.
- `engine`: the `pulumi` command, its locks, and the states of its backend.
- `ui`: what all commands share: the account of the environment, screen, options, exit codes.
"""

import sys


def main() -> None:
    """Run the command line; without typer, say in one line which extra brings it."""
    try:
        from xplenty_pulumi.cli.app import app  # noqa: PLC0415 - typer comes with an extra
    except ModuleNotFoundError as missing:
        if missing.name != "typer":
            raise
        sys.exit('The command line needs typer: pip install "xplenty-pulumi[cli]"')
    app()
