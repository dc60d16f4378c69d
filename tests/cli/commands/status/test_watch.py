"""`xplenty-pulumi status --watch`: a line per change, documents on lines, and a page that is kept up to date."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.support.accounts.command_line import KEY, START, Scene, at, seeded
from tests.support.engine.terminal import opened_terminal
from xplenty_pulumi.cli.commands.status.live import watch
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.reports.view import AccountView, Fact
from xplenty_pulumi.core.waiting.patience import Allowance
from xplenty_pulumi.core.waiting.silence import SilenceWatch
from xplenty_pulumi.emulator import Emulator, Seed
from xplenty_pulumi.errors import NotSentError
from xplenty_pulumi.settings import CI_VARIABLES

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


def test_one_line_per_change(scene: Scene) -> None:
    """Everything is told once at first, and then what has changed; Ctrl-C ends it with exit code 0."""
    seeded(scene)
    scene.clock.script = [
        lambda: None,
        lambda: scene.emulator.fail_job(9003, errors="disk full"),
        lambda: scene.emulator.delete_record("cluster", 502),
        lambda: scene.emulator.end_cluster(501),
    ]

    ended = scene.run("status", "--watch", "--interval", "10s")

    assert (ended.code, ended.err) == (0, "")
    assert ended.lines == [
        f"{at(150)} cluster 503 weekly: error, 2 nodes",
        f"{at(150)} cluster 502 adhoc: idle, 1 node",
        f"{at(150)} cluster 501 nightly: available, 4 nodes, 1 running",
        f"{at(150)} job 9003 Customer import: running 50%",
        f"{at(150)} job 9002 Broken import: failed: Package failed to execute: input path not found.",
        f"{at(150)} job 9001 Daily sales: completed",
        f"{at(160)} job 9003 Customer import: running 60%",
        f"{at(170)} cluster 501 nightly: available, 4 nodes",
        f"{at(170)} job 9003 Customer import: failed: disk full",
        f"{at(180)} cluster 502 no longer shown (was adhoc: idle, 1 node)",
        f"{at(190)} cluster 501 nightly: terminated, 4 nodes",
    ]


def test_a_run_in_place_of_a_failed_one_is_told(scene: Scene) -> None:
    """The failed one gets a line that names it, without the error, once it has completed."""
    on = scene.owned_cluster(name="nightly")
    scene.emulator.fail_job(scene.job(on, 101), errors="no table")
    scene.clock.advance(60)
    scene.job(on, 101)
    scene.clock.script = [lambda: scene.clock.advance(3600)]

    lines = scene.run("status", "jobs", "--watch", "--interval", "10s").lines

    assert lines[1] == f"{at(60)} job 9001 Daily sales: failed: no table"
    text = "failed; job 9002, a later run of the same stack, has completed in its place"
    assert lines[-1] == f"{at(3670)} job 9001 Daily sales: {text}"


def test_a_tick_costs_one_call_for_each_list(scene: Scene) -> None:
    """However many rows there are, and however many of them change."""
    for _ in range(40):
        scene.emulator.add_cluster()
    scene.clock.script = [lambda: scene.emulator.fail_cluster(501), lambda: scene.emulator.fail_cluster(502)]

    assert scene.calls_of("status", "clusters", "--watch") == ["GET clusters"] * 3
    scene.clock.script = [lambda: None]
    assert scene.calls_of("status", "--watch") == ["GET clusters", "GET jobs"] * 2


def test_documents_on_lines(scene: Scene) -> None:
    """With --json each line is a whole document, and there is a new one only when something has changed."""
    number = scene.emulator.add_cluster(name="etl").id
    scene.clock.script = [lambda: None, lambda: scene.emulator.fail_cluster(number), lambda: None]

    documents = [json.loads(line) for line in scene.run("status", "clusters", "--watch", "--json").lines]

    assert [(one["at"], one["clusters"][0]["status"]) for one in documents] == [(at(0), "available"), (at(10), "error")]


@pytest.mark.parametrize("words", [["cluster", "501"], ["job", "9003"]])
def test_one_thing_can_be_watched(scene: Scene, words: list[str]) -> None:
    """The lines are about it alone."""
    seeded(scene)
    scene.clock.script = [lambda: scene.emulator.complete_job(9003)]

    assert scene.run("status", *words, "--watch").lines[-1] == f"{at(155)} job 9003 Customer import: completed"


def test_variables_of_a_watched_job_are_read_once(scene: Scene) -> None:
    """They do not change, so they cost nothing later."""
    seeded(scene)
    scene.clock.script = [lambda: None, lambda: None]
    assert scene.calls_of("status", "job", 9003, "--watch").count("GET jobs/9003/variables") == 1


def test_trouble_on_the_way_is_told_and_borne() -> None:
    """A look that fails is noted; when the service answers again, the watching has gone on."""
    looks = _looks("1", None, None, "2")
    display = _Display()

    _watch(looks, display, clock=_Until(4))

    assert display.said == ["1", "note no route", "note no route", "2"]


def test_look_without_an_answer_is_noted() -> None:
    """What is shown is old meanwhile, and that is said before the look has ended."""
    clock, display = _Until(2), _Display()
    silence, looks = SilenceWatch(clock, ticks=False), _looks("1", "2")

    def slow() -> _Shown:
        clock.advance(11)
        silence.tick()
        return looks()

    watch(slow, display, clock=clock, allowance=Allowance(), interval=10, silence=silence)

    assert display.said == ["1", "note no good answer yet", "2"]


def test_trouble_is_not_borne_for_ever() -> None:
    """Five minutes without one good answer end it with the error."""
    looks = _looks("1", *[None] * 100)
    clock = _Until(100)

    with pytest.raises(NotSentError):
        _watch(looks, _Display(), clock=clock)

    assert clock.now() - START == timedelta(seconds=310)


def test_a_machine_that_slept_has_not_waited() -> None:
    """The look that fails right after it is borne, although the last answer is hours old."""
    clock, display = _Until(3), _Display()
    looks = _looks("1", None, "2")

    watch(looks, display, clock=clock, allowance=Allowance(), interval=7200, silence=SilenceWatch(clock, ticks=False))

    assert display.said == ["1", "note no route", "2"]


def test_trouble_of_the_first_look_is_raised() -> None:
    """A wrong address is not watched."""
    with pytest.raises(NotSentError):
        _watch(_looks(None), _Display(), clock=_Until(3))


@dataclass(frozen=True)
class _Shown(AccountView):
    """What a look returns."""

    text: str

    @property
    def rows(self) -> tuple[()]:
        return ()

    @property
    def facts(self) -> dict[str, Fact]:
        return {"x": Fact(self.text, is_final=False)}


def _looks(*texts: str | None) -> Callable[[], _Shown]:
    """Return a look that shows these one after the other; None is a look that fails."""
    left = iter(texts)

    def look() -> _Shown:
        text = next(left)
        if text is None:
            raise NotSentError("no route")
        return _Shown(START, None, text)

    return look


class _Display:
    """Remembers what it is to show."""

    def __init__(self) -> None:
        self.said: list[str] = []

    @contextmanager
    def open(self) -> Iterator[None]:
        yield

    def frame(self, shown: _Shown) -> None:
        self.said += [fact.text for fact in shown.facts.values()]

    def note(self, text: str) -> None:
        self.said.append(f"note {text}")


class _Until(ManualClock):
    """A clock on which Ctrl-C is pressed in that many pauses' time."""

    def __init__(self, pauses: int) -> None:
        super().__init__(START)
        self._left = pauses

    def sleep(self, seconds: float) -> None:
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt
        super().sleep(seconds)


