"""Whoever waits for an answer is told that there is none, also where somebody else has asked."""

import queue
import threading
from random import Random

import httpx
import pytest

from tests.support.threads import no_thread
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.reading.shared import SharedCall
from xplenty_pulumi.core.waiting.silence import SilenceWatch


class SilenceScene:
    """A watch that ticks when a test says so, and what it has told."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.watch = SilenceWatch(self.clock, ticks=False)
        self.told: list[float] = []
        self.reasons: list[str] = []

    def tell(self, seconds: float, reason: str) -> None:
        """Keep what was told."""
        self.told.append(seconds)
        self.reasons.append(reason)

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and the watch look."""
        self.clock.advance(seconds)
        self.watch.tick()


def test_silence_is_told_from_the_tenth_second_on() -> None:
    """Again and again, until there is an answer."""
    scene = SilenceScene()
    with scene.watch.asking(scene.tell):
        for seconds in (9, 1, 2):
            scene.pass_by(seconds)
    scene.pass_by(60)
    assert scene.told == [10, 12]


def test_who_knows_more_tells() -> None:
    """Within a question of the same thread, another one is not told."""
    scene = SilenceScene()
    others: list[float] = []
    with (
        scene.watch.telling(lambda seconds, _: others.append(seconds)),
        scene.watch.asking(scene.tell),
        scene.watch.call(),
    ):
        scene.pass_by(10)
    assert (scene.told, others) == ([10], [])


def test_what_cannot_be_told_stops_nobody() -> None:
    """Trouble with telling one is no trouble for the others."""
    scene = SilenceScene()

    def fail(_seconds: float, _reason: str) -> None:
        raise OSError("the screen is gone")

    def ask() -> None:
        with scene.watch.asking(scene.tell):
            started.set()
            over.wait()

    started, over = threading.Event(), threading.Event()
    with scene.watch.asking(fail):
        other = threading.Thread(target=ask)
        other.start()
        started.wait()
        scene.pass_by(10)
    over.set()
    other.join()
    assert scene.told == [10]


def test_all_who_share_a_call_are_told() -> None:
    """One has sent it and the other waits for its answer, and for both there is none."""
    scene, answer = SilenceScene(), threading.Event()
    shared: SharedCall[bool] = SharedCall(answer.wait)
    told: dict[int, float] = {}

    def ask(number: int) -> None:
        with scene.watch.asking(lambda seconds, _: told.update({number: seconds})):
            shared.after(0)

    askers = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for one in askers:
        one.start()
    while len(told) < len(askers):
        scene.pass_by(10)
    answer.set()
    for one in askers:
        one.join()
    assert (set(told), shared.begun) == ({0, 1}, 1)


def test_calls_of_a_client_are_told_where_there_is_somebody_to_tell() -> None:
    """A call whose answer takes long is told to the thread that makes it, if that wants to know."""
    scene = SilenceScene()

    def answer(_request: httpx.Request) -> httpx.Response:
        scene.pass_by(12)
        return httpx.Response(200, json={"limits": {"limit": 10, "remaining": 9}})

    network = httpx.MockTransport(answer)
    asking = scene.watch.call
    with Client(api_key="a-key", account_id="acme", clock=scene.clock, http=network, asking=asking) as client:
        client.rate_limit()
        assert scene.told == []
        with scene.watch.telling(scene.tell):
            client.rate_limit()
    assert scene.told == [12]


@pytest.mark.parametrize(("status", "reason"), [(401, ""), (429, "rate limited")])
def test_a_call_that_is_refused_again_and_again_is_told(status: int, reason: str) -> None:
    """Each try is answered at once, but the pauses between them count too: nothing good has come of it."""
    scene = SilenceScene()
    plans = httpx.Response(200, json=[])
    answers = iter([plans, *[httpx.Response(status)] * 6, plans])
    network = httpx.MockTransport(lambda _request: next(answers))
    pause = scene.clock.sleep

    def sleep(seconds: float) -> None:
        pause(seconds)
        scene.watch.tick()

    scene.clock.sleep = sleep  # type: ignore[method-assign]
    heard = Client(
        api_key="a-key",
        account_id="acme",
        clock=scene.clock,
        random=Random(1),
        http=network,
        asking=scene.watch.call,
        held_back=scene.watch.held_back,
    )
    with heard as client:
        [*client.plans.list()]
        with scene.watch.telling(scene.tell):
            [*client.plans.list()]
    assert {*scene.reasons} == {reason}


@pytest.mark.parametrize("times", [1, 2])
def test_a_thread_tells_as_long_as_there_is_somebody_to_tell(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins with the first question and ends after the last one, as often as need be."""
    monkeypatch.setattr("xplenty_pulumi.core.waiting.silence._TICK", 0.01)
    clock = ManualClock()
    watch = SilenceWatch(clock)
    told: queue.SimpleQueue[float] = queue.SimpleQueue()
    for _ in range(times):
        with watch.asking(lambda seconds, _: told.put(seconds)):
            clock.advance(10)
            assert told.get() == 10
        for one in [one for one in threading.enumerate() if one.name == "silence watch"]:
            one.join()


def test_without_a_thread_the_call_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that gives no thread costs the texts and not the call, and the next call tries again."""
    monkeypatch.setattr("xplenty_pulumi.core.waiting.silence._TICK", 0.01)
    clock = ManualClock()
    watch, told = SilenceWatch(clock), queue.SimpleQueue[float]()
    with monkeypatch.context() as limited:
        limited.setattr(threading.Thread, "start", no_thread)
        with watch.asking(lambda seconds, _: told.put(seconds)):
            clock.advance(10)
    with watch.asking(lambda seconds, _: told.put(seconds)):
        clock.advance(11)
        assert told.get() == 11
