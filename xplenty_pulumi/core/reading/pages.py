"""A list of the service, newest first, read page by page as far as it is asked for."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

from xplenty_pulumi.client import Client
from xplenty_pulumi.core.kinds.kind import Key, Kind, Phase
from xplenty_pulumi.core.kinds.ownership import Marked

FEW = 3
"""Fewer things than this are cheaper to read one by one."""
PAGE = 100
"""Records on one page of a list, the most that the service gives (documented)."""

RecordT = TypeVar("RecordT", bound=Marked)


def newest_first(client: Client, collection: str, **query: Any) -> Iterator[Any]:
    """Return a list of the client, from its newest record on; a page is fetched when its first record is asked for."""
    found: Iterator[Any] = getattr(client, collection).list(sort="created", direction="desc", **query)
    return found


class PagedList(Generic[RecordT]):
    """A list that is read from its beginning on; used by one thread at a time.

    `found` has what was read, each record once, by its key. After trouble nothing more is read.
    """

    def __init__(self, records: Iterable[RecordT]) -> None:
        self._records = records
        self._rest = iter(records)
        self._is_at_end = False
        self.found: dict[Any, RecordT] = {}

    @property
    def is_complete(self) -> bool:
        """Whether all of the list was read; false for one that the client has cut."""
        return self._is_at_end and getattr(self._records, "is_complete", True)

    def more(self) -> dict[Any, RecordT]:
        """Read one more page, and return what is on it; nothing at the end of the list."""
        if self._is_at_end:
            return {}
        self._is_at_end = True
        page = list(islice(self._rest, PAGE))
        self._is_at_end = len(page) < PAGE
        records = {one.key: one for one in page}
        self.found.update(records)
        return records

    def read_for(self, wanted: Collection[Key], *, few: int = 1) -> None:
        """Read down to where fewer than `few` of `wanted` are missing, or reading these one by one costs no more.

        A page costs one call, and so does a thing that is read by itself.
        """
        missing, barren = {*wanted}, 0
        while page := self.more():
            barren = 0 if missing & page.keys() else barren + 1
            missing -= page.keys()
            if len(missing) < few or barren >= len(missing):
                return

    def read_all(self) -> None:
        """Read on to the end."""
        while self.more():
            pass


def first_page(records: Iterable[RecordT]) -> tuple[RecordT, ...]:
    """Return what is on the first page of a list."""
    return tuple(PagedList(records).more().values())


def whole_list(read: Callable[[], Iterable[RecordT]]) -> tuple[RecordT, ...]:
    """Return all that a list has; `read` begins it anew.

    It is read twice where it fills a page: a record that leaves the list between two pages moves another one from the
    later to the earlier, where it is not seen.
    """
    found = {one.key: one for one in read()}
    if len(found) >= PAGE:
        found |= {one.key: one for one in read()}
    return tuple(found.values())


def listed_by_status(client: Client, kind: Kind, statuses: Sequence[str]) -> dict[Any, Any]:
    """Return what the lists of these statuses have, by key.

    In the order of a life, so that what moves on between two of these lists shows up in the later one. What is ready is
    listed once more at the end: a cluster comes back to that, from `scaling` or from `idle`. So is what fills a page: a
    record that leaves the list between two pages moves another one from the later to the earlier.
    """
    calls, found = getattr(client, kind.collection), dict[Any, Any]()
    again = [one for one in statuses if kind.phase(one) is Phase.READY]
    for status in statuses:
        listed = {one.key: one for one in calls.list(status=status)}
        found |= listed
        again += [status] if len(listed) >= PAGE and status not in again else []
    return found | {one.key: one for status in again for one in calls.list(status=status)}
