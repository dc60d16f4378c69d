"""The one door to what the user reads and is asked: everything passes here and is scrubbed."""

import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import typer
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.errors import ConfigError, RefusedError
from xplenty_pulumi.redact import Secret, scrub
from xplenty_pulumi.settings import HEARTBEAT_IN_CI, in_ci
from xplenty_pulumi.text import harmless, not_commands, one_line, stamp

FORGOTTEN = "is not known to the service any more (404)"
_WIDTH_OF_A_PIPE = 160


class _ScrubbedOutput:
    """Stdout that masks secrets, defuses what a CI system obeys, and has a question mark for what cannot be encoded."""

    def __init__(self, inner: TextIO, secrets: Sequence[Secret]) -> None:
        self._inner = inner
        self._secrets = tuple(secrets)

    def write(self, text: str) -> int:
        """Write the scrubbed text."""
        shown = not_commands(scrub(text, self._secrets))
        self._inner.write(shown.encode(self.encoding, "replace").decode(self.encoding))
        return len(text)

    @property
    def encoding(self) -> str:
        """The encoding of stdout."""
        return self._inner.encoding or "utf-8"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Harmless:
    """What is shown, without what a terminal or a CI system obeys, and without blanks at an end; its colours stay.

    That may make a line longer than the width. Its end goes on the next line, so that no text is lost.
    """

    def __init__(self, shown: RenderableType) -> None:
        self._shown = shown

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        parts = console.render(self._shown, options)
        shown = (part if part.control else Segment(harmless(part.text), part.style) for part in parts)
        for line in map(_without_last_blanks, Segment.split_lines(shown)):
            length = Segment.get_line_length(line)
            for piece in Segment.divide(line, [*range(options.max_width, length, options.max_width), length]):
                yield from piece
                yield Segment.line()


def _without_last_blanks(line: list[Segment]) -> list[Segment]:
    """The line without the blanks with which a table fills up its last column."""
    kept = list(line)
    while kept and not kept[-1].control and not kept[-1].text.strip(" "):
        kept.pop()
    if kept and not kept[-1].control:
        kept[-1] = kept[-1]._replace(text=kept[-1].text.rstrip(" "))
    return kept


class Screen:
    """What a command prints on; `secrets` are masked in all of it."""

    def __init__(self, secrets: Sequence[Secret] = ()) -> None:
        output: Any = _ScrubbedOutput(sys.stdout, secrets)
        is_piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
        width = _WIDTH_OF_A_PIPE if is_piped else None
        plain: Any = {"color_system": None} if os.environ.get("NO_COLOR") else {}
        self.console = Console(file=output, width=width, highlight=False, markup=False, emoji=False, **plain)
        self._output: _ScrubbedOutput = output
        self._secrets = tuple(secrets)

    @classmethod
    def of_environment(cls) -> "Screen":
        """Return the screen that masks the key in XPLENTY_API_KEY, for what is said before settings are read."""
        return cls([Secret(os.environ.get("XPLENTY_API_KEY", "").strip())])

    @property
    def is_terminal(self) -> bool:
        """Whether somebody is looking on, so that what is shown can be changed in place; a CI system keeps it all."""
        return sys.stdout.isatty() and not self.is_log

    @property
    def is_log(self) -> bool:
        """Whether a CI system keeps what is printed, and may take a long silence for the end."""
        return in_ci(os.environ)

    def show(self, renderable: RenderableType) -> None:
        """Print tables and texts, in colour on a terminal that has any."""
        self.console.print(Harmless(renderable))

    def line(self, text: str) -> None:
        """Print one line whole, whatever its length, at once."""
        self.text(f"{text}\n")

    def text(self, text: str) -> None:
        """Print lines that end as they are to end, whole and at once."""
        self._output.write(harmless(text))
        sys.stdout.flush()

    def warn(self, text: str) -> None:
        """Print on stderr, on one line, what must not be missed."""
        typer.echo(self.scrubbed(text), err=True)

    def scrubbed(self, text: str) -> str:
        """Return the text on one line and without secrets."""
        return not_commands(scrub(one_line(text), self._secrets))

    def ask(self, question: str, *, yes: bool, undone: str = "nothing was ended", when: str = "") -> None:
        """Return if the user agrees, or has agreed beforehand; `undone` says what did not happen otherwise.

        Raises:
            ConfigError: nobody can be asked; it advises to use `--yes`, and `when`.
            RefusedError: the answer is no.
        """
        if yes:
            return
        if not sys.stdin.isatty():
            reason = f"There is no terminal to ask on, so {undone}"
            raise ConfigError(f"{question} {reason}", advice=f"Run it with --yes{when}")
        if not typer.confirm(self.scrubbed(question)):
            raise RefusedError(undone)

    def document(self, document: Mapping[str, object], *, on_one_line: bool = False) -> None:
        """Print JSON."""
        text = json.dumps(document, ensure_ascii=True, indent=None if on_one_line else 2)
        self.line(text.replace("##", "#\\u0023"))


class ChangePrinter:
    """Prints a line whenever the headline about a thing, such as `cluster 7`, changes.

    In a CI system the same headline comes again with each minute.
    """

    def __init__(self, screen: Screen, clock: Clock, thing: str) -> None:
        self._screen = screen
        self._clock = clock
        self._thing = thing
        self._printed = ""
        self._since = clock.monotonic()
        self._heartbeat = HEARTBEAT_IN_CI if screen.is_log else math.inf

    def print(self, headline: str, detail: str = "") -> None:
        """Print it with its detail, unless that headline is the last one printed and no heartbeat is due."""
        now = self._clock.monotonic()
        if headline == self._printed and now - self._since < self._heartbeat:
            return
        text = " \u00b7 ".join(filter(None, [headline, detail]))
        self._screen.line(f"{stamp(self._clock.now())} {self._thing} {one_line(text)}")
        self._printed, self._since = headline, now
