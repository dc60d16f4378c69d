"""Sending a report to an address that somebody else has set up to be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from xplenty_pulumi.client.http.address import Address, parse_address
from xplenty_pulumi.client.http.outcomes import Answered, HttpRequest, Outcome, Unsure
from xplenty_pulumi.client.http.transport import HttpTransport, Transport
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.errors import ConfigError, XplentyError
from xplenty_pulumi.redact import scrub

TIMEOUT = 10.0
"""Seconds within which a post is answered, or has failed."""


@dataclass(frozen=True)
class Receiver:
    """Where reports go; `repr` shows no path, because that may hold a token."""

    address: Address
    path: str = field(repr=False)

    @classmethod
    def at(cls, url: str) -> "Receiver":
        """Return the receiver at `url`; raises ConfigError unless it is https, or http to this machine."""
        try:
            parts = urlsplit(url.strip())
            address = parse_address(f"{parts.scheme}://{parts.netloc}")
        except (ValueError, ConfigError):
            raise ConfigError(
                "the address for reports is not one that they are sent to",
                setting="--hook",
                advice="Give one that begins with https://, or http:// to this machine, without a user name",
            ) from None
        query = f"?{parts.query}" if parts.query else ""
        return cls(address, f"{parts.path or '/'}{query}")

    def post(self, document: Mapping[str, object], *, clock: Clock, http: HttpTransport | None = None) -> None:
        """Send the document as JSON, once; no key goes with it and no redirect is followed.

        Raises:
            XplentyError: it was not answered with a success within ten seconds.
        """
        transport = Transport(self.address, None, clock=clock, http=http, read_timeout=TIMEOUT)
        try:
            outcome = transport.send(HttpRequest("POST", self.path, body=document), timeout=TIMEOUT)
        finally:
            transport.close()
        if trouble := _trouble(outcome):
            raise XplentyError(
                f"the report could not be posted: {scrub(trouble, [self.path, self.path.partition('?')[0]])}",
                resource=self.address.authority,
                advice="It is posted again by the next run with the same --since-last",
            )


def _trouble(outcome: Outcome) -> str:
    """What went wrong; a success may have any body."""
    if isinstance(outcome, Answered):
        return "" if outcome.is_success else f"it was answered with {outcome.status}"
    if isinstance(outcome, Unsure) and outcome.status is not None:
        return "" if 200 <= outcome.status < 300 else f"it was answered with {outcome.status}"
    return outcome.reason
