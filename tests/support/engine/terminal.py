"""A command of the engine in a terminal, as people see it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.engine.ran import LONGEST, Ran
from tests.support.engine.workspace import Workspace
from xplenty_pulumi.settings import CI_VARIABLES

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|[\r\x0f]")
_ROWS, _COLUMNS = 40, 160


def in_a_terminal(workspace: Workspace, *arguments: str, moves: Sequence[tuple[str, Callable[[], None]]] = ()) -> Ran:
    """Run `pulumi` in a terminal of its own, and return all that was drawn on it, without colours and movements.

    Each of the `moves` is made once its text is drawn, and the one before it was made.
    The kind of terminal is one that is not asked for its background, which a real one would answer.
    """
    words = ["pulumi", *arguments, "--yes", "--skip-preview"]
    plain = {name: text for name, text in workspace.environment.items() if name not in CI_VARIABLES}
    shown = {**plain, "TERM": "screen"}
    with opened_terminal(words, shown, rows=_ROWS, columns=_COLUMNS, folder=workspace.folder) as (process, ours):
        drawn = _drawn(ours, moves)
        return Ran(process.wait(timeout=LONGEST), drawn, workspace.has_bridge)


@contextmanager
def opened_terminal(
    words: Sequence[str], environment: Mapping[str, str], *, rows: int, columns: int, folder: Path | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Give a command in a terminal of its own, and the side of it that a person sees."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        words, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _drawn(terminal: int, moves: Sequence[tuple[str, Callable[[], None]]]) -> str:
    """Read until the last process lets go of the terminal."""
    parts, left = b"", list(moves)
    with suppress(OSError):
        while part := os.read(terminal, 65536):
            parts += part
            while left and left[0][0] in _plain(parts):
                left.pop(0)[1]()
    return _plain(parts)


def _plain(drawn: bytes) -> str:
    return _CONTROL.sub("", drawn.decode(errors="replace"))
