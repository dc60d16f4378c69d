"""The command `xplenty-pulumi`."""

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
