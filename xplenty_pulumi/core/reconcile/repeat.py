"""Repeating a call that is safe to repeat, and looking for what one may have brought about."""

from collections.abc import Callable
from typing import TypeVar

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import ApiError, NotSentError, UnsureError, XplentyError

T = TypeVar("T")

SETTLING = (0.0, 2.0, 5.0, 10.0)
"""Seconds before each of the looks that a service has until it shows what it was told."""
_LATE = (2.0, 5.0, 10.0, 20.0)
_AGAIN = "Run the same command again, which sends it again where that is still due"


def act_until(
    done: Callable[[], bool],
    act: Callable[[], object],
    *,
    clock: Clock,
    tolerate: tuple[type[XplentyError], ...],
    is_due: bool = False,
) -> None:
    """Call `act` unless `done` shows that there is nothing to do; where it fails with `tolerate`, look and try again.

    Four attempts in 17 seconds; the last failure is raised unless a final look shows that it took effect all the same.
    Its advice is to run the same command again.
    Where it `is_due`, as was just seen, the first call is made at once.
    """
    lost: XplentyError | None = None
    for attempt, pause in enumerate(SETTLING):
        clock.sleep(pause)
        if not (is_due and attempt == 0) and done():
            return
        try:
            act()
        except tolerate as error:
            lost = error
        else:
            return
    if lost is not None and not done():
        lost.advice = _AGAIN  # that of a single call is for who has not looked
        raise lost


def is_seen(done: Callable[[], bool], *, clock: Clock) -> bool:
    """Return whether a look shows it `done`, at once or within 17 seconds."""
    for pause in SETTLING:
        clock.sleep(pause)
        if done():
            return True
    return False


def find_late(
    find: Callable[[], T | None], lost: UnsureError, *, what: str, patience: Patience, advice: str
) -> T | None:
    """Look for what a call with a `lost` answer may have made, after 2, 5, 10 and 20 seconds; None: it is not there.

    `what` is what the headline names before each pause.

    Raises:
        UnsureError: the last look failed, so nothing is known; `advice` says what to do then.
    """
    trouble: XplentyError | None = None
    for pause in _LATE:
        patience.tell(f"the answer got lost, looking for {what}", "")
        patience.clock.sleep(pause)
        try:
            found, trouble = find(), None
        except (ApiError, NotSentError) as failed:
            found, trouble = None, failed
        if found is not None:
            return found
    if trouble is not None:
        message = f"{lost.message}; looking for it failed too: {trouble.message}"
        raise UnsureError(message, marker=lost.marker, resource=lost.resource, advice=advice) from None
    return None
