"""One poll for all: whoever waits for clusters, or for jobs, of an account is served by the same looks at its list.

A list holds everything that ever was, newest first. A look reads it page by page down to the oldest thing waited for.
Neither the filter by status nor the one by the time of the last update would do: a thing moves between statuses while
these are read one after the other, and no source says whether progress counts as an update.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.reading.shared_look import SharedCall

FEW = 3
"""Fewer waiters than this are cheaper to serve one by one."""
PAGE = 100
"""Things on one page of a list, the most that the service gives (documented)."""


class HasId(Protocol):
    """A record of the service."""

    @property
    def id(self) -> int: ...


RecordT = TypeVar("RecordT", bound=HasId)


class Poller(Generic[RecordT]):
    """Looks at things of one kind for all who wait for one; thread-safe.

    `newest_first` begins to read the list anew with each call, and fetches a page when its first record is asked for;
    `get` reads one thing, and gives None where the service does not know it.
    """

    def __init__(
        self, newest_first: Callable[[], Iterator[RecordT]], get: Callable[[int], RecordT | None], clock: Clock
    ) -> None:
        self._newest_first = newest_first
        self._get = get
        self._lock = threading.Lock()
        self._waiting: Counter[int] = Counter()
        self._list = SharedCall(self._look_down, clock=clock)

    @contextmanager
    def following(self, thing_id: int) -> Iterator["PollReader[RecordT]"]:
        """Give the place of one who waits for this thing, for as long as the waiting lasts."""
        with self._lock:
            self._waiting[thing_id] += 1
        try:
            yield PollReader(self, thing_id, self._list.begun)
        finally:
            with self._lock:
                self._waiting -= Counter({thing_id: 1})

    def has_news(self, number: int) -> bool:
        """Return whether somebody has looked at the list since look `number` began."""
        return self._list.is_newer(number)

    def look(self, thing_id: int, *, after: int) -> tuple[int, Callable[[], RecordT | None]]:
        """Return the number of a look that began after look `after` did, and what gives the thing as that shows it.

        What is not in the list is read singly before it is believed gone. A look that has failed has a number too, so
        that nobody is shown the same failure twice.
        """
        if self._count() < FEW:
            return self._list.begun, lambda: self._get(thing_id)
        taken = self._list.after(after)
        return taken.number, lambda: taken.shown().get(thing_id) or self._get(thing_id)

    def _count(self) -> int:
        with self._lock:
            return self._waiting.total()

    def _look_down(self) -> dict[int, RecordT]:
        """Read the list as far as it is worth its calls: a page costs one, and so does a thing that is read singly."""
        with self._lock:
            missing = set(self._waiting)
        seen, barren = dict[int, RecordT](), 0
        for page in pages(self._newest_first()):
            found = {record.id: record for record in page}
            barren = 0 if missing & found.keys() else barren + 1
            missing -= found.keys()
            seen.update(found)
            if len(missing) < FEW or barren >= len(missing):
                break
        return seen


class PollReader(Generic[RecordT]):
    """The place of one who waits: it remembers which look it has seen last, and is never shown an older one."""

    def __init__(self, poller: Poller[RecordT], thing_id: int, seen: int) -> None:
        self._poller = poller
        self._thing_id = thing_id
        self._seen = seen

    def look(self) -> RecordT | None:
        """Return the thing as it was seen after the last time; None where the service does not know it."""
        self._seen, show = self._poller.look(self._thing_id, after=self._seen)
        return show()

    def has_news(self) -> bool:
        """Return whether the next look costs no call."""
        return self._poller.has_news(self._seen)


def pages(records: Iterator[RecordT]) -> Iterator[list[RecordT]]:
    """Yield the records by the page, without asking for more than those."""
    page: list[RecordT] = []
    for record in records:
        page.append(record)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page
