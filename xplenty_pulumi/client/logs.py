"""Keeping the key out of what the HTTP libraries log."""

import logging
from collections.abc import Callable

from xplenty_pulumi.redact import ScrubbingFilter, Secret

LOGGERS = (
    "httpx",
    "httpcore",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
"""By name, because a filter on a logger does not see what its children log."""


def scrub_http_logs(secret: Secret) -> Callable[[], None]:
    """Mask `secret` in all that httpx and httpcore log, until the returned function is called."""
    scrubbing = ScrubbingFilter([secret])
    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        logger.addFilter(scrubbing)

    def stop() -> None:
        for logger in loggers:
            logger.removeFilter(scrubbing)

    return stop
