"""Warnings that one process shows once, although the engine checks and compares a resource several times."""

from functools import lru_cache

from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.errors import RefusedError


@lru_cache(maxsize=1)
def shown_warnings() -> set[tuple[str, str]]:
    """Return the warnings that this process has shown, each with the resource that it is about."""
    return set()


def warn_once(call: EngineCall, text: str) -> None:
    """Warn, once in a process: the engine checks a resource that it replaces twice, and compares it so often too."""
    warning = (call.urn or call.name, text)
    if text and warning not in shown_warnings():
        shown_warnings().add(warning)
        bridge.warn(call, text)


def told_once(call: EngineCall, refused: RefusedError) -> RefusedError:
    """Return the error, with a reference in place of its words where a warning of this process has them already."""
    if (call.urn or call.name, str(refused)) not in shown_warnings():
        return refused
    return RefusedError(
        "it is not removed, for the reason that its warning gives",
        resource=refused.resource,
        advice="Do what the warning says, then run `pulumi up` again",
    )
