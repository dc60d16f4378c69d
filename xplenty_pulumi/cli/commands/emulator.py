"""`xplenty-pulumi emulator`: serve an account until a signal stops it."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from xplenty_pulumi.cli.ui.exits import one_paragraph
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.cli.ui.stopping import StopRequest
from xplenty_pulumi.emulator import Emulator, Knobs, LoggedCall, Seed
from xplenty_pulumi.emulator.life.seed import read_seed_file
from xplenty_pulumi.redact import Secret


def emulator(
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="NUMBER", help="The port on 127.0.0.1; 0 takes a free one.")
    ] = 0,
    time_scale: Annotated[
        float, typer.Option(metavar="NUMBER", help="How many seconds pass for the account in one of ours.")
    ] = 1,
    step: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="Let time stand still, and this many seconds pass with each look at something unfinished.",
        ),
    ] = None,
    seed_file: Annotated[
        Path | None, typer.Option(help="A JSON file with the packages, schedules and knobs to begin with.")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="A file that keeps the account across restarts; created if missing.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print url, account_id and api_key as JSON.")] = False,
) -> None:
    """Run an Xplenty account on this machine, for tests and trials; stop it with Ctrl-C."""
    with one_paragraph("emulator", unusable=(ImportError, OSError)):
        seed, knobs = read_seed_file(seed_file) if seed_file is not None else (Seed(), Knobs())
        account = Emulator(seed, knobs=knobs, time_scale=time_scale, step=step, state=state, port=port)
        _serve(account, as_json=as_json)


def _serve(account: Emulator, *, as_json: bool) -> None:
    stop = StopRequest()
    screen = Screen([Secret(account.api_key)])
    account.on_call = lambda call, took: _log(call, took, screen)
    with account:
        facts = {"url": account.url, "account_id": account.account_id, "api_key": account.api_key}
        if as_json:
            Screen().document(facts, on_one_line=True)
        else:
            Screen().text("".join(f"{name}: {value}\n" for name, value in facts.items()))
        stop.wait()


def _log(call: LoggedCall, took: float, screen: Screen) -> None:
    """One line per call: no query, no header, no body, and no key should somebody put it into the path."""
    line = f"{call.method} {quote(call.path)} {call.status} {took * 1000:.1f} ms"
    with suppress(OSError):  # that nobody reads the log any more is no reason to stop answering
        screen.warn(line)
