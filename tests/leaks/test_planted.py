"""The search is looked for itself: a secret planted into each sink is found there, in each spelling."""

import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from pulumi.dynamic import ReadResult

from tests.dynamic.host import Host, HostError, host_in_this_process
from tests.leaks.canaries import CANARIES, IN_VARIABLES, SPELLINGS, leaks, planted
from tests.leaks.sinks import OF_THE_ENGINE, SINKS, Caught, everything_logged
from tests.support import scoreboard
from tests.support.accounts.command_line import START, CommandLine
from xplenty_pulumi.cli.commands import emulator as emulator_command
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.client.http.outcomes import HttpRequest
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.providers.cluster import ClusterProvider
from xplenty_pulumi.emulator import Emulator, LoggedCall
from xplenty_pulumi.redact import Secret

LEAK = planted(IN_VARIABLES)


class LeakyProvider(ClusterProvider):
    """Fails every read with a secret in the text and in the outputs."""

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        raise bridge.fail_partially(
            bridge.current_call(), LEAK, resource_id=id_, outputs={"errors": LEAK, "__provider": props["__provider"]}
        )


COMMAND = "make test TESTS=tests/leaks"

Capture = pytest.CaptureFixture[str]


def plant_in_output(caught: Caught, folder: Path, capfd: Capture) -> None:
    """Print it."""
    sys.stdout.write(LEAK)
    sys.stderr.write(LEAK)
    out, err = capfd.readouterr()
    caught.add("standard output", out)
    caught.add("standard error", err)


def plant_in_logs(caught: Caught, folder: Path, capfd: Capture) -> None:
    """Log it as a library does, at the finest level."""
    with everything_logged(caught):
        logging.getLogger("grpc").debug("sending %s", LEAK)


def plant_in_errors(caught: Caught, folder: Path, capfd: Capture) -> None:
    """Raise it from something that holds it."""
    with pytest.raises(ValueError, match="canary") as raised:
        float(LEAK)
    caught.add_error(raised.value)


def plant_in_calls(caught: Caught, folder: Path, capfd: Capture) -> None:
    """Send it to the engine, as the reason and in the outputs."""
    with host_in_this_process() as channel, pytest.raises(HostError) as failed:
        Host(channel, LeakyProvider()).read("5", {})
    caught.add_failed_call(failed.value)


def plant_in_access_log(caught: Caught, folder: Path, capfd: Capture) -> None:
    """Put it into the path of a call."""
    lines: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer, "echo", lambda text, **_options: lines.append(text))
        emulator_command._log(LoggedCall("GET", f"/{LEAK}", 404), 0.001, Screen([Secret("another")]))
    caught.add_access_log(lines)


def plant_in_state_file(caught: Caught, folder: Path, capfd: Capture) -> None:
    """Put a cluster into a zone of that name."""
    account = Emulator(state=folder / "account.db")
    account.add_cluster(zone=LEAK)
    account.stop()
    caught.add_state_file(folder / "account.db")


def plant_in_objects(caught: Caught, folder: Path, capfd: Capture) -> None:
    """Put it where it is printed and pickled."""
    caught.add_printed([HttpRequest("GET", f"/{LEAK}")])
    caught.add_pickled([RuntimeError(LEAK)])


def plant_in_commands(caught: Caught, folder: Path, capfd: Capture) -> None:
    """Name a cluster like that, and look at it."""
    clock = ManualClock(START)
    with Emulator(clock=clock) as account:
        account.add_cluster(name=LEAK)
        caught.add("commands", CommandLine(account, clock).run("status", "--json").out)


def plant_in_files(caught: Caught, folder: Path, capfd: Capture) -> None:
    """Write it into a file beside the program."""
    (folder / "deep").mkdir()
    (folder / "deep" / "file").write_text(LEAK)
    (folder / "told").write_text("not looked at")
    caught.add_files(folder, but=["told"])


PLANTS: Mapping[Callable[[Caught, Path, Capture], None], tuple[str, ...]] = {
    plant_in_output: ("standard output", "standard error"),
    plant_in_logs: ("logging",),
    plant_in_errors: ("exceptions",),
    plant_in_calls: ("gRPC details", "outputs of partial states"),
    plant_in_access_log: ("access log of the emulator",),
    plant_in_state_file: ("state file of the emulator",),
    plant_in_objects: ("printed forms", "pickles"),
    plant_in_commands: ("commands",),
    plant_in_files: ("files of a project",),
}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_planted_leak_is_found(plant: Callable[[Caught, Path, Capture], None], tmp_path: Path, capfd: Capture) -> None:
    """What is planted into a sink is found there in all spellings."""
    caught = Caught()
    plant(caught, tmp_path, capfd)
    for sink in PLANTS[plant]:
        assert {leak.spelling for leak in caught.leaks(sink)} == set(SPELLINGS), sink
        scoreboard.count("planted leaks found", goal=len(SINKS), command=COMMAND)


def test_every_sink_is_planted() -> None:
    """There are 14 sinks and 6 spellings, and none of the sinks is left out; the engine's have a test of their own."""
    assert sorted([*OF_THE_ENGINE, *(sink for sinks in PLANTS.values() for sink in sinks)]) == sorted(SINKS)
    assert (len(SINKS), len(SPELLINGS)) == (14, 6)


@pytest.mark.parametrize("canary", CANARIES)
def test_every_canary_is_found_in_every_spelling(canary: str) -> None:
    """The search tells the canaries apart, finds each spelling by itself, and nothing in an innocent text."""
    assert {leak.spelling for leak in leaks(planted(canary))} == set(SPELLINGS)
    assert {leak.canary for leak in leaks(planted(canary))} == {canary}
    for name, spell in SPELLINGS.items():
        for spelled in spell(canary):
            assert name in {leak.spelling for leak in leaks(f"<{spelled}>")}
    assert leaks("canary yellow, 9f3b77e1, 51c0") == []


def test_key_on_the_wire_is_found() -> None:
    """The way in which the key travels is one of the spellings."""
    request = next(httpx.BasicAuth(CANARIES[0], "").auth_flow(httpx.Request("GET", "http://127.0.0.1")))
    assert {leak.spelling for leak in leaks(request.headers["Authorization"])} == {"base64"}
