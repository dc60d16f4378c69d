"""The answer to a call of the engine as an event of the log."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from xplenty_pulumi import events
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall, ProviderFailure
from xplenty_pulumi.dynamic.state import OWNER

Result = TypeVar("Result")
_CLOCK = SystemClock()


@lru_cache(maxsize=1)
def report_to_engine() -> None:
    """Let the engine show what becomes of events that are lost, and let the last ones go before it ends."""
    events.warn_by(lambda text: bridge.stack_line(text, "WARNING"))
    bridge.cancel_signal().at_end(events.flush, is_last=True)


def reported(
    method: str, kind: Kind, call: EngineCall, arguments: tuple[object, ...], answer: Callable[[], Result]
) -> Result:
    """Return the answer, and report what came of it: with the id of the resource, and its error where it failed."""
    given = next((one for one in arguments if isinstance(one, str)), "")
    about: events.Facts = {"urn": call.urn or _urn_in(arguments), "name": call.name, "kind": kind.name, "id": given}
    with events.operation(method, _CLOCK, scrub=call.scrub, facts=about) as facts:
        try:
            result = answer()
        except ProviderFailure as failure:
            if failure.kept_id:
                facts.update({"id": failure.kept_id, "result": "kept"})
            facts.update(events.failed_with(str(failure), failure.error_class))
            raise
        facts["id"] = given or getattr(result, "id", "")
        return result


def _urn_in(arguments: tuple[object, ...]) -> str:
    """The URN of the owner, as it was when the resource was declared; empty for what a program only looks up."""
    owners = [one[OWNER] for one in arguments if isinstance(one, dict) and OWNER in one]
    return str(owners[-1]).partition("|")[2] if owners else ""
