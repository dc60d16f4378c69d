"""How a command that serves learns that it is to end."""

import signal
import threading

_SIGNAL_SEEN = 0.5


class StopRequest:
    """Ctrl-C or SIGTERM, which end nothing by themselves from now on; the main thread makes it and waits for it."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._asked.set())

    def wait(self) -> None:
        """Return once one of them has come."""
        # A signal that the system gives to another thread wakes nobody here, and on Windows no signal does.
        while not self._asked.wait(_SIGNAL_SEEN):
            pass
