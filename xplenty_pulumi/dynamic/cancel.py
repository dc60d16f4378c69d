"""Hearing that the user has had enough: the engine's Cancel, which the dynamic host answers and forgets."""

import sys
import threading
from functools import lru_cache
from types import FunctionType
from typing import Any

_HOST = "__main__"
_SERVICER = "DynamicResourceProviderServicer"


@lru_cache(maxsize=1)
def cancelled() -> threading.Event:
    """Return the event of this process that is set once the engine has sent Cancel.

    The engine also sends it when an operation is over and nothing waits any more, so it needs no clearing.
    """
    return threading.Event()


def listen() -> bool:
    """Let the host's own answer to Cancel set the event, and return whether that is in place.

    The host has registered its servicer with bound methods, so the method's code is exchanged, not the method.
    """
    method = getattr(getattr(sys.modules.get(_HOST), _SERVICER, None), "Cancel", None)
    if not isinstance(method, FunctionType) or method.__code__.co_freevars:
        return False
    method.__code__ = _answer.__code__
    return True


def _answer(self: Any, request: Any, context: Any) -> Any:  # noqa: ARG001 - the host's signature
    # It runs with the host's globals, so it names what it needs itself.
    from google.protobuf.empty_pb2 import Empty  # noqa: PLC0415

    from xplenty_pulumi.dynamic.cancel import cancelled  # noqa: PLC0415

    cancelled().set()
    return Empty()
