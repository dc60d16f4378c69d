"""The retry policy, cell by cell; the table is written by hand from the policy's text and never from the code."""

from random import Random

import pytest

from xplenty_pulumi.client.http.outcomes import Action, Answered, CallKind, Decision, NotSent, Outcome, Unsure, decide

AGAIN, STOP, READ_BACK, VERIFY = Action.AGAIN, Action.STOP, Action.READ_BACK, Action.VERIFY

ROWS: list[tuple[str, Outcome, Action, Action, Action]] = [
    #  outcome                                            read   write      create
    ("not sent", NotSent("no connection"), AGAIN, AGAIN, AGAIN),
    ("not sent in time", NotSent("no connection", timed_out=True), AGAIN, AGAIN, AGAIN),
    ("no answer", Unsure("closed"), AGAIN, READ_BACK, VERIFY),
    ("no answer in time", Unsure("silence", timed_out=True), AGAIN, READ_BACK, VERIFY),
    ("500", Unsure("fault", status=500), AGAIN, READ_BACK, VERIFY),
    ("502", Unsure("fault", status=502), AGAIN, READ_BACK, VERIFY),
    ("503", Unsure("fault", status=503), AGAIN, READ_BACK, VERIFY),
    ("503 with advice", Unsure("fault", status=503, retry_after=3.0), AGAIN, READ_BACK, VERIFY),
    ("504", Unsure("fault", status=504), AGAIN, READ_BACK, VERIFY),
    ("unknown 5xx", Unsure("fault", status=599), AGAIN, READ_BACK, VERIFY),
    ("200 unreadable", Unsure("not JSON", status=200), AGAIN, READ_BACK, VERIFY),
    ("201 unreadable", Unsure("no id", status=201), AGAIN, READ_BACK, VERIFY),
    ("429", Answered(429), AGAIN, AGAIN, AGAIN),
    ("429 with advice", Answered(429, retry_after=9.0), AGAIN, AGAIN, AGAIN),
    ("408", Answered(408), AGAIN, AGAIN, VERIFY),
    ("425", Answered(425), AGAIN, AGAIN, VERIFY),
    ("409", Answered(409), STOP, READ_BACK, VERIFY),
    ("400", Answered(400), STOP, STOP, STOP),
    ("406", Answered(406), STOP, STOP, STOP),
    ("415", Answered(415), STOP, STOP, STOP),
    ("422", Answered(422), STOP, STOP, STOP),
    ("401", Answered(401), STOP, STOP, STOP),
    ("403", Answered(403), STOP, STOP, STOP),
    ("402", Answered(402), STOP, STOP, STOP),
    ("404", Answered(404), STOP, STOP, STOP),
    ("unknown 4xx", Answered(418), STOP, STOP, STOP),
    ("301", Answered(301), STOP, STOP, STOP),
    ("302", Answered(302), STOP, STOP, STOP),
    ("303", Answered(303), STOP, STOP, VERIFY),
    ("304", Answered(304), STOP, STOP, STOP),
    ("307", Answered(307), STOP, STOP, STOP),
    ("308", Answered(308), STOP, STOP, STOP),
    ("1xx", Answered(101), STOP, STOP, STOP),
    ("beyond 5xx", Answered(799), STOP, STOP, STOP),
]

CELLS = [
    pytest.param(outcome, kind, action, id=f"{name}-{kind.value}")
    for name, outcome, *actions in ROWS
    for kind, action in zip((CallKind.READ, CallKind.WRITE, CallKind.CREATE), actions, strict=True)
]


def decision(kind: CallKind, outcome: Outcome, *, attempt: int = 1, time_left: float = 120.0) -> Decision:
    return decide(kind, outcome, attempt=attempt, time_left=time_left, random=Random(1))


@pytest.mark.parametrize(("outcome", "kind", "action"), CELLS)
def test_first_attempt(outcome: Outcome, kind: CallKind, action: Action) -> None:
    """After a first attempt each outcome leads to the action of its cell."""
    assert decision(kind, outcome).action is action


