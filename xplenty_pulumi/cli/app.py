"""The commands and what they share: the version, and errors as one paragraph."""

from typing import Annotated

import typer

from xplenty_pulumi._version import __version__
from xplenty_pulumi.cli.branch.command import branch
from xplenty_pulumi.cli.comment.command import preview_comment
from xplenty_pulumi.cli.drift.command import DriftCommand, drift
from xplenty_pulumi.cli.emulator import emulator
from xplenty_pulumi.cli.ending.stop import stop
from xplenty_pulumi.cli.ending.terminate import terminate
from xplenty_pulumi.cli.ending.wait import wait
from xplenty_pulumi.cli.hand_over.command import hand_over
from xplenty_pulumi.cli.listen.command import listen
from xplenty_pulumi.cli.recover.command import recover
from xplenty_pulumi.cli.status.command import status
from xplenty_pulumi.cli.status.usage import usage

app = typer.Typer(
    name="xplenty-pulumi",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"xplenty-pulumi {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Clusters and job runs of Xplenty (Integrate.io ETL), seen through to the end."""
    del version


app.command()(status)
app.add_typer(wait, name="wait")
app.add_typer(stop, name="stop")
app.add_typer(terminate, name="terminate")
app.command()(usage)
app.command(cls=DriftCommand)(drift)
app.command()(emulator)
app.command()(listen)
app.command()(recover)
app.command()(hand_over)
app.command()(preview_comment)
app.add_typer(branch, name="branch")
