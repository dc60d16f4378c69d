"""Looking at a list again and again, at one call a time however many rows there are."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Generic, Protocol, TypeVar

from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.reading.polling import PAGE


class ListedRecord(Protocol):
    """A record of a list."""

    @property
    def id(self) -> int: ...

    @property
    def status(self) -> str: ...


RecordT = TypeVar("RecordT", bound=ListedRecord)
Lists = Callable[[str], Iterator["RecordT"]]


class StatusListing(Generic[RecordT]):
    """What is in a list and matters: its newest hundred, and all that is older but has not ended.

    `newest_first` reads the list of a status (`all` for every one), `get` one thing, None where the service does not
    know it. With `statuses`, only the newest hundred of each are looked at. Used by one thread at a time.
    """

    def __init__(
        self,
        newest_first: Callable[[str], Iterator[RecordT]],
        get: Callable[[int], RecordT | None],
        kind: Kind,
        *,
        statuses: tuple[str, ...] = (),
    ) -> None:
        self._newest_first = newest_first
        self._get = get
        self._kind = kind
        self._statuses = statuses
        self._page: dict[int, RecordT] = {}
        self._older: dict[int, RecordT] = {}

    def look(self) -> tuple[RecordT, ...]:
        """Return what there is now, the newest first.

        This costs one call where everything fits on a page. Otherwise the first look costs one more for each status
        that is no end, and later ones one more for each status that something older than the page has, and one for each
        such thing that has left it.
        """
        if self._statuses:
            found = [one for status in self._statuses for one in islice(self._newest_first(status), PAGE)]
            return _in_order(found)
        before, page = self._page, self._by_id(islice(self._newest_first("all"), PAGE))
        self._older = self._look_for_older(page, before) if len(page) == PAGE else {}
        self._page = page
        return _in_order([*page.values(), *self._older.values()])

    def _look_for_older(self, page: dict[int, RecordT], before: dict[int, RecordT]) -> dict[int, RecordT]:
        """What has not ended and is not on the page; and for once what has ended there since the last look."""
        followed = {
            number: one
            for number, one in {**before, **self._older}.items()
            if number not in page and not self._kind.is_final(one.status)
        }
        is_new = not before.keys() & page.keys()
        statuses = self._kind.unfinished if is_new else tuple(sorted({one.status for one in followed.values()}))
        listed = self._by_id(one for status in statuses for one in self._newest_first(status))
        for number in followed.keys() - listed.keys():
            if (moved := self._get(number)) is not None:
                listed[number] = moved
        return {number: one for number, one in listed.items() if number not in page}

    @staticmethod
    def _by_id(records: Iterable[RecordT]) -> dict[int, RecordT]:
        return {one.id: one for one in records}


def _in_order(records: Iterable[RecordT]) -> tuple[RecordT, ...]:
    return tuple(sorted({one.id: one for one in records}.values(), key=lambda one: -one.id))
