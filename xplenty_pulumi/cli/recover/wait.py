"""Waiting until nothing that a killed run had sent can arrive any more."""

from collections.abc import Callable
from datetime import datetime

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.text import duration

LATEST = 120.0
"""Seconds after which a call that was under way at the end of its process has arrived or never does."""
_HEARTBEAT = 15.0


def wait_for_late_calls(last_sign: datetime | None, clock: Clock, say: Callable[[str], None]) -> None:
    """Return once it is 120 seconds since the killed run was known to live, telling at once and every 15 seconds.

    A moment that lies ahead, as on a machine whose clock is wrong, makes the wait no longer.
    """
    left = LATEST if last_sign is None else min(LATEST, LATEST - (clock.now() - last_sign).total_seconds())
    if left <= 0:
        return
    end = clock.monotonic() + left
    say(
        f"what the killed `pulumi` had sent may still arrive: waiting {duration(left)}, until {duration(LATEST)} after "
        "the state was last written (--no-wait goes on at once)"
    )
    while (left := end - clock.monotonic()) > 0:
        clock.sleep(min(left, _HEARTBEAT))
        if (left := end - clock.monotonic()) > 0:
            say(f"waiting {duration(left)} more")
