"""The bridge where there is no host: every part looks before it acts."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.dynamic import bridge, cancel
from xplenty_pulumi.dynamic.bridge import Call


class Context:
    """A call's context that only knows whether somebody waits."""

    def __init__(self, *, active: bool) -> None:
        self._active = active

    def is_active(self) -> bool:
        return self._active


def test_no_host_no_call() -> None:
    """Outside the host there is no call to speak to, and nobody who could go away."""
    assert bridge.current_call() == Call()
    assert not Call().keeps_state
    assert Call().interrupted() == ""


def test_engine_that_has_gone_away() -> None:
    """A call that nobody waits for any more is interrupted."""
    assert Call(context=Context(active=True)).interrupted() == ""
    assert Call(context=Context(active=False)).interrupted() == "the engine has gone away"


def test_cancel_interrupts_every_call() -> None:
    """Once the engine has cancelled, whatever waits is interrupted, but only what has a call at all."""
    cancel.cancelled().set()
    try:
        assert Call(context=Context(active=True)).interrupted() == "cancelled"
        assert Call().interrupted() == ""
    finally:
        cancel.cancelled().clear()


def test_failure_without_a_context_is_only_a_text() -> None:
    """Where no trailer can be sent the exception itself carries the text."""
    assert str(bridge.fail(Call(), "it failed")) == "it failed"
    kept = bridge.fail_partially(Call(), "half", resource_id="1", outputs={"__provider": "p"})
    assert str(kept) == "half"


def test_cancel_is_heard_only_in_a_host() -> None:
    """Where the main module is no host nothing is exchanged."""
    assert not cancel.listen()


def test_pool_is_lifted_only_on_a_worker() -> None:
    """On a thread that is no worker of a host there is no pool to lift; on a worker it is its own."""
    assert not bridge.lift_pool()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(bridge.lift_pool).result()
        assert pool._max_workers > 64


@pytest.mark.parametrize("arguments", [["host"], ["host", "no-address"]])
def test_without_an_engine_nothing_is_told(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the address of an engine there is nobody to tell."""
    monkeypatch.setattr(sys, "argv", arguments)
    bridge._engine.cache_clear()
    assert bridge._engine() is None
    bridge.say(Call(urn="urn"), "text")
    bridge._engine.cache_clear()


def test_engine_that_does_not_listen_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that can not be told fails nothing."""
    monkeypatch.setattr(sys, "argv", ["host", "127.0.0.1:1"])
    bridge._engine.cache_clear()
    bridge.warn(Call(urn="urn"), "text")
    bridge._engine.cache_clear()


def test_row_tells_headlines_at_once_and_details_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new headline is told at once; while it stays the same, the detail every 15 seconds."""
    told: list[str] = []
    monkeypatch.setattr(bridge, "say", lambda call, text: told.append(text))
    clock = ManualClock()
    tell = bridge.reporter(Call(urn="urn"), clock)
    for second in range(31):
        tell("creating" if second < 30 else "available", f"{second}s" if second < 30 else "")
        clock.advance(1)
    assert told == ["creating · 0s", "creating · 15s", "available"]
