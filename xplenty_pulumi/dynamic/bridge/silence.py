"""Telling in the rows of resources that the service has given no good answer."""

from contextlib import AbstractContextManager
from functools import lru_cache

from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.waiting.silence import SilenceWatch
from xplenty_pulumi.dynamic.bridge.engine import reporter
from xplenty_pulumi.dynamic.bridge.request import EngineCall
from xplenty_pulumi.text import duration

_CLOCK = SystemClock()


@lru_cache(maxsize=1)
def silence_watch() -> SilenceWatch:
    """Return the watch of this process."""
    return SilenceWatch(_CLOCK)


def slowness_told(call: EngineCall) -> AbstractContextManager[None]:
    """Say in the resource's row that a call, which this thread makes meanwhile, has no good answer for ten seconds.

    The text stays true once there is an answer, since nothing may be said in that row after it.
    """
    report = reporter(call, _CLOCK)

    def tell(seconds: float, reason: str) -> None:
        report(reason or "slow to answer", f"no good answer within {duration(seconds)}")

    return silence_watch().telling(tell)
