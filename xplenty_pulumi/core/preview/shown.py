"""Which of the things that a plan changes in place the service still has."""

import threading
from functools import partial
from typing import Any

from xplenty_pulumi.client import Client
from xplenty_pulumi.core.kinds.kind import Key, Kind
from xplenty_pulumi.core.reading.lookup import or_none
from xplenty_pulumi.core.reading.pages import PagedList, newest_first


class ShownRecords:
    """Gives the records of an account by their keys, from one list for each kind; thread-safe.

    What is not on the pages that were read so far costs one page more, and one call where it is not on that either:
    a thousand in one list cost as many calls as the list has pages, and a single one costs two at most.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._turn = threading.Lock()
        self._lists: dict[str, PagedList[Any]] = {}

    def find(self, kind: Kind, key: Key) -> Any | None:
        """Return the record, None where the service does not know it any more or shows it as removed."""
        with self._turn:
            listing = self._lists.get(kind.name) or PagedList[Any](newest_first(self._client, kind.collection))
            if key not in listing.found:
                self._lists.pop(kind.name, None)  # after trouble a list would count as read to its end
                listing.more()
            self._lists[kind.name] = listing
            found = listing.found.get(key)
        if found is None:  # a list may not show yet, or not at all, what is there
            found = or_none(partial(getattr(self._client, kind.collection).get, key), None)
        return None if found is None or kind.is_removed(found) else found
