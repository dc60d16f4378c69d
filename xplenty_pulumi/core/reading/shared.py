"""Calls that are made once for all who need them at the same time.

Whoever waits for clusters, or for jobs, of an account is served by the same readings of its list. That holds everything
that ever was, newest first; it is read page by page down to the oldest thing waited for. Neither the filter by status
nor the one by the time of the last update would do: a thing moves between statuses while these are read one after the
other, and no source says whether progress counts as an update.
"""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.reading.pages import FEW, PagedList, RecordT
from xplenty_pulumi.errors import XplentyError

GATHERING = 0.5
"""Seconds between two calls: of many who ask at nearly the same moment, more share the next one."""
_FRESH = 5.0
"""Seconds for which what a reading of the list showed counts as what is there now."""

T = TypeVar("T")


@dataclass(frozen=True)
class NumberedResult(Generic[T]):
    """A call that is over; later ones have a higher `number`."""

    number: int
    value: Callable[[], T]
    trouble: XplentyError | None = None

    def get(self) -> T:
        """Return its value, or raise its trouble, without the traceback, which would grow with each who raises it."""
        if self.trouble is not None:
            raise self.trouble.with_traceback(None)
        return self.value()


class SharedCall(Generic[T]):
    """Calls `take` for whoever asks first, and gives what it returned to all who may have it; thread-safe.

    Trouble is shared as well, so that an outage does not cost a call for each who asks. With a `clock`, two calls begin
    half a second apart at least.
    """

    def __init__(self, take: Callable[[], T], *, clock: Clock | None = None) -> None:
        self._take = take
        self._clock = clock
        self._turn = threading.Lock()
        self._begun_at = float("-inf")
        self._latest: NumberedResult[T] | None = None
        self.begun = 0
        """The number of the call that began last."""

    def is_newer(self, number: int) -> bool:
        """Return whether a call with a higher number is over already, so that asking for it costs nothing."""
        latest = self._latest
        return latest is not None and latest.number > number

    def after(self, number: int) -> NumberedResult[T]:
        """Return a call that began after call `number` did, be it one that has failed."""
        if self._clock and not self.is_newer(number):
            self._clock.sleep(self._begun_at + GATHERING - self._clock.monotonic())
        with self._turn:
            latest = self._latest
            if latest is None or latest.number <= number:
                latest = self._latest = self._taken()
        return latest

    def now(self) -> T:
        """Return the value of a call that begins after this one; raises the trouble that it meets."""
        return self.after(self.begun).get()

    def once(self) -> T:
        """Return the value of the first call; raises the trouble that it met."""
        return self.after(0).get()

    def _taken(self) -> NumberedResult[T]:
        self.begun += 1
        self._begun_at = self._clock.monotonic() if self._clock else self._begun_at
        try:
            value = self._take()
        except XplentyError as trouble:
            return NumberedResult(self.begun, self._take, trouble)
        return NumberedResult(self.begun, lambda: value)


@dataclass(frozen=True)
class ListPoll(Generic[RecordT]):
    """What one reading of the list showed, the newest first, and when it began; `is_complete` if that is all."""

    records: dict[int, RecordT]
    begun: float
    is_complete: bool

    def surrounds(self, thing_id: int) -> bool:
        """Return whether it shows this thing, and with it what was made at about the same time."""
        return thing_id in self.records and (self.is_complete or next(reversed(self.records)) != thing_id)


class Poller(Generic[RecordT]):
    """Polls things of one kind for all who wait for one; thread-safe.

    `newest_first` begins to read the list anew; `get` reads one thing, and gives None where the service does not know
    it. `latest` is the newest reading of the list, None before the first.
    """

    def __init__(
        self, newest_first: Callable[[], Iterator[RecordT]], get: Callable[[int], RecordT | None], clock: Clock
    ) -> None:
        self._newest_first = newest_first
        self._get = get
        self._lock = threading.Lock()
        self._waiting: Counter[int] = Counter()
        self._clock = clock
        self._list = SharedCall(self._read_list, clock=clock)
        self.latest: ListPoll[RecordT] | None = None

    @contextmanager
    def following(self, thing_id: int) -> Iterator["PollReader[RecordT]"]:
        """Give what one who waits for this thing polls, for as long as the waiting lasts."""
        with self._lock:
            self._waiting[thing_id] += 1
        try:
            yield PollReader(self, thing_id, self._list.begun)
        finally:
            with self._lock:
                self._waiting -= Counter({thing_id: 1})

    def has_news(self, number: int) -> bool:
        """Return whether somebody has read the list since poll `number` began."""
        return self._list.is_newer(number)

    def poll(self, thing_id: int, *, after: int) -> NumberedResult[RecordT | None]:
        """Return a poll that began after poll `after` did.

        What is not in the list is read by itself before it counts as gone. A poll that has failed has a number too, so
        that nobody is shown the same failure twice.
        """
        with self._lock:
            is_single = self._waiting.total() < FEW
        if is_single:
            return NumberedResult(self._list.begun, lambda: self._get(thing_id))
        listed = self._list.after(after)
        return NumberedResult(listed.number, lambda: listed.get().get(thing_id) or self._get(thing_id))

    def just_shown_with(self, thing_id: int) -> Collection[RecordT] | None:
        """Return what the latest reading of the list showed, if that is this thing as well; else None.

        The reading has begun five seconds ago at most, and after the thing was made.
        """
        latest = self.latest
        if latest is None or self._clock.monotonic() - latest.begun > _FRESH or not latest.surrounds(thing_id):
            return None
        return latest.records.values()

    def _read_list(self) -> dict[int, RecordT]:
        with self._lock:
            wanted = set(self._waiting)
        begun, listing = self._clock.monotonic(), PagedList(self._newest_first())
        listing.read_for(wanted, few=FEW)
        self.latest = ListPoll(listing.found, begun, listing.is_complete)
        return listing.found


class PollReader(Generic[RecordT]):
    """What one who waits polls: it is never given a poll that is older than the last one that it was given."""

    def __init__(self, poller: Poller[RecordT], thing_id: int, number: int) -> None:
        self._poller = poller
        self._thing_id = thing_id
        self._number = number

    def poll(self) -> RecordT | None:
        """Return the thing as it is after the last poll; None where the service does not know it."""
        result = self._poller.poll(self._thing_id, after=self._number)
        self._number = result.number
        return result.get()

    def has_news(self) -> bool:
        """Return whether the next poll costs no call."""
        return self._poller.has_news(self._number)
