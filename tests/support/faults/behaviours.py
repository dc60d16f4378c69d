"""What becomes of a call on its way: faults of the emulator by short names, and what only a wire can do."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.support.faults.exchange import Behaviour, Exchange
from xplenty_pulumi.emulator import FAULTS, Fault, late_commit, leaving_out, refusing
from xplenty_pulumi.emulator import doubled as twice
from xplenty_pulumi.emulator.faults.fault import rewriting

lost_before = FAULTS["reset before"]
lost_after = FAULTS["reset after"]
unreachable = FAULTS["connection refused"]
doubled_late = twice


def hiding(number: int) -> Fault:
    """Let a list lack the record with this id."""
    return leaving_out({number})


def late(seconds: float) -> Fault:
    """Lose the answer at once, and let the request take effect `seconds` later."""
    return late_commit(seconds, seconds)


def answers(status: int, message: str = "No.") -> Fault:
    """Refuse the request with `status`, without any effect."""
    return refusing(status, message)


def rewritten(change: Callable[[dict[str, Any]], object]) -> Fault:
    """Let `change` alter every record of the answer in place."""

    def changed(document: Any) -> Any:
        for record in document if isinstance(document, list) else [document]:
            change(record)
        return document

    return rewriting(changed)


def preceded_by(event: Callable[[], object]) -> Behaviour:
    """Let something happen on the account just before the request arrives."""

    def behave(exchange: Exchange) -> httpx.Response:
        event()
        return exchange.forward()

    return behave


def doubled(exchange: Exchange) -> httpx.Response:
    """Forward the request twice; the second answer is the one that is given."""
    exchange.forward()
    return exchange.forward()
