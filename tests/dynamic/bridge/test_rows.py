"""What the user reads while it happens: rows, and lines of the stack where there are none."""

import sys
from collections.abc import Iterator

import pytest

from tests.dynamic.host import Engine, Line, engine
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.waiting.silence import SilenceWatch
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall, silence
from xplenty_pulumi.dynamic.bridge.engine import log_service

ROW = EngineCall(urn="urn", name="etl")
NO_ROW = EngineCall(name="etl")
DEAD = "127.0.0.1:1"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine whose address is the last argument of this process, as in a host."""
    with engine() as (listening, address):
        monkeypatch.setattr(sys, "argv", ["host", address])
        log_service.cache_clear()
        yield listening
        log_service.cache_clear()


@pytest.fixture(params=[["host"], ["host", "no-address"], ["host", DEAD]], ids=["none", "no address", "dead"])
def untold(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No engine that could be told anything."""
    monkeypatch.setattr(sys, "argv", request.param)
    log_service.cache_clear()


def follow(call: EngineCall, *steps: tuple[str, float]) -> None:
    """Report each headline every second for its number of seconds, with the second as its detail."""
    clock, second = ManualClock(), 0
    tell = bridge.reporter(call, clock)
    for headline, seconds in steps:
        for _ in range(int(seconds)):
            tell(headline, f"{second}s of 30m")
            clock.advance(1)
            second += 1


def test_headlines_come_at_once_and_details_with_the_heartbeat(told: Engine) -> None:
    """A new headline is told at once; while it stays the same, the detail every 15 seconds."""
    follow(ROW, ("[1/2] pending", 2), ("[2/2] creating", 31))
    assert [line.text for line in told.lines] == [
        "[1/2] pending · 0s of 30m",
        "[2/2] creating · 2s of 30m",
        "[2/2] creating · 17s of 30m",
        "[2/2] creating · 32s of 30m",
    ]
    assert told.lines[0] == Line("INFO", "urn", "[1/2] pending · 0s of 30m", ephemeral=True)


def test_a_text_is_replaced_only_where_there_is_one(told: Engine) -> None:
    """What is said instead of an earlier text is not said in a row that shows none."""
    bridge.say_instead(EngineCall(urn="new"), "looking")
    bridge.say(EngineCall(urn="old"), "cluster 1 terminated")
    bridge.say_instead(EngineCall(urn="old"), "looking")
    assert [(line.urn, line.text) for line in told.lines] == [("old", "cluster 1 terminated"), ("old", "looking")]


def test_a_call_without_an_answer_is_told(told: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row of the resource for which it is made says so, at first and with the heartbeat."""
    clock = ManualClock()
    watch = SilenceWatch(clock, ticks=False)
    monkeypatch.setattr(silence, "_CLOCK", clock)
    monkeypatch.setattr(silence, "silence_watch", lambda: watch)
    with bridge.slowness_told(ROW), watch.call():
        for seconds in (9, 2, 14, 1):
            clock.advance(seconds)
            watch.tick()
    assert [line.text for line in told.lines] == [
        "slow to answer · no good answer within 11s",
        "slow to answer · no good answer within 26s",
    ]


def test_heartbeat_is_the_calls_own(told: Engine) -> None:
    """Where each line stays for ever, as in CI, the heartbeat is slower."""
    follow(EngineCall(urn="urn", heartbeat=60), ("creating", 121))
    assert [line.text for line in told.lines] == [f"creating · {second}s of 30m" for second in (0, 60, 120)]


def test_a_moving_percentage_is_no_new_headline(told: Engine) -> None:
    """A percentage that changes with each look is told as often as the heartbeat, with its newest value."""
    follow(ROW, ("pending", 1), *((f"running {second}%", 1) for second in range(20)))
    assert [line.text for line in told.lines] == [
        "pending · 0s of 30m",
        "running 0% · 1s of 30m",
        "running 15% · 16s of 30m",
    ]


def test_severities_reach_the_row(told: Engine) -> None:
    """A warning stays among the diagnostics, a text for the row does not, and debugging is its own severity."""
    bridge.say(ROW, "available")
    bridge.warn(ROW, "gone")
    bridge.debug(ROW, "details")
    assert told.lines == [
        Line("INFO", "urn", "available", ephemeral=True),
        Line("WARNING", "urn", "gone", ephemeral=False),
        Line("DEBUG", "urn", "details", ephemeral=False),
    ]


def test_without_a_row_changes_are_printed(told: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    """Each change, and each line of a text, has the resource's name before it, without a heartbeat."""
    follow(NO_ROW, ("[1/2] pending", 20), ("[2/2] creating", 40), ("running 1%", 30), ("running 2%", 30))
    bridge.warn(NO_ROW, "it is gone,\nand nobody knows where")
    bridge.debug(NO_ROW, "details")
    assert capsys.readouterr().out.splitlines() == [
        "etl: [1/2] pending",
        "etl: [2/2] creating",
        "etl: running 1%",
        "etl: warning: it is gone,",
        "etl: warning: and nobody knows where",
    ]
    assert told.lines == []


@pytest.mark.usefixtures("untold")
def test_without_an_engine_lines_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """An engine that is not there, or does not listen, fails nothing, and the user still reads what happens."""
    bridge.say(ROW, "available")
    bridge.stack_line("of the stack", "WARNING")
    bridge.stack_line("only for --debug", "DEBUG")
    assert capsys.readouterr().out == "etl: available\nof the stack\n"


@pytest.mark.usefixtures("untold")
def test_nobody_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the output closed as well, nothing is told and nothing fails."""
    with open("/dev/full", "w") as full:  # noqa: PTH123 - it is the device that is meant
        monkeypatch.setattr(sys, "stdout", full)
        bridge.say(ROW, "available")
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space left"):
            full.close()


def test_lines_of_the_stack_have_no_resource(told: Engine) -> None:
    """What is about no resource goes to the stack."""
    bridge.stack_line("eight at once", "INFO")
    assert told.lines == [Line("INFO", "", "eight at once", ephemeral=False)]


def test_no_line_is_obeyed_by_a_terminal_or_a_ci_system(told: Engine) -> None:
    """A run's error may hold anything; what reaches the engine is only text."""
    bridge.warn(ROW, "it said \x1b[2J\x07\x9b31m\u202e\n::error::no\n##[error]no")
    bridge.stack_line("##vso[task.complete]", "INFO")
    assert [line.text for line in told.lines] == [
        "it said  [2J  31m \n: :error::no\n# #[error]no",
        "# #vso[task.complete]",
    ]
