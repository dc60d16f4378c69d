"""Trouble at any call of a run, of the kinds that lie about whose a thing is, and whether it is there or was done."""

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product

import httpx
import pytest

from tests.crash.test_crash_points import SCENARIOS
from tests.support import scoreboard
from tests.support.faults.behaviours import answers
from tests.support.faults.exchange import Behaviour, Exchange
from tests.support.simulation.crashes import Attempt, Findings, Scenario
from tests.support.simulation.stack import SimulatedStack
from tests.support.simulation.world import Crash, SimulatedWorld
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.registry import KINDS

COMMAND = "make test TESTS=tests/crash/test_chaos.py"
_OFTEN = (
    "create a cluster and two jobs",
    "adopt a cluster",
    "resize a cluster",
    "replace a cluster with two jobs",
    "replace a job by variables",
    "stop a job",
    "delete a cluster with two jobs",
    "refresh a cluster with two jobs",
    "create a hook",
    "change a hook",
    "adopt a package",
    "create a schedule",
    "delete a schedule",
    "change a connection",
)
"""The scenarios of the normal run; `make test-long` takes all."""
RECORDS = tuple(kind.collection for kind in KINDS.values())


@dataclass
class Meeting:
    """One call of a run, by its `number`, that meets trouble in one `way`; `met` names the calls that have."""

    number: int
    way: float
    foreign: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0
    until: float = -math.inf
    met: list[str] = field(default_factory=list)

    def is_due(self) -> bool:
        """Count one more call, and return whether it is the one."""
        self.calls += 1
        return self.calls - 1 == self.number

    def note(self, exchange: Exchange) -> None:
        """Note that this call has met the trouble."""
        self.met.append(f"{exchange.request.method} {exchange.path}")


def wrong_record(meeting: Meeting, exchange: Exchange) -> httpx.Response:
    """The answer about one thing shows another one of its kind, which is somebody else's."""
    answer = exchange.forward()
    collection, _, rest = exchange.path.partition("/")
    is_single = (exchange.request.method == "POST" and not rest) or rest.isdigit()
    foreign = meeting.foreign.get(collection)
    if not meeting.is_due() or not is_single or not answer.is_success or foreign is None:
        return answer
    meeting.note(exchange)
    path = f"{exchange.request.url.path.partition('/api/')[0]}/api/{collection}/{foreign}"
    asked = httpx.Request("GET", exchange.request.url.copy_with(path=path), headers=exchange.request.headers)
    return httpx.Response(answer.status_code, content=replace(exchange, request=asked).forward().read())


def flapping(meeting: Meeting, exchange: Exchange) -> httpx.Response:
    """For some seconds single looks miss what the lists show."""
    now = exchange.clock.monotonic()
    if meeting.is_due():
        meeting.until = now + meeting.way
    collection, _, rest = exchange.path.partition("/")
    is_single = exchange.request.method == "GET" and collection in RECORDS and rest.rpartition("/")[2].isdigit()
    if now >= meeting.until or not is_single:
        return exchange.forward()
    meeting.note(exchange)
    return exchange.meet(answers(404))


def doubled(meeting: Meeting, exchange: Exchange) -> httpx.Response:
    """A write arrives twice, the second time at once or later."""
    answer = exchange.forward()
    if meeting.is_due() and exchange.request.method != "GET":
        meeting.note(exchange)
        exchange.postpone(meeting.way)
    return answer


def delayed(meeting: Meeting, exchange: Exchange) -> httpx.Response:
    """A write arrives after the death of the process that has sent it."""
    if not meeting.is_due() or exchange.request.method == "GET":
        return exchange.forward()
    meeting.note(exchange)
    exchange.postpone(meeting.way)
    raise Crash("killed while a write was on its way")


@dataclass(frozen=True)
class Trouble:
    """One kind of trouble: its name, the ways in which it comes, and what it does to each call of a run.

    After a `deadly` one the process is dead, and a recovery waits. One that `doubles` leaves what a destroy ends. Some
    are of writes only.
    """

    name: str
    ways: tuple[float, ...]
    meet: Callable[[Meeting, Exchange], httpx.Response]
    is_deadly: bool = False
    doubles: bool = False
    of_writes: bool = False

    def concerns(self, call: str) -> bool:
        """Return whether such a call can meet it."""
        return not (self.of_writes and call.startswith("GET "))

    def begin(self, meeting: Meeting, world: SimulatedWorld) -> Behaviour:
        """Return what becomes of the calls of a run in this world."""
        meeting.foreign = world.foreign
        return partial(self.meet, meeting)


