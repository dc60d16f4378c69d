"""`xplenty-pulumi listen`: receive web hooks until a signal stops it."""

import os
import shlex
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xplenty_pulumi.cli.commands.listen.queue import SALT_VARIABLE, Commands, EventQueue, usual_file
from xplenty_pulumi.cli.commands.listen.requests import Notice, Verifier
from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.cli.ui.stopping import StopRequest
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret
from xplenty_pulumi.text import plural

if TYPE_CHECKING:
    from xplenty_pulumi.cli.commands.listen.server import HookServer

_MOST_SALTS = 20


def listen(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="NUMBER", help="The port; 0 takes a free one.")],
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address to listen on; this machine alone if not given.")
    ] = "127.0.0.1",
    command: Annotated[
        str,
        typer.Option(
            "--exec", metavar="COMMAND", help="Run this command for each event; its words are split as by a shell."
        ),
    ] = "",
    salt_file: Annotated[
        Path | None,
        typer.Option(help=f"A file with the hook's salt, or `ID SALT` a line for several; or set {SALT_VARIABLE}."),
    ] = None,
    url: Annotated[
        str, typer.Option(metavar="URL", help="The hook's address, where requests come through a proxy.")
    ] = "",
    hook_id: Annotated[
        str, typer.Option(metavar="ID", help="The id of the hook whose salt is given without one.")
    ] = "",
    timeout: Annotated[
        float, typer.Option(min=0.1, max=86_400, metavar="SECONDS", help="Seconds that each command may take.")
    ] = 60.0,
    queue: Annotated[
        Path | None,
        typer.Option(help="Where events wait for --exec; if not given, a file for this address in your state folder."),
    ] = None,
) -> None:
    """Receive web hooks, verify that they are signed, and print a line or run a command for each; end with Ctrl-C."""
    with one_paragraph("listen", unusable=(ImportError,)):
        from xplenty_pulumi.cli.commands.listen.server import HookServer  # noqa: PLC0415 - only who listens loads the web stack

        verifier, words = Verifier(_salts(salt_file), url=url, hook_id=hook_id), _words(command) if command else []
        try:
            server = HookServer((host, port), verifier, take=_print, refused=_complain)
        except OSError as problem:
            raise ConfigError(f"cannot listen on {host} port {port}: {problem}", setting="port") from None
        file = queue or usual_file(os.environ, host, server.port)
        commands = Commands(words, EventQueue(file), timeout=timeout, failed=_complain) if words else None
    _serve(server, commands)


def _serve(server: "HookServer", commands: Commands | None) -> None:
    stop = StopRequest()
    if commands:
        server.take = commands.queue.put
        _complain_of_waiting(commands, "taken up from")
    server.start()
    if commands:
        commands.start()
    shown = f"[{server.name}]" if ":" in server.name else server.name
    with suppress(OSError):
        Screen().line(f"listening on http://{shown}:{server.port}")
    stop.wait()
    server.stop()
    if commands:
        commands.stop()
        _complain_of_waiting(commands, "left for the next start in")
        commands.queue.close()


def _complain_of_waiting(commands: Commands, where: str) -> None:
    if number := commands.queue.waiting():
        _complain(f"{where} {commands.queue.file}: {plural(number, 'event')}")


def _salts(file: Path | None) -> tuple[Secret, ...]:
    try:
        text = os.environ.get(SALT_VARIABLE, "") if file is None else file.read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is no text"
        raise ConfigError(f"the salt file {file} cannot be read: {reason}", setting="salt") from None
    salts = tuple(Secret(line.strip()) for line in text.splitlines() if line.strip())
    if not 1 <= len(salts) <= _MOST_SALTS:
        raise ConfigError(
            f"there are {len(salts)} salts, from 1 to {_MOST_SALTS} are needed to tell what the service has signed",
            setting="salt",
            advice=f"Set {SALT_VARIABLE} to the output `salt` of a Hook, or name a file with --salt-file",
        )
    return salts


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as problem:
        raise ConfigError(f"--exec cannot be split into words: {problem}", setting="exec") from None
    if not words or shutil.which(words[0]) is None:
        raise ConfigError("there is no such command as --exec names", setting="exec", advice="Give its path")
    return words


def _print(notice: Notice) -> str:
    try:
        Screen().line(notice.line())
    except OSError:
        return "nobody reads the output"
    return ""


def _complain(line: str) -> None:
    with suppress(OSError):  # that nobody reads any more is no reason to stop answering
        Screen().warn(line)