@pytest.mark.parametrize(("outcome", "kind", "action"), CELLS)
def test_last_attempt(outcome: Outcome, kind: CallKind, action: Action) -> None:
    """After the last attempt what would be repeated stops, except after a 429; everything else stays as it is."""
    last = {CallKind.READ: 5, CallKind.WRITE: 4, CallKind.CREATE: 4}[kind]
    before_last = decision(kind, outcome, attempt=last - 1)
    assert before_last.action is action
    is_busy = isinstance(outcome, Answered) and outcome.status == 429
    assert decision(kind, outcome, attempt=last).action is (STOP if action is AGAIN and not is_busy else action)


@pytest.mark.parametrize(("outcome", "kind", "action"), CELLS)
def test_no_time_left(outcome: Outcome, kind: CallKind, action: Action) -> None:
    """With no time left nothing is repeated, and what may have taken effect is still to be verified."""
    assert decision(kind, outcome, time_left=0.0).action is (STOP if action is AGAIN else action)


@pytest.mark.parametrize("kind", CallKind)
@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_in_doubt(status: int, kind: CallKind) -> None:
    """The refusal of a key that has worked is repeated however often it came, as long as there is time."""
    for attempt, time_left, action in ((1, 120.0, AGAIN), (50, 120.0, AGAIN), (1, 0.0, STOP)):
        found = decide(kind, Answered(status), attempt=attempt, time_left=time_left, random=Random(1), in_doubt=True)
        assert found.action is action


@pytest.mark.parametrize(("attempt", "bound"), [(1, 4.0), (2, 8.0), (3, 16.0), (4, 20.0), (40, 20.0)])
def test_backoff_in_doubt(attempt: int, bound: float) -> None:
    """The wait after a refusal in doubt is drawn below a bound that doubles from four seconds to twenty."""
    found = decide(CallKind.READ, Answered(401), attempt=attempt, time_left=999.0, random=Highest(), in_doubt=True)
    assert found == Decision(AGAIN, bound)


class Highest(Random):
    """Draws the upper bound each time."""

    def uniform(self, a: float, b: float) -> float:
        return b


class Lowest(Random):
    """Draws the lower bound each time."""

    def uniform(self, a: float, b: float) -> float:
        return a


@pytest.mark.parametrize(("attempt", "bound"), [(1, 0.25), (2, 0.5), (3, 1.0), (4, 2.0)])
def test_failure_backoff(attempt: int, bound: float) -> None:
    """The wait after failures is drawn between nothing and a bound that doubles from a quarter of a second."""
    for random, delay in ((Highest(), bound), (Lowest(), 0.0)):
        found = decide(CallKind.READ, Unsure("closed"), attempt=attempt, time_left=999.0, random=random)
        assert found == Decision(AGAIN, delay)


@pytest.mark.parametrize(("attempt", "bound"), [(1, 5.0), (2, 10.0), (3, 20.0), (4, 20.0), (40, 20.0)])
def test_throttle_backoff(attempt: int, bound: float) -> None:
    """The wait after 429 without advice is drawn below a bound that doubles from five seconds to twenty."""
    found = decide(CallKind.READ, Answered(429), attempt=attempt, time_left=999.0, random=Highest())
    assert found == Decision(AGAIN, bound)


@pytest.mark.parametrize("outcome", [Answered(429, retry_after=30.0), Unsure("fault", status=503, retry_after=30.0)])
def test_advice_is_followed(outcome: Outcome) -> None:
    """Advice to wait longer than the own delay replaces it."""
    assert decision(CallKind.READ, outcome) == Decision(AGAIN, 30.0)


def test_advice_does_not_shorten() -> None:
    """Advice to wait less than the own delay does not shorten it."""
    outcome = Answered(429, retry_after=1.0)
    assert decide(CallKind.READ, outcome, attempt=2, time_left=999.0, random=Highest()) == Decision(AGAIN, 10.0)


def test_advice_beyond_the_deadline() -> None:
    """Advice that does not fit in the time left ends the call at once."""
    assert decision(CallKind.READ, Answered(429, retry_after=60.0), time_left=60.0) == Decision(STOP)


def test_jitter_differs_between_clients() -> None:
    """Two clients that fail together do not come back together."""
    first, second = (
        decide(CallKind.READ, Unsure("closed"), attempt=3, time_left=99.0, random=Random(seed)) for seed in (1, 2)
    )
    assert first.delay != second.delay
