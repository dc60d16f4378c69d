"""How many connections a server has at once, as the system's own table of sockets shows."""

import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_TABLE = Path("/proc/net/tcp")
_ESTABLISHED = "01"
_PAUSE = 0.01


def established(port: int, table: str) -> int:
    """Return how many connections to the local port are open in a table such as Linux keeps in /proc/net/tcp."""
    rows = [line.split() for line in table.splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == _ESTABLISHED for row in rows)


class Peak:
    """Counts a hundred times a second while the block runs; `value` is the most connections at once."""

    def __init__(self, port: int) -> None:
        self.value = 0
        self._port = port
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_PAUSE):
            with suppress(OSError):
                self.value = max(self.value, established(self._port, _TABLE.read_text()))
