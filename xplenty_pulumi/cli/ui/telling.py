"""Telling on lines what happens while something is waited for."""

import math

from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.settings import HEARTBEAT_IN_CI
from xplenty_pulumi.text import one_line, stamp

FORGOTTEN = "is not known to the service any more (404)"


class ChangePrinter:
    """Prints a line, with the detail of the moment, whenever the headline about a thing such as `cluster 7` changes.

    In a CI system the same headline comes again with each minute.
    """

    def __init__(self, screen: Screen, clock: Clock, thing: str) -> None:
        self._screen = screen
        self._clock = clock
        self._thing = thing
        self._said = ""
        self._since = clock.monotonic()
        self._heartbeat = HEARTBEAT_IN_CI if screen.is_log else math.inf

    def tell(self, headline: str, detail: str = "") -> None:
        """Say it, unless that headline was the last one said a moment ago."""
        now = self._clock.monotonic()
        if headline == self._said and now - self._since < self._heartbeat:
            return
        text = " \u00b7 ".join(filter(None, [headline, detail]))
        self._screen.line(f"{stamp(self._clock.now())} {self._thing} {one_line(text)}")
        self._said, self._since = headline, now
