"""The commands, each loaded when it is looked up, so that help and version wait for none of them."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from xplenty_pulumi._version import __version__
from xplenty_pulumi.cli import garbage
from xplenty_pulumi.cli.help import write_commands

COMMANDS: Mapping[str, tuple[str, str]] = {
    "status": ("status.command:status", "Show clusters, job runs and schedules, whose they are and how they do."),
    "usage": (
        "usage.command:usage",
        "Sum up the node-hours of each owner: nodes multiplied by the time their cluster was up.",
    ),
    "packages": ("lists.command:packages", "List the packages, whose they are and when they were edited."),
    "regions": ("lists.command:regions", "List the regions in which clusters can be created."),
    "drift": (
        "drift.command:drift",
        "Compare the state of stacks with the account, and sort the differences by how grave they are.",
    ),
    "emulator": (
        "emulator:emulator",
        "Run an Xplenty account on this machine, for tests and trials; stop it with Ctrl-C.",
    ),
    "listen": (
        "listen.command:listen",
        "Receive web hooks, verify that they are signed, and print a line or run a command for each; end with Ctrl-C.",
    ),
    "recover": (
        "recover.command:recover",
        "Remove the lock and the pending operations that a killed `pulumi` left behind; then run `pulumi up`.",
    ),
    "hand-over": (
        "recover.hand_over:hand_over",
        "Hand something that exists over to a resource of the stack, whose next `pulumi up` adopts it.",
    ),
    "import": (
        "imports.command:import_",
        "Write a program that declares what exists in the account, and take it into the state of the stack.",
    ),
    "pull": ("pull.command:pull", "Write what the service has of a package back into the file that the program names."),
    "preview-comment": (
        "comment.command:preview_comment",
        "Read `pulumi preview --json` from stdin, errors included, and print a comment of at most 65,000 bytes.",
    ),
    "wait": ("ending:wait", "Wait until a cluster or a job run is as a script needs it."),
    "stop": ("ending:stop", "End a job run, and see that it has ended."),
    "run-schedule": (
        "run_schedule:run_schedule",
        "Run a schedule at once, whether or not it is enabled, and name the job runs that it starts.",
    ),
    "terminate": ("ending:terminate", "End a cluster, and see that it has ended."),
    "branch": ("branch.command:branch", "Deploy a stack for each git branch, list these stacks, and end them."),
}
"""Where each command is, below `xplenty_pulumi.cli.commands`, and the first sentence of its help."""


_OF_PYDANTIC = "Value error, "
"""What newer versions of typer leave before the reason why a value is not one of a closed set."""


class _Commands(Mapping[str, Any]):
    """The commands by name as typer builds them, each loaded when its value is looked up.

    A module may name a class of its own for its command as `COMMAND_CLASS`.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            place, _, attribute = COMMANDS[name][0].partition(":")
            module = import_module(f"xplenty_pulumi.cli.commands.{place}")
            found, within = getattr(module, attribute), typer.Typer(rich_markup_mode=None)
            if isinstance(found, typer.Typer):
                within.add_typer(found, name=name)
            else:
                within.command(name, cls=getattr(module, "COMMAND_CLASS", TyperCommand))(found)
            self._loaded[name] = get_group(within).commands[name]
            garbage.resume()
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


_LOADED = _Commands()


class _Program(TyperGroup):
    """The program itself, whose help names the commands without loading them."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        vars(self)["commands"] = _LOADED

    def invoke(self, ctx: Any) -> Any:
        """Run the command; the error about a value that it does not take has no words of typer's own tools."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as wrong:
            wrong.message = wrong.message.removeprefix(_OF_PYDANTIC)
            raise

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the help."""
        del ctx
        return [*COMMANDS]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the names with their help."""
        del ctx
        write_commands(formatter, ((name, text) for name, (_, text) in COMMANDS.items()))


app = typer.Typer(
    name="xplenty-pulumi",
    cls=_Program,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
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
    """Clusters and job runs of Xplenty (Integrate.io ETL), followed until their end."""
    del version
