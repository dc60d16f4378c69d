"""What the user sees while it happens: lines on standard error, at least one every few seconds."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

INTERVAL = 10.0


def say(text: str) -> None:
    """Print one line of progress on standard error."""
    print(f"engine: {text}", file=sys.stderr, flush=True)


@contextmanager
def heartbeat(text: str, *, detail: Callable[[], str] | None = None, interval: float = INTERVAL) -> Iterator[None]:
    """Say `text`, and until the block ends repeat it every `interval` seconds with the time gone by and `detail()`."""
    say(text)
    start, done = monotonic(), threading.Event()

    def beat() -> None:
        while not done.wait(interval):
            say(f"{text}: {monotonic() - start:.0f} s so far{detail() if detail else ''}")

    thread = threading.Thread(target=beat, name="engine-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def lines_in(log: Path) -> Callable[[], str]:
    """Return a detail for `heartbeat`: how many lines the file `log` has, and the last of them."""

    def detail() -> str:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
        return f", {len(lines)} steps, last: {lines[-1]}" if lines else ""

    return detail
