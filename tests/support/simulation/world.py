"""Processes of ours on one emulated account, each of which can be made to die at any point of what it does.

A process sees the world through three doors: calls, sleeps and saving its state. Passing a door one way or the other
is a boundary; boundaries are counted, and at a chosen one the process dies. What it knew dies with it: only the saved
state and the account live on.
"""

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from random import Random

import httpx

from tests.support.accounts.clients import client_of
from tests.support.faults.exchange import Behaviour, Exchange, Postponed
from tests.support.simulation.ledger import Ledger
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.dynamic.session import Session
from xplenty_pulumi.emulator import Emulator, FaultRule, Faults, Knobs, PackageSeed, Seed
from xplenty_pulumi.redact import Secret
from xplenty_pulumi.settings import Settings

KEY = "canary-key-0123456789"
QUICK = Knobs(
    pending_seconds=2,
    creating_seconds=6,
    scaling_seconds=4,
    pending_terminate_seconds=1,
    terminating_seconds=4,
    job_pending_seconds=1,
    job_run_seconds=5,
    job_pending_stoppage_seconds=1,
    job_stopping_seconds=1,
)
"""An account that is quick, so that a wait has few boundaries, and all of them are different ones."""
GOOD, FAILING, ENDLESS = 101, 103, 106
SEED = Seed(
    api_key=KEY,
    packages=(
        PackageSeed(GOOD, "Good"),
        PackageSeed(FAILING, "Bad", failure="No such path."),
        PackageSeed(ENDLESS, "Endless", run_seconds=10**9),
    ),
)


class Crash(BaseException):
    """The end of a process; nothing in it may go on."""


class Boundaries:
    """Counts the boundaries that one process passes, and ends it at number `crash_at`, counted from 0.

    `visits` says what happens in the world at a boundary meanwhile, such as another process that runs. `what_lasts`
    tells apart what outlives the process at one boundary from what does at another.
    """

    def __init__(
        self,
        what_lasts: Callable[[], Hashable] = lambda: None,
        *,
        crash_at: int | None = None,
        visits: Mapping[int, Callable[[], object]] | None = None,
    ) -> None:
        self.passed: list[str] = []
        self.lasting: list[Hashable] = []
        self._what_lasts = what_lasts
        self._crash_at = crash_at
        self._visits = dict(visits or {})
        self._dead = False

    def cross(self, what: str) -> None:
        """Pass one boundary, or die there."""
        number = len(self.passed)
        self.passed.append(what)
        self.lasting.append(self._what_lasts())
        if number == self._crash_at:
            self._dead = True
        if self._dead:
            raise Crash(what)
        if number in self._visits:
            self._visits.pop(number)()


class SimulatedWorld:
    """One account, the time, and a ledger of what processes of ours do to the account."""

    def __init__(self, *, knobs: Knobs = QUICK, seed: Seed = SEED) -> None:
        self.clock = ManualClock()
        self.postponed = Postponed(self.clock)
        self.ledger = Ledger()
        self.foreign: dict[str, int] = {}
        """Things of other people, one by the name of its list."""
        self.faults = Faults()
        self.emulator = Emulator(seed, clock=self.clock, knobs=knobs, gates=[self.ledger, self.faults])
        self.faults.join(self.emulator)
        self.ledger.join(self.emulator, self.clock)

    def let_fail(self, *rules: FaultRule) -> None:
        """Let calls meet these faults from now on; with none, all is well again."""
        self.faults.calm()
        for rule in rules:
            self.faults.add(rule)

    def foreign_job(self, cluster_id: int) -> int:
        """Start a run that is none of ours and goes on for ever, and return its id."""
        with Process(self, Boundaries(), stack="somebody").client as client:
            number = client.jobs.run(cluster_id=cluster_id, package_id=ENDLESS).id
        del self.ledger.runs[number]
        self.ledger.writes = 0
        return number

    def pass_time(self, seconds: float) -> None:
        """Let time go by for everybody."""
        self.clock.advance(seconds)
        self.faults.settle()


class _Clock:
    """The world's time for one process, whose sleeps are boundaries."""

    def __init__(self, clock: ManualClock, boundaries: Boundaries) -> None:
        self._clock, self._boundaries = clock, boundaries

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        self._boundaries.cross(f"before sleep {seconds:g}")
        self._clock.sleep(seconds)
        self._boundaries.cross(f"after sleep {seconds:g}")


class _Wire(httpx.BaseTransport):
    """The network for one process, whose calls are boundaries before and after their effect."""

    def __init__(self, world: SimulatedWorld, boundaries: Boundaries, *, stack: str, behaviour: Behaviour) -> None:
        self._world, self._boundaries, self._stack, self._behaviour = world, boundaries, stack, behaviour

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        exchange = Exchange(request, self._world.emulator.account, self._world.postponed)
        call = f"{request.method} {exchange.path}"
        self._boundaries.cross(f"before {call}")
        self._world.ledger.note_call(self._stack, call)
        try:
            return self._behaviour(exchange)
        finally:
            self._boundaries.cross(f"after {call}")


class Process:
    """One process image: a session that has seen nothing yet, and the boundaries it passes."""

    def __init__(
        self, world: SimulatedWorld, boundaries: Boundaries, *, stack: str, behaviour: Behaviour = Exchange.forward
    ) -> None:
        self.boundaries = boundaries
        self.declared_owners: set[str] = set()
        clock = _Clock(world.clock, boundaries)
        emulator = world.emulator
        self.settings = Settings(Secret(emulator.api_key), emulator.account_id, emulator.url)
        wire = _Wire(world, boundaries, stack=stack, behaviour=behaviour)
        self.client = client_of(emulator, clock=clock, random=Random(7), http=wire)
        self.session = Session(self.client, clock)
