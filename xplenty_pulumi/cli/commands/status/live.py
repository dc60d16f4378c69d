"""What `--watch` shows: in place on a terminal, one line per change elsewhere."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeVar

from rich.console import RenderableType
from rich.live import Live

from xplenty_pulumi.cli.ui.screen import Harmless, Screen
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.reports.view import AccountView, Fact
from xplenty_pulumi.core.waiting.patience import LONGEST_SILENCE, PASSING_TROUBLE, Allowance
from xplenty_pulumi.core.waiting.silence import SilenceWatch
from xplenty_pulumi.text import one_line, stamp

_NO_ANSWER = "no good answer yet"
ShownT = TypeVar("ShownT", bound=AccountView)
ShownT_contra = TypeVar("ShownT_contra", bound=AccountView, contravariant=True)


class Display(Protocol[ShownT_contra]):
    """Where each view of the account is shown; usable while it is `open`."""

    def open(self) -> AbstractContextManager[object]:
        """Give the place for as long as the watching lasts."""
        return nullcontext()

    def frame(self, shown: ShownT_contra) -> None:
        """Show what was read."""

    def note(self, text: str) -> None:
        """Say why there is nothing new; by default that is left out."""
        del text


def watch(
    read: Callable[[], ShownT],
    display: Display[ShownT],
    *,
    clock: Clock,
    allowance: Allowance,
    interval: float,
    silence: SilenceWatch,
) -> None:
    """Read and show every `interval` seconds, and less often where calls are scarce, until the user presses Ctrl-C.

    Trouble that may pass is noted and borne for five minutes without one good answer, as in a wait: from the first
    reading on that failed, as the machine may have slept before it. That of the first reading of all is raised.
    """
    try:
        with display.open():
            display.frame(read())
            failing_since: float | None = None
            while True:
                clock.sleep(allowance.stretched(interval))
                is_borne = failing_since is None or clock.monotonic() - failing_since < LONGEST_SILENCE
                try:
                    if allowance.holds_polls():
                        display.note(allowance.shortage_text())
                    else:
                        with silence.asking(lambda *_: display.note(_NO_ANSWER)):
                            shown = read()
                        display.frame(shown)
                    failing_since = None
                except PASSING_TROUBLE as trouble:
                    if not is_borne:
                        raise
                    failing_since = clock.monotonic() if failing_since is None else failing_since
                    display.note(str(trouble))
    except KeyboardInterrupt:
        return


class InPlace(Display[ShownT]):
    """Shows each view in the place of the one before; `page` makes it up from the view and a note."""

    def __init__(self, screen: Screen, page: Callable[[ShownT, str], RenderableType]) -> None:
        self._page = page
        self._live = Live(console=screen.console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
        self._shown: ShownT | None = None

    def open(self) -> AbstractContextManager[object]:
        return self._live

    def frame(self, shown: ShownT) -> None:
        self._shown = shown
        self._live.update(Harmless(self._page(shown, "Ctrl-C ends this")), refresh=True)

    def note(self, text: str) -> None:
        if self._shown is not None:
            self._live.update(Harmless(self._page(self._shown, one_line(text))), refresh=True)


class OnLines(Display[ShownT]):
    """Prints one line for each thing at first, and then one per change; a note only where it is a new one."""

    def __init__(self, screen: Screen, clock: Clock) -> None:
        self._screen = screen
        self._clock = clock
        self._facts: dict[str, Fact] = {}
        self._note = ""

    def frame(self, shown: ShownT) -> None:
        before, after = self._facts, shown.facts
        for name, fact in after.items():
            if before.get(name) != fact:
                self._say(f"{name} {fact.text}")
        for name, fact in before.items():
            if name not in after and not fact.is_final:
                self._say(f"{name} no longer shown (was {fact.text})")
        self._facts, self._note = after, ""

    def note(self, text: str) -> None:
        if text != self._note:
            self._say(text)
        self._note = text

    def _say(self, text: str) -> None:
        self._screen.line(f"{stamp(self._clock.now())} {one_line(text)}")


class OnJsonLines(Display[ShownT]):
    """Prints one document a line, at first and whenever something has changed; notes do not go there."""

    def __init__(self, screen: Screen, document: Callable[[ShownT], dict[str, object]]) -> None:
        self._screen = screen
        self._document = document
        self._facts: dict[str, Fact] | None = None

    def frame(self, shown: ShownT) -> None:
        if shown.facts != self._facts:
            self._screen.document(self._document(shown), on_one_line=True)
        self._facts = shown.facts