TROUBLES = (
    Trouble("wrong record", (0.0,), wrong_record),
    Trouble("flapping 404", (1.0, 4.0, 9.0), flapping),
    Trouble("doubled write", (0.0, 5.0, 40.0, 300.0), doubled, doubles=True, of_writes=True),
    Trouble("write that outlives its process", (1.0, 40.0, 100.0), delayed, is_deadly=True, of_writes=True),
)


def chaos_everywhere(scenario: Scenario, trouble: Trouble) -> Findings:
    """Run the scenario once to count its calls, then once for each of them and each way with the trouble there."""
    findings = Findings()
    begun = [what for one in Attempt(scenario).report.boundaries if (what := one.removeprefix("before ")) != one]
    calls = enumerate(what for what in begun if what.split()[0] not in ("sleep", "save"))
    for (number, call), way in product(calls, trouble.ways):
        if not trouble.concerns(call):
            continue
        meeting = Meeting(number, way)
        attempt = Attempt(scenario, trouble=partial(trouble.begin, meeting))
        if not meeting.met:
            continue
        findings.points += 1
        wrongs = attempt.aftermath(must_crash=trouble.is_deadly, doubles=trouble.doubles)
        where = f"{trouble.name} at call {number}, {meeting.met[0]}, {way:g}"
        findings.wrongs += [f"{where}: {wrong}" for wrong in wrongs]
    return findings


def _cases() -> list[object]:
    marks = {True: (), False: (pytest.mark.long,)}
    return [
        pytest.param(scenario, trouble, id=f"{scenario}-{trouble.name}", marks=marks[scenario.name in _OFTEN])
        for scenario in SCENARIOS
        for trouble in TROUBLES
    ]


@pytest.mark.parametrize(("scenario", "trouble"), _cases())
def test_nothing_is_lost_doubled_or_taken_whatever_a_call_meets(scenario: Scenario, trouble: Trouble) -> None:
    """After trouble at any call the next runs come to quiet, a destroy ends all, and others are untouched."""
    findings = chaos_everywhere(scenario, trouble)
    sys.stdout.write(f"{scenario}, {trouble.name}: {findings.points} points\n")
    assert not findings.wrongs, "\n".join(findings.wrongs)
    for _ in range(findings.points):
        scoreboard.count(f"calls that meet trouble, simulated: {trouble.name}", goal=200, command=COMMAND)


def test_the_often_ones_are_there() -> None:
    """No scenario of the normal run has got another name."""
    assert set(_OFTEN) <= {scenario.name for scenario in SCENARIOS}


def _renamed(*, jobs: int) -> tuple[SimulatedWorld, SimulatedStack, SimulatedStack]:
    """A stack that was called `dev` when it came up and is `prod` now, and a new stack `dev` of the same program."""
    world = SimulatedWorld()
    prod = SimulatedStack(world)
    _declare(prod, jobs)
    assert prod.up().calm
    prod.name = "prod"
    dev = SimulatedStack(world)
    _declare(dev, jobs)
    return world, prod, dev


def _declare(stack: SimulatedStack, jobs: int) -> None:
    for number in range(12):
        stack.cluster(f"main{number}")
    for number in range(jobs):
        stack.job(f"load{number}", f"main{number}")
    stack.define("hook", "bell")
    stack.define("schedule", "nightly")


@pytest.mark.parametrize("jobs", [0, 12])
def test_a_stack_with_an_old_name_takes_nothing_of_the_renamed_one(jobs: int) -> None:
    """Wherever its `up` or its destroy ends, all that the renamed stack holds lives on as it was."""
    _, _, dev = _renamed(jobs=jobs)
    points = dev.up().endings()
    for crash_at in points:
        world, prod, dev = _renamed(jobs=jobs)
        before = (world.emulator.clusters(), world.emulator.hooks(), world.emulator.schedules())
        assert not dev.up(crash_at=crash_at).calm
        assert (world.emulator.clusters(), world.emulator.hooks(), world.emulator.schedules()) == before
        dev.recover(prod)
        assert dev.destroy().calm
        assert (world.emulator.clusters(), world.emulator.hooks(), world.emulator.schedules()) == before
        assert not world.ledger.wrongs
    assert points


def test_a_renamed_stack_signs_anew_and_then_both_live() -> None:
    """Once the renamed stack was brought up, the new one has clusters of its own, and ends only these."""
    world, prod, dev = _renamed(jobs=0)
    assert prod.up().calm
    scopes = {found.scope for one in world.emulator.clusters() if (found := markers.read(one.description))}
    assert scopes == {prod.marker("main0").scope}
    assert dev.up().calm
    assert dev.destroy().calm
    assert {one.id for one in world.emulator.living_clusters()} == {
        int(entry.id) for name, entry in prod.disk.items() if name.startswith("main")
    }
