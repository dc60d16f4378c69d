"""Telling whether a web hook's request is the service's: by its signature, the only part of it that proves anything."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from itertools import product

from xplenty_pulumi.core.kinds.hook import GROUPS
from xplenty_pulumi.redact import Secret

HEADER = "X-Hook-Signature"
PING = "ping"
EVENTS = (*(event for group in GROUPS.values() for event in group), *GROUPS, PING)


def signature(hook_id: str, event: str, url: str, salt: Secret) -> str:
    """Return the documented signature: SHA-1 over the hook's id, the event, the hook's address and its salt."""
    signed = f"{hook_id}{event}{url}{salt.reveal()}".encode(errors="surrogatepass")
    return hashlib.sha1(signed).hexdigest()  # noqa: S324 - it is what the service uses


def signed_event(
    given: str, *, hook_id: str, urls: Sequence[str], salts: Sequence[Secret], events: Iterable[str] = EVENTS
) -> str:
    """Return the event that the `given` signature is for, or an empty text where it is for none.

    The body of a request is the job or cluster and does not name the event, so every event there is, every address that
    the hook may have and every salt is tried.
    """
    wanted = given.strip().lower().encode(errors="replace")
    matching = ""
    for event, url, salt in product(events, urls, salts):
        if hmac.compare_digest(signature(hook_id, event, url, salt).encode(), wanted):
            matching = event
    return matching
