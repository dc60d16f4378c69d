"""Hearing the engine's Cancel, which the dynamic host answers and forgets: the user has had enough, or all is done."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from types import FunctionType
from typing import Any

HOST = "__main__"
SERVICER = "DynamicResourceProviderServicer"


class CancelSignal:
    """What one process has heard, and what it is to do at the end.

    The engine sends Cancel when the user interrupts it, and once more at the end of every operation, when it waits for
    no call any more. So it needs no clearing, and it is the end where no call is under way.
    """

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._at_end: list[Callable[[], None]] = []
        self._calls = 0
        self._lock = threading.Lock()

    def at_end(self, farewell: Callable[[], None]) -> None:
        """Call `farewell` when an operation of the engine has ended; it has about a second."""
        self._at_end.append(farewell)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a call as one that is under way."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def hear(self) -> None:
        """Take note of a Cancel."""
        self.cancelled.set()
        if self._calls == 0:
            for farewell in self._at_end:
                farewell()

    def _count(self, more: int) -> None:
        with self._lock:
            self._calls += more


@lru_cache(maxsize=1)
def ear() -> CancelSignal:
    """Return the ear of this process."""
    return CancelSignal()


def cancelled() -> threading.Event:
    """Return the event of this process that is set once the engine has sent Cancel."""
    return ear().cancelled


def listen() -> bool:
    """Let the host's own answer to Cancel be heard, and return whether that is in place.

    The host has registered its servicer with bound methods, so the method's code is exchanged, not the method.
    """
    method = getattr(getattr(sys.modules.get(HOST), SERVICER, None), "Cancel", None)
    if not isinstance(method, FunctionType) or method.__code__.co_freevars:
        return False
    method.__code__ = _answer.__code__
    _end_quietly()
    return True


def _end_quietly() -> None:
    """Let an interrupted host end without a traceback: the engine interrupts it once more while it ends.

    The host leaves its `main` at the first SIGINT. What is registered here is then called by the main thread, which
    alone may ignore a signal, before it waits for the calls that are under way.
    """
    register = getattr(threading, "_register_atexit", None)
    if callable(register):
        with suppress(RuntimeError):  # it is ending already
            register(signal.signal, signal.SIGINT, signal.SIG_IGN)


def _answer(self: Any, request: Any, context: Any) -> Any:  # noqa: ARG001 - the host's signature
    # It runs with the host's globals, so it names what it needs itself.
    from google.protobuf.empty_pb2 import Empty  # noqa: PLC0415

    from xplenty_pulumi.dynamic.bridge.cancel import ear  # noqa: PLC0415

    ear().hear()
    return Empty()
