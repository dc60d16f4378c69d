"""The call of the engine that this thread answers: what it hands over, and what was found out for it."""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from xplenty_pulumi import settings
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.operations import open_operations
from xplenty_pulumi.dynamic.state import OWNER

Result = TypeVar("Result")
OwnerT = TypeVar("OwnerT")

_OPERATIONS = ("create", "update", "delete")


class Cache(dict[object, Any]):
    """What was found out, each by a key of its own."""

    def once(self, key: object, find_out: Callable[[], Result]) -> Result:
        """Return what was found out under a key, and find it out where nothing was."""
        if key not in self:
            self[key] = find_out()
        result: Result = self[key]
        return result


@dataclass(frozen=True)
class MethodCall:
    """What the engine hands over in a call, ids and properties with secrets in clear, and what was found out for it."""

    arguments: tuple[object, ...] = ()
    found: Cache = field(default_factory=Cache)

    @property
    def owner(self) -> str:
        """The hidden input that says whose resource it is, from the newest properties."""
        given = [one for one in self.arguments if isinstance(one, dict)]
        return str(given[-1].get(OWNER, "")) if given else ""


_method_call: ContextVar[MethodCall | None] = ContextVar("method_call", default=None)


def current() -> MethodCall:
    """The call of this thread; outside of any, an empty one that nobody keeps."""
    return _method_call.get() or MethodCall()


def once_in_call(method: Callable[[OwnerT], Result]) -> Callable[[OwnerT], Result]:
    """Let a provider find out only once in a call of the engine what this method returns."""

    @functools.wraps(method)
    def found(self: OwnerT) -> Result:
        return current().found.once(method.__name__, lambda: method(self))

    return found


@contextmanager
def under_way(method: str, arguments: tuple[object, ...]) -> Iterator[None]:
    """Count the call, and keep for its thread what was handed over."""
    call = MethodCall(arguments)
    token = _method_call.set(call)
    try:
        with ExitStack() as stack:
            stack.enter_context(bridge.cancel_signal().call())
            if method in _OPERATIONS and call.owner and settings.bridge_enabled(os.environ):
                stack.enter_context(open_operations().operation(call.owner))
            yield
    finally:
        _method_call.reset(token)