def _watch(look: Callable[[], _Shown], display: _Display, *, clock: ManualClock) -> None:
    silence = SilenceWatch(clock, ticks=False)
    watch(look, display, clock=clock, allowance=Allowance(), interval=10, silence=silence)


def test_live_on_a_terminal() -> None:
    """On a terminal the page is drawn in place, follows what happens, and Ctrl-C leaves it with exit code 0."""
    with Emulator(Seed(api_key=KEY)) as account:
        number = account.add_cluster(name="etl").id
        with _terminal(account, "status", "--watch", "--interval", "0.2") as terminal:
            terminal.until("available")
            assert "Ctrl-C ends this" in terminal.until("Ctrl-C")
            account.fail_cluster(number)
            terminal.until("error")
            terminal.press(b"\x03")
            assert terminal.ended() == 0
            assert "Traceback" not in terminal.drawn
            assert "\x1b[1A" in terminal.raw  # the cursor goes back up rather than the page down


def test_lines_on_the_terminal_of_a_ci_system() -> None:
    """Some CI systems run commands in a terminal, whose text they keep: there each change is a line, as in a pipe."""
    with Emulator(Seed(api_key=KEY)) as account:
        number = account.add_cluster(name="etl").id
        with _terminal(account, "status", "--watch", "--interval", "0.2", CI="true") as terminal:
            terminal.until("available")
            account.fail_cluster(number)
            terminal.until("error")
            terminal.press(b"\x03")
            assert terminal.ended() == 0
            assert "\x1b" not in terminal.raw
            assert len(re.findall(rf"cluster {number} etl: ", terminal.raw)) == 2


class _Terminal:
    """A terminal with a process in it."""

    def __init__(self, process: subprocess.Popen[bytes], side: int) -> None:
        self._process = process
        self._side = side
        self.raw = ""

    @property
    def drawn(self) -> str:
        """All that was drawn, without colours and movements."""
        return CONTROL.sub("", self.raw)

    def until(self, text: str) -> str:
        """Read until `text` is drawn."""
        limit = time.monotonic() + 60
        while text not in self.drawn:
            assert time.monotonic() < limit, self.drawn
            self.raw += os.read(self._side, 65536).decode(errors="replace")
        return self.drawn

    def press(self, key: bytes) -> None:
        """Type a key."""
        os.write(self._side, key)

    def ended(self) -> int:
        """Read the rest and return the exit code."""
        with suppress(OSError):
            while part := os.read(self._side, 65536):
                self.raw += part.decode(errors="replace")
        return self._process.wait(timeout=60)


@contextmanager
def _terminal(account: Emulator, *words: str, **environment: str) -> Iterator[_Terminal]:
    """Run the command in a terminal of its own, which is the one that its Ctrl-C comes from."""
    plain = {name: text for name, text in os.environ.items() if name not in {"COLUMNS", "NO_COLOR", *CI_VARIABLES}}
    settings = {"XPLENTY_API_KEY": KEY, "XPLENTY_ACCOUNT_ID": account.account_id, "XPLENTY_API_URL": account.url}
    shown = {**plain, **settings, "TERM": "xterm", **environment}
    with opened_terminal([sys.executable, "-c", _IN_CONTROL, *words], shown, rows=40, columns=120) as (process, ours):
        yield _Terminal(process, ours)


_IN_CONTROL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from xplenty_pulumi.cli import main; main()"
