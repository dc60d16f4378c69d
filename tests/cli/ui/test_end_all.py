"""Ending several things at the same time: what Ctrl-C does to it."""

import threading
from dataclasses import replace

import pytest

from tests.support.accounts.command_line import opened_scene
from xplenty_pulumi.cli.ui.account import opened
from xplenty_pulumi.cli.ui.end_all import end_all
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.reports.living import LiveThing
from xplenty_pulumi.core.waiting.patience import Deadline
from xplenty_pulumi.emulator import Request, Response


class Refusing:
    """Refuses each call about one cluster, from the second one on only after the user has had enough."""

    def __init__(self) -> None:
        self.path = ""
        self.refused, self.cancelled = threading.Event(), threading.Event()
        self.calls = 0

    def before(self, _request: Request) -> None:
        """Let it pass."""

    def after(self, request: Request, response: Response) -> Response:
        """Refuse it."""
        if not request.path.endswith(self.path):
            return response
        self.calls += 1
        if self.calls > 1:
            assert self.cancelled.wait(60)
        self.refused.set()
        return replace(response, status=429, body=b'{"message": "Too many calls"}')


class Interrupted(Screen):
    """The screen of one who presses Ctrl-C at the first line, while another call is refused."""

    def __init__(self, refused: threading.Event) -> None:
        super().__init__()
        self._refused = refused

    def line(self, text: str) -> None:
        """Interrupt."""
        assert self._refused.wait(60)
        raise KeyboardInterrupt


def test_ctrl_c_does_not_wait_for_a_call_that_stands_in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that the service holds back for minutes is given up, and not sent again."""
    gate = Refusing()
    with opened_scene(monkeypatch, gates=[gate]) as scene:
        ended, held = (scene.emulator.add_cluster(status=one) for one in ("terminated", "available"))
        gate.path = f"/clusters/{held.id}"
        for name, value in scene.environment.items():
            monkeypatch.setenv(name, value)
        with opened() as account:
            gate.cancelled = account.cancelled
            found = [LiveThing(one.id, "loads", one.status) for one in (ended, held)]
            with pytest.raises(KeyboardInterrupt):
                end_all(found, Deadline.after(600, account.clock), account=account, screen=Interrupted(gate.refused))
    assert gate.calls <= 2
