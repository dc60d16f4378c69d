"""An account on loopback with a clock of its own, and the command line run against it in this process."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner

from tests.support.accounts.clients import client_of, settings_of
from tests.support.accounts.formats import format_of, misfits
from xplenty_pulumi.cli.app import app
from xplenty_pulumi.cli.ui import account as cli_account
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, scope_of, sign
from xplenty_pulumi.emulator import EmulatedCluster, Emulator, Knobs, Seed
from xplenty_pulumi.emulator.account import Gate
from xplenty_pulumi.settings import CI_VARIABLES

KEY = "canary-key-0123456789"
START = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = Owner("acme", "loads", "dev", "nightly")
SCOPE = scope_of(OWNER)


class ScriptedClock(ManualClock):
    """A clock that runs one event of a script before each pause, and presses Ctrl-C when there is none left."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.script: list[Callable[[], object]] | None = None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.script is not None and seconds > 0:
            if not self.script:
                raise KeyboardInterrupt
            self.script.pop(0)()


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What was printed, blanks at the ends of lines included."""
        return self.out.splitlines()

    @property
    def json(self) -> Any:
        """What was printed, as JSON."""
        return json.loads(self.out)


@dataclass
class CommandLine:
    """An account, and a shell in this process whose `environment` names it; `before` goes before all arguments."""

    emulator: Emulator
    clock: ManualClock
    environment: dict[str, str] = field(init=False)
    before: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        self.environment = settings_of(self.emulator)

    def run(self, *arguments: object, **environment: str) -> Ended:
        """Run `xplenty-pulumi` with these arguments."""
        words = [str(one) for one in (*self.before, *arguments)]
        done = CliRunner().invoke(app, words, env={**self.environment, **environment})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert KEY not in done.output
        if "--json" in words and done.stdout.startswith("{"):
            assert misfits(format_of(words), done.stdout) == []
        return Ended(done.exit_code, done.stdout.replace(self.emulator.url, "URL"), done.stderr)


@dataclass
class Scene(CommandLine):
    """A shell on an account that a test fills."""

    clock: ScriptedClock

    def client(self) -> Client:
        """Return a client that somebody else uses."""
        return client_of(self.emulator)

    def job(self, cluster: EmulatedCluster, package_id: int = 101, **variables: str) -> int:
        """Start a run as somebody else would, and return its id."""
        with self.client() as client:
            return client.jobs.run(cluster_id=cluster.id, package_id=package_id, variables=variables).id

    def owned_cluster(self, **fields: Any) -> EmulatedCluster:
        """Add a cluster that carries a marker."""
        return self.emulator.add_cluster(**{"description": sign("loads", marker_of(OWNER)), **fields})

    def calls(self) -> list[str]:
        """Return the calls so far, without the account."""
        return [f"{one.method} {one.path.rpartition('/api/')[2]}" for one in self.emulator.calls()]

    def calls_of(self, *arguments: object) -> list[str]:
        """Run a command and return the calls that it has made."""
        before = len(self.calls())
        self.run(*arguments)
        return self.calls()[before:]


def seeded(scene: Scene) -> None:
    """Fill the account: an owned, a sandbox and a broken cluster, one run that goes on, one done, one failed."""
    nightly = scene.owned_cluster(name="nightly", nodes=4)
    scene.emulator.add_cluster(name="adhoc", type="sandbox", nodes=1, status="idle", idle_since=START.timestamp())
    scene.emulator.fail_cluster(scene.emulator.add_cluster(name="weekly").id)
    scene.job(nightly, 101, day="'2026-01-31'")
    scene.job(nightly, 103)
    scene.clock.advance(100)
    scene.job(nightly, 102)
    scene.clock.advance(50)


@contextmanager
def opened_scene(
    monkeypatch: pytest.MonkeyPatch,
    *,
    knobs: Knobs | None = None,
    seed: Seed | None = None,
    gates: Sequence[Gate] = (),
) -> Iterator[Scene]:
    """Give a scene on a new account; all its parts and the command line share one clock."""
    clock = ScriptedClock(START)
    monkeypatch.setattr(cli_account, "SystemClock", lambda: clock)
    for name in ("XPLENTY_POLL_SECONDS", "XPLENTY_CREDIT_SHARE", "COLUMNS", *CI_VARIABLES):
        monkeypatch.delenv(name, raising=False)
    with Emulator(seed or Seed(api_key=KEY), clock=clock, knobs=knobs, gates=gates) as emulator:
        yield Scene(emulator, clock)


def at(seconds: float) -> str:
    """Return the moment so many seconds after the start, as commands print it."""
    return f"{START + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"
