"""The account that commands read: what is said while it does not answer."""

import pytest

from tests.support.accounts.command_line import opened_scene
from xplenty_pulumi.cli.ui import account as cli_account
from xplenty_pulumi.clock import Clock, ManualClock
from xplenty_pulumi.core.waiting.silence import SilenceWatch
from xplenty_pulumi.emulator import Request, Response


class SlowAccount:
    """Lets twenty seconds pass before each answer about clusters, in which the watch of the command looks twice."""

    watch: SilenceWatch
    clock: ManualClock

    def watched(self, clock: Clock) -> SilenceWatch:
        """Return the watch of the command, which looks only here."""
        assert isinstance(clock, ManualClock)
        self.clock, self.watch = clock, SilenceWatch(clock, ticks=False)
        return self.watch

    def before(self, request: Request) -> None:
        """Let the time pass."""
        for seconds in (11, 9) if request.path.endswith("/clusters") else ():
            self.clock.advance(seconds)
            self.watch.tick()

    def after(self, _request: Request, response: Response) -> Response:
        """Change nothing."""
        return response


def test_call_without_an_answer_is_said_once_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who looks on learns why nothing comes, and what is printed stays as it is."""
    slow = SlowAccount()
    monkeypatch.setattr(cli_account, "SilenceWatch", slow.watched)
    with opened_scene(monkeypatch, gates=[slow]) as scene:
        ended = scene.run("status", "clusters", "--json")
    assert (ended.code, ended.json["clusters"]) == (0, [])
    assert ended.err == "no good answer from the service within 11s; still trying\n"
