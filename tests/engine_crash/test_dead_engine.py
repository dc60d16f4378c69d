"""A killed engine's provider sends nothing more and ends; what was under way arrives, and is not lost."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest

from tests.engine_crash.cases import ETL, OPERATIONS, RUN, Operation
from tests.engine_crash.crashed import count_point
from tests.engine_crash.moments import Moment
from tests.support.engine.process import beside, engine
from tests.support.engine.stack import Stack
from tests.support.faults.sockets import RawServer, serving
from xplenty_pulumi.emulator import Emulator, Request, Response

Trouble = Literal["throttled", "slow"]
RETRY_AFTER = 40
_LONGEST = 120


class Way:
    """What happens to calls on their way to an account; without trouble all of them pass."""

    def __init__(self, account: Emulator) -> None:
        self._account = account
        self._moment: Moment | None = None
        self._trouble: Trouble = "slow"
        self._met, self._let_through, self._arrived = threading.Event(), threading.Event(), threading.Event()
        self.writes: list[str] = []
        self.url = ""

    def meet(self, trouble: Trouble, moment: Moment) -> None:
        """Let the next call that fits `moment` meet the trouble."""
        self._trouble, self._moment = trouble, moment

    def wait(self) -> None:
        """Return once a call has met the trouble."""
        assert self._met.wait(_LONGEST), f"no call came to {self._moment}"

    def let_through(self) -> None:
        """Let the slow call arrive, whether or not somebody still waits for its answer, and return once it has."""
        self._let_through.set()
        if self._met.is_set() and self._trouble == "slow":
            assert self._arrived.wait(_LONGEST), "the slow call did not arrive"

    def handle(self, request: Request) -> Response:
        """Return the answer to a call."""
        if request.method != "GET":
            self.writes.append(request.method)
        if self._moment is None or self._met.is_set() or not self._moment.fits(request):
            return self._account.account.handle(request)
        self._met.set()
        if self._trouble == "throttled":
            return Response(429, {"Retry-After": str(RETRY_AFTER), "Content-Type": "application/json"}, b"{}")
        assert self._let_through.wait(_LONGEST), "the test never let it through"
        answer = self._account.account.handle(request)
        self._arrived.set()
        return answer


@contextmanager
def way_to(account: Emulator) -> Iterator[Way]:
    """Serve the way to an account, and let everything through in the end."""
    way = Way(account)
    with RawServer(serving(way)) as server:
        way.url = server.url
        try:
            yield way
        finally:
            way.let_through()


SIGNALS = (signal.SIGKILL, signal.SIGHUP)
TROUBLES: tuple[Trouble, ...] = ("throttled", "slow")


WRITES = {
    name: replace(OPERATIONS[name].moments["in"], side="before") for name in ("create", "update", "delete", "run")
}
"""The moment before the write of each operation, by the name of the operation."""


@dataclass(frozen=True)
class Point:
    """What ends the engine, what its write has met, and which write that is."""

    name: signal.Signals
    trouble: Trouble
    write: str

    def __str__(self) -> str:
        return f"{self.name.name}-{self.trouble}-{self.write}"


POINTS = [Point(name, trouble, write) for write in WRITES for trouble in TROUBLES for name in SIGNALS]
OFTEN = {Point(signal.SIGKILL, "throttled", "create"), Point(signal.SIGHUP, "slow", "update")}
"""What every run of the tests takes; all others take minutes together."""


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account whose time passes 300 times as fast."""
    with Emulator(time_scale=300) as emulator:
        yield emulator


@pytest.fixture
def way(account: Emulator) -> Iterator[Way]:
    """The way to it."""
    with way_to(account) as made:
        yield made


@pytest.fixture
def stack(tmp_path: Path, account: Emulator, way: Way) -> Stack:
    """A new stack whose calls go that way."""
    return Stack(tmp_path, account, XPLENTY_API_URL=way.url)


@pytest.mark.parametrize(
    "point", [pytest.param(one, marks=() if one in OFTEN else pytest.mark.long, id=str(one)) for one in POINTS]
)
def test_nothing_is_sent_for_a_dead_engine(stack: Stack, account: Emulator, way: Way, point: Point) -> None:
    """Killed while a write waits for Retry-After or is under way: no process stays, no write follows, nothing lives."""
    operation = OPERATIONS[point.write]
    operation.prepare(stack)
    stack.declare(*operation.declared)
    way.meet(point.trouble, WRITES[point.write])
    with engine(stack, operation.command) as running:
        way.wait()
        provider = running.provider()
        running.signal(point.name)
        running.is_without(provider)
        sent = list(way.writes)
        way.let_through()
        stack.recover("--yes").succeeded()
        assert way.writes == sent
        _goes_on(stack, account, operation)

    stack.destroy().succeeded()
    assert account.living_clusters() == ()
    assert account.unfinished_jobs() == ()
    count_point()


def _goes_on(stack: Stack, account: Emulator, operation: Operation) -> None:
    """An `up` ends with one cluster as declared, and one run where one is declared."""
    stack.up("--refresh").succeeded()
    (living,) = account.living_clusters()
    assert stack.state()["etl"]["id"] == str(living.id)
    assert living.nodes == operation.declared[0].inputs["nodes"]
    assert len(account.jobs()) == (1 if RUN in operation.declared else 0)


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=() if one is signal.SIGHUP else pytest.mark.long) for one in SIGNALS]
)
def test_waiting_provider_ends_with_its_engine(tmp_path: Path, name: signal.Signals) -> None:
    """A provider that only waits for a cluster ends as well, and the bridge switched off changes nothing."""
    with Emulator() as account:
        stack = Stack(tmp_path, account, XPLENTY_BRIDGE="off").declare(ETL)
        with engine(stack, "up") as running:
            running.says("[1/2]")
            provider = running.provider()
            running.signal(name)
            running.is_without(provider)
    count_point()


@pytest.mark.long
def test_recover_waits_for_what_is_under_way(stack: Stack, account: Emulator, way: Way) -> None:
    """A POST that arrives while `recover` waits is found by the `up` that follows, and nothing is made twice."""
    stack.declare(ETL)
    way.meet("slow", WRITES["create"])
    with engine(stack, "up") as running:
        way.wait()
        provider = running.provider()
        running.kill()
        running.is_without(provider)
        with beside(stack, [sys.executable, "-m", "xplenty_pulumi.cli", "recover", "--yes"]) as recovery:
            recovery.says("may still arrive: waiting")
            way.let_through()
            recovery.ended().succeeded()
        stack.up().succeeded()
    assert len(account.clusters()) == 1
    stack.destroy().succeeded()
    assert account.living_clusters() == ()
    count_point()
