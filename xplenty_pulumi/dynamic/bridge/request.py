"""The request behind a provider method, and the engine's Cancel: whether anybody still waits for the answer."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from types import FrameType, FunctionType
from typing import Any

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2

HOST = "__main__"
SERVICER = "DynamicResourceProviderServicer"
_HOST_MODULES = (HOST, "pulumi.dynamic.__main__")
HEARTBEAT = 15.0
"""Seconds after which a row that has no news repeats itself."""


class CancelSignal:
    """The Cancel of one process, and what is done at the end of an operation.

    The engine sends Cancel when the user interrupts it, and once more at the end of every operation, when it waits for
    no call any more. So it needs no clearing, and it is the end where no call is under way.
    """

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._at_end: list[Callable[[], None]] = []
        self._last: list[Callable[[], None]] = []
        self._calls = 0
        self._lock = threading.Lock()

    def at_end(self, action: Callable[[], None], *, is_last: bool = False) -> None:
        """Call `action` when an operation of the engine has ended; all of them together have about a second."""
        (self._last if is_last else self._at_end).append(action)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a call as one that is under way."""
        with self._lock:
            self._calls += 1
        try:
            yield
        finally:
            with self._lock:
                self._calls -= 1

    def receive(self) -> None:
        """Take note of a Cancel."""
        self.cancelled.set()
        if self._calls == 0:
            for action in (*self._at_end, *self._last):
                action()


@lru_cache(maxsize=1)
def cancel_signal() -> CancelSignal:
    """Return the one of this process."""
    return CancelSignal()


def cancelled() -> threading.Event:
    """Return the event of this process that is set once the engine has sent Cancel."""
    return cancel_signal().cancelled


def receive_cancel() -> bool:
    """Put our answer to Cancel in the place of the host's own, and return whether that worked.

    The host has registered its servicer with bound methods, so the method's code is exchanged, not the method.
    """
    method = getattr(getattr(sys.modules.get(HOST), SERVICER, None), "Cancel", None)
    if not isinstance(method, FunctionType) or method.__code__.co_freevars:
        return False
    method.__code__ = _answer.__code__
    # The engine interrupts an interrupted host once more while it ends. Only the main thread may ignore a signal: it
    # calls what is registered here when it has left the host's `main`, before it waits for the calls under way.
    register = getattr(threading, "_register_atexit", None)
    if callable(register):
        with suppress(RuntimeError):  # it is ending already
            register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    return True


def _answer(self: Any, request: Any, context: Any) -> Any:  # noqa: ARG001 - the host's signature
    # It runs with the host's globals, so it names what it needs itself.
    from google.protobuf.empty_pb2 import Empty  # noqa: PLC0415

    from xplenty_pulumi.dynamic.bridge.request import cancel_signal  # noqa: PLC0415

    cancel_signal().receive()
    return Empty()


@dataclass(frozen=True)
class EngineCall:
    """The engine's request that the running provider method answers, as far as it is found in the host.

    `name` is the resource's own, which is there even where the host offers nothing; `timeout` is 0 where the user gave
    none. `scrub` keeps the secrets of the request out of every text that is shown while it is answered.
    """

    urn: str = ""
    timeout: float = 0.0
    context: object = None
    name: str = ""
    heartbeat: float = HEARTBEAT
    scrub: Callable[[str], str] = field(default=str, repr=False, compare=False)
    request: object = field(default=None, repr=False, compare=False)

    @property
    def old_inputs(self) -> Mapping[str, object]:
        """The inputs that the state holds of the resource in an update, a diff or a read; else none."""
        found = getattr(self.request, "old_inputs", None) or getattr(self.request, "inputs", None)
        return json_format.MessageToDict(found) if isinstance(found, Struct) else {}

    @property
    def takes_trailer(self) -> bool:
        """Whether the answer takes a trailer, which replaces the host's traceback."""
        return callable(getattr(self.context, "set_trailing_metadata", None))

    @property
    def keeps_state(self) -> bool:
        """Whether a failure can carry an id and outputs into the engine's state."""
        return self.takes_trailer and hasattr(provider_pb2, "ErrorResourceInitFailed")

    def interrupted(self) -> str:
        """Return why nobody waits for the answer any more, or an empty text."""
        if self.context is not None and cancelled().is_set():
            return "cancelled"
        return "" if self.is_active else "the engine has gone away"

    @property
    def is_active(self) -> bool:
        """Whether the engine still waits for the answer, as far as the host shows."""
        is_active = getattr(self.context, "is_active", None)
        return bool(is_active()) if callable(is_active) else True


def current_call() -> EngineCall:
    """Return the call being answered on this thread, or an empty one.

    The host passes neither request nor context on, so they are read from the frame in which it calls the provider.
    """
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no public way
    while frame is not None:
        # A frame that was asked for its variables keeps a copy of them until it ends, so only the host's are asked.
        local = frame.f_locals if frame.f_globals.get("__name__") in _HOST_MODULES else {}
        if "request" in local and "context" in local:
            request = local["request"]
            urn, timeout = getattr(request, "urn", ""), getattr(request, "timeout", 0.0)
            return EngineCall(
                urn=urn if isinstance(urn, str) else "",
                timeout=float(timeout) if isinstance(timeout, int | float) else 0.0,
                context=local["context"],
                request=request,
            )
        frame = frame.f_back
    return EngineCall()
