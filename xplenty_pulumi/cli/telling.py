"""Telling on lines what happens while something is waited for."""

from xplenty_pulumi.cli.printable import one_line, stamp
from xplenty_pulumi.cli.screen import Screen
from xplenty_pulumi.clock import Clock

FORGOTTEN = "is not known to the service any more (404)"


class Teller:
    """Prints a line, with the detail of the moment, whenever the headline about a thing such as `cluster 7` changes."""

    def __init__(self, screen: Screen, clock: Clock, thing: str) -> None:
        self._screen = screen
        self._clock = clock
        self._thing = thing
        self._said = ""

    def tell(self, headline: str, detail: str = "") -> None:
        """Say it, unless that headline was the last one said."""
        if headline != self._said:
            text = " \u00b7 ".join(filter(None, [headline, detail]))
            self._screen.line(f"{stamp(self._clock.now())} {self._thing} {one_line(text)}")
        self._said = headline
