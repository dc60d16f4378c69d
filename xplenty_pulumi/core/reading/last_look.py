"""The look at the end of an operation that wrote: did it leave a cluster behind that the state does not hold."""

from datetime import datetime
from itertools import islice

from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.outcomes import CallKind
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.reading.polling import PAGE
from xplenty_pulumi.core.reading.strays import WINDOW, Stray, strays_among
from xplenty_pulumi.errors import Cancelled, XplentyError

LONGEST = 3.0
"""Seconds that the look may take; the engine waits for it."""
_BLIND = "whether interrupted creates have left a cluster could not be looked at"
_AGAIN = "`xplenty-pulumi recover` looks again"


class FinalCheck:
    """Looks once at the newest clusters, when an operation of the engine is over; thread-safe.

    What was handed in by the engine, or given back to it, is made known beforehand, and so are the stack's scopes.
    """

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._began = clock.now()
        self._scopes: set[str] = set()
        self._known: set[int] = set()

    def expect(self, scope: str) -> None:
        """Note a scope that the markers of this stack's resources carry."""
        self._scopes.add(scope)

    def hold(self, cluster_id: int) -> None:
        """Note that the engine's state holds this cluster, or is to hold it."""
        self._known.add(cluster_id)

    def text(self) -> str:
        """Return what the user should know, or an empty text; nothing is looked at where nothing was written.

        An operation that created nothing, such as a destroy, is also told what one of the last hour has left.
        """
        if not self._scopes or not self._has_sent(CallKind.WRITE, CallKind.CREATE):
            return ""
        try:
            newest = self._client.within(LONGEST).clusters.list(sort="created", direction="desc", page_size=PAGE)
            found = strays_among(islice(newest, PAGE), self._scopes, self._known)
        except Cancelled:  # the pause before a second try: the engine says in the same way that all is over
            return f"{_BLIND}: the service gave no usable answer. {_AGAIN}"
        except XplentyError as trouble:
            return f"{_BLIND}: {trouble.message}. {_AGAIN}"
        return _told([one for one in found if one.begun >= self._earliest()])

    def _earliest(self) -> datetime:
        minute = self._began.replace(second=0, microsecond=0)
        return minute if self._has_sent(CallKind.CREATE) else minute - WINDOW

    def _has_sent(self, *kinds: CallKind) -> bool:
        spent = self._client.meter.spent()
        return any(spent[kind] for kind in kinds)


def _told(strays: list[Stray]) -> str:
    if not strays:
        return ""
    named = " and ".join(map(str, strays))
    return (
        f"{named}: left by an interrupted create of this stack, in no state, and costs money. The next `pulumi up` "
        "adopts it if the program still declares it and the state holds no other in its place; `xplenty-pulumi recover "
        "--end-strays` ends it"
    )
