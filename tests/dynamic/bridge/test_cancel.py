"""The engine's Cancel."""

from collections.abc import Iterator

import pytest

from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall


@pytest.fixture(autouse=True)
def _new_process() -> Iterator[None]:
    """Let no Cancel of one test reach another."""
    bridge.cancel_signal.cache_clear()
    yield
    bridge.cancel_signal.cache_clear()


def test_cancel_interrupts_every_call() -> None:
    """Once the engine has cancelled, whatever waits is interrupted, but only what has a call at all."""
    assert EngineCall(context=object()).interrupted() == ""
    bridge.cancel_signal().receive()
    assert bridge.cancelled().is_set()
    assert EngineCall(context=object()).interrupted() == "cancelled"
    assert EngineCall().interrupted() == ""


def test_cancel_is_received_only_in_a_host() -> None:
    """Where the main module is no host nothing is exchanged."""
    assert not bridge.receive_cancel()


def test_end_is_a_cancel_without_a_call(capsys: pytest.CaptureFixture[str]) -> None:
    """A Cancel while calls are under way is the user's; the one after them is the end, and something is said there."""
    bridge.at_end(lambda: "spent 12 calls", severity="INFO")
    with bridge.cancel_signal().call():
        bridge.cancel_signal().receive()
        assert capsys.readouterr().out == ""
    bridge.cancel_signal().receive()
    assert capsys.readouterr().out == "spent 12 calls\n"


def test_end_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A Ctrl-C between two calls looks like the end; what was said then is said again only if it has changed."""
    calls = iter((1, 1, 2))
    bridge.at_end(lambda: f"spent {next(calls)} calls", severity="INFO")
    for _ in range(3):
        bridge.cancel_signal().receive()
    assert capsys.readouterr().out == "spent 1 calls\nspent 2 calls\n"


@pytest.mark.parametrize("text", ["", None])
def test_end_says_nothing_without_a_text(text: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    """No text, or one that cannot be had, is no line and no failure."""

    def spent() -> str:
        if text is None:
            raise LookupError("nobody has counted")
        return text

    bridge.at_end(spent, severity="INFO")
    bridge.at_end(lambda: "only for --debug", severity="DEBUG")
    bridge.cancel_signal().receive()
    assert capsys.readouterr().out == ""
