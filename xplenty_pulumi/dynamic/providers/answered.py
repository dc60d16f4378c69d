"""The way into and out of every provider method: whose resource it is, and one paragraph for every failure."""

import functools
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.crowd import crowd
from xplenty_pulumi.dynamic.state import OWNER, side_by_side
from xplenty_pulumi.errors import XplentyError
from xplenty_pulumi.settings import bridge_enabled

_OPERATIONS = ("create", "update", "delete")
_owner: ContextVar[str] = ContextVar("owner", default="")
_arguments: ContextVar[tuple[object, ...]] = ContextVar("arguments", default=())
_found_out: ContextVar[dict[object, Any] | None] = ContextVar("found_out", default=None)


class Answering(Protocol):
    """What a provider offers to the way out."""

    def call(self) -> EngineCall:
        """Return the engine's request that is being answered."""

    def scrubbed(self, text: str, *arguments: object) -> str:
        """Return `text` without secrets, those among `arguments` included."""


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
SelfT = TypeVar("SelfT", bound=Answering)


def answered(
    method: Callable[Concatenate[SelfT, Arguments], Result],
) -> Callable[Concatenate[SelfT, Arguments], Result]:
    """Let a failure of a provider method reach the user as one paragraph of ours, and nothing else."""

    @functools.wraps(method)
    def answer(self: SelfT, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with _under_way(method.__name__, args):
            call = self.call()
            flat: Any = [side_by_side(one) if isinstance(one, dict) else one for one in args]
            try:
                return method(self, *flat, **kwargs)
            except bridge.ProviderFailure:
                raise
            except XplentyError as problem:
                failure = bridge.fail(call, self.scrubbed(str(problem), *args))
            except Exception as unexpected:  # noqa: BLE001 - the host would print the traceback of whatever it is
                bridge.debug(call, self.scrubbed(traceback.format_exc(), *args))
                failure = bridge.fail(call, self.scrubbed(_surprise(unexpected), *args))
            raise failure from None

    return answer


def owner_in(arguments: tuple[object, ...]) -> str:
    """Return the hidden input that says whose resource it is, from the newest properties among `arguments`."""
    given = [one for one in arguments if isinstance(one, dict)]
    return str(given[-1].get(OWNER, "")) if given else ""


def name_answered() -> str:
    """Return the name of the resource that this thread's call is about, or an empty text."""
    return _owner.get().rpartition("::")[2]


def arguments_answered() -> tuple[object, ...]:
    """Return what the engine hands over in this thread's call: ids and properties, secrets in clear included."""
    return _arguments.get()


def once(key: object, find_out: Callable[[], Result]) -> Result:
    """Return what is found out, which in one call of the engine is done once for each key."""
    known = _found_out.get()
    if known is None:
        return find_out()
    if key not in known:
        known[key] = find_out()
    found: Result = known[key]
    return found


@contextmanager
def _under_way(method: str, arguments: tuple[object, ...]) -> Iterator[None]:
    """Count the call, and let the thread know whose resource it is about and what was handed over."""
    owner = owner_in(arguments)
    token, earlier, before = _owner.set(owner), _arguments.set(arguments), _found_out.set({})
    try:
        with ExitStack() as stack:
            stack.enter_context(bridge.ear().call())
            if method in _OPERATIONS and owner and bridge_enabled(os.environ):
                stack.enter_context(crowd().operation(owner))
            yield
    finally:
        _owner.reset(token)
        _arguments.reset(earlier)
        _found_out.reset(before)


def _surprise(unexpected: Exception) -> str:
    return (
        f"an unexpected {type(unexpected).__name__} in this provider: {unexpected}. What exists was left as it is; run "
        "`pulumi up --debug` for the details, and report them"
    )
