"""What may happen to a call of a run on its way, for each call in turn, and what has to be true afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from tests.support.fault_transport import translating
from tests.support.simulation import Crash, Forward, Meddle, World
from tests.support.simulation_crashes import Attempt, Findings, Scenario

_RECORDS = ("clusters", "jobs", "hooks")


@dataclass
class Meeting:
    """One call of a run, by its `number`, that meets trouble in one `way`; `met` names the call once it has."""

    world: World
    number: int
    way: float
    met: list[str] = field(default_factory=list)

    def note(self, request: httpx.Request) -> None:
        """Note that this request has met the trouble."""
        self.met.append(f"{request.method} {request.url.path.partition('/api/')[2]}")


@dataclass(frozen=True)
class Trouble:
    """One kind of trouble: its name, the ways in which it comes, and what it does to the calls of a run.

    After a `deadly` one the process is dead, and a recovery waits. One that `doubles` leaves what a destroy ends.
    """

    name: str
    ways: tuple[float, ...]
    meddling: Callable[[Meeting], Meddle]
    is_deadly: bool = False
    doubles: bool = False


def chaos_everywhere(scenario: Scenario, trouble: Trouble) -> Findings:
    """Run the scenario once to count its calls, then once for each of them and each way with the trouble there."""
    findings = Findings()
    for number in range(_calls_of(scenario)):
        for way in trouble.ways:
            meetings: list[Meeting] = []

            def meddle(
                world: World, number: int = number, way: float = way, meetings: list[Meeting] = meetings
            ) -> Meddle:
                meetings.append(Meeting(world, number, way))
                return trouble.meddling(meetings[0])

            attempt = Attempt(scenario, meddle=meddle)
            if not meetings[0].met:
                continue
            findings.points += 1
            wrongs = attempt.aftermath(must_crash=trouble.is_deadly, doubles=trouble.doubles)
            where = f"{trouble.name} at call {number}, {meetings[0].met[0]}, {way:g}"
            findings.wrongs += [f"{where}: {wrong}" for wrong in wrongs]
    return findings


def _calls_of(scenario: Scenario) -> int:
    boundaries = Attempt(scenario).report.boundaries
    return sum(one.startswith("before ") and one.split()[1] not in ("sleep", "save") for one in boundaries)


def _wrong_record(meeting: Meeting) -> Meddle:
    """The answer about one thing shows another one of its kind, which is somebody else's."""
    account = translating(meeting.world.emulator.account, meeting.world.clock)

    def meddle(number: int, request: httpx.Request, forward: Forward) -> httpx.Response:
        answer = forward()
        collection, _, rest = request.url.path.partition("/api/")[2].partition("/")
        single = (request.method == "POST" and not rest) or rest.isdigit()
        foreign = meeting.world.foreign.get(collection)
        if number != meeting.number or not single or not answer.is_success or foreign is None:
            return answer
        meeting.note(request)
        path = f"{request.url.path.partition('/api/')[0]}/api/{collection}/{foreign}"
        asked = httpx.Request("GET", request.url.copy_with(path=path), headers=request.headers)
        return httpx.Response(answer.status_code, content=account.handle_request(asked).read())

    return meddle


def _flapping(meeting: Meeting) -> Meddle:
    """For some seconds single looks miss what the lists show."""
    until: list[float] = []

    def meddle(number: int, request: httpx.Request, forward: Forward) -> httpx.Response:
        now = meeting.world.clock.monotonic()
        if number == meeting.number:
            until.append(now + meeting.way)
        rest = request.url.path.partition("/api/")[2].partition("/")
        is_single = request.method == "GET" and rest[0] in _RECORDS and rest[2].isdigit()
        if not until or now >= until[0] or not is_single:
            return forward()
        meeting.note(request)
        return httpx.Response(404, json={"message": "Not found."})

    return meddle


def _doubled(meeting: Meeting) -> Meddle:
    """A write arrives twice, the second time at once or later."""

    def meddle(number: int, request: httpx.Request, forward: Forward) -> httpx.Response:
        answer = forward()
        if number == meeting.number and request.method != "GET":
            meeting.note(request)
            meeting.world.later(meeting.way, forward)
        return answer

    return meddle


def _delayed(meeting: Meeting) -> Meddle:
    """A write arrives after the death of the process that has sent it."""

    def meddle(number: int, request: httpx.Request, forward: Forward) -> httpx.Response:
        if number != meeting.number or request.method == "GET":
            return forward()
        meeting.note(request)
        meeting.world.later(meeting.way, forward)
        raise Crash("killed while a write was on its way")

    return meddle


WRONG_RECORD = Trouble("wrong record", (0.0,), _wrong_record)
FLAPPING = Trouble("flapping 404", (1.0, 4.0, 9.0), _flapping)
DOUBLED = Trouble("doubled write", (0.0, 5.0, 40.0, 300.0), _doubled, doubles=True)
DELAYED = Trouble("write that outlives its process", (1.0, 40.0, 100.0), _delayed, is_deadly=True)
