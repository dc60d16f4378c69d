"""Processes of ours on one emulated account, each of which can be made to die at any point of what it does.

A process sees the world through three doors: calls, sleeps and saving its state. Passing a door one way or the other
is a boundary; boundaries are counted, and at a chosen one the process dies. What it knew dies with it: only the saved
state and the account live on.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from random import Random

import httpx

from tests.support.fault_transport import translating
from tests.support.simulation_ledger import Ledger
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.dynamic.session import Session
from xplenty_pulumi.emulator import Emulator, FaultRule, Faults, Knobs, PackageSeed, Seed
from xplenty_pulumi.emulator.wire.messages import Request, Response
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


Forward = Callable[[], httpx.Response]
Meddle = Callable[[int, httpx.Request, Forward], httpx.Response]
"""What may happen to a call on its way: its number in the run, the request, and what hands it to the account."""


class Crash(BaseException):
    """The end of a process; nothing in it may go on."""


class Boundaries:
    """Counts the boundaries that one process passes, and ends it at number `crash_at`, counted from 0.

    `visits` says what happens in the world at a boundary meanwhile, such as another process that runs.
    """

    def __init__(
        self, *, crash_at: int | None = None, visits: Mapping[int, Callable[[], object]] | None = None
    ) -> None:
        self.passed: list[str] = []
        self._crash_at = crash_at
        self._visits = dict(visits or {})
        self._dead = False

    def cross(self, what: str) -> None:
        """Pass one boundary, or die there."""
        number = len(self.passed)
        self.passed.append(what)
        if number == self._crash_at:
            self._dead = True
        if self._dead:
            raise Crash(what)
        if number in self._visits:
            self._visits.pop(number)()


class Weather:
    """A gate of the account whose faults can be put on and taken off; late commits come about all the same."""

    def __init__(self) -> None:
        self._now: Faults | None = None
        self._past: list[Faults] = []
        self._settling = False

    def change(self, faults: Faults | None) -> None:
        """Let these faults hold from now on instead of those so far."""
        if self._now is not None:
            self._past.append(self._now)
        self._now = faults

    def settle(self) -> None:
        """Let every late commit come about that is due."""
        self._settling = True
        try:
            for faults in self._past:
                faults.settle()
        finally:
            self._settling = False
        if self._now is not None:
            self._now.settle()

    def before(self, request: Request) -> Response | None:
        if self._settling:
            return None
        if self._past:
            self.settle()
        return self._now.before(request) if self._now else None

    def after(self, request: Request, response: Response) -> Response:
        return self._now.after(request, response) if self._now and not self._settling else response


class World:
    """One account, the time, and a ledger of what processes of ours do to the account."""

    def __init__(self, *, knobs: Knobs = QUICK, seed: Seed = SEED) -> None:
        self.clock = ManualClock()
        self.ledger = Ledger()
        self.foreign: dict[str, int] = {}
        """Things of other people, one by the name of its list."""
        self._late: list[tuple[float, Callable[[], object]]] = []
        self.clock.on_advance(lambda _seconds: self._deliver())
        self._weather = Weather()
        self.emulator = Emulator(seed, clock=self.clock, knobs=knobs, gates=[self.ledger, self._weather])
        self.ledger.join(self.emulator, self.clock)

    def let_fail(self, *rules: FaultRule, seed: int = 0) -> None:
        """Let calls meet these faults from now on; with none, all is well again."""
        faults = Faults(*rules, seed=seed) if rules else None
        if faults is not None:
            faults.join(self.emulator)
        self._weather.change(faults)

    def settle(self) -> None:
        """Let every late commit come about that is due."""
        self._weather.settle()

    def foreign_job(self, cluster_id: int) -> int:
        """Start a run that is none of ours and goes on for ever, and return its id."""
        with Process(self, Boundaries(), stack="somebody").client as client:
            number = client.jobs.run(cluster_id=cluster_id, package_id=ENDLESS).id
        del self.ledger.runs[number]
        self.ledger.writes = 0
        return number

    def later(self, seconds: float, call: Callable[[], object]) -> None:
        """Let a call arrive so many seconds from now, whoever has sent it."""
        self._late.append((self.clock.monotonic() + seconds, call))
        self._deliver()

    def _deliver(self) -> None:
        due = [call for moment, call in self._late if moment <= self.clock.monotonic()]
        self._late = [(moment, call) for moment, call in self._late if moment > self.clock.monotonic()]
        for call in due:
            with suppress(httpx.TransportError):  # nobody waits for the answer any more
                call()

    def pass_time(self, seconds: float) -> None:
        """Let time go by for everybody."""
        self.clock.advance(seconds)
        self.settle()


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

    def __init__(self, world: World, boundaries: Boundaries, *, stack: str, meddle: Meddle | None) -> None:
        self._meddle = meddle
        self._calls = 0
        self._account = translating(world.emulator.account, world.clock)
        self._ledger = world.ledger
        self._boundaries, self._stack = boundaries, stack

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path.partition('/api/')[2]}"
        self._boundaries.cross(f"before {call}")
        self._ledger.note_call(self._stack, call)
        self._calls += 1
        try:
            forward = partial(self._account.handle_request, request)
            return self._meddle(self._calls - 1, request, forward) if self._meddle else forward()
        finally:
            self._boundaries.cross(f"after {call}")


class Process:
    """One process image: a session that has seen nothing yet, and the boundaries it passes."""

    def __init__(self, world: World, boundaries: Boundaries, *, stack: str, meddle: Meddle | None = None) -> None:
        self.boundaries = boundaries
        clock = _Clock(world.clock, boundaries)
        emulator = world.emulator
        self.settings = Settings(Secret(emulator.api_key), emulator.account_id, emulator.url)
        self.client = Client(
            api_key=emulator.api_key,
            account_id=emulator.account_id,
            base_url=emulator.url,
            clock=clock,
            random=Random(7),
            http=_Wire(world, boundaries, stack=stack, meddle=meddle),
        )
        self.session = Session(self.client, clock)
