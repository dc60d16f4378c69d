"""One look down an account's list for all the things that are read together, as a refresh does.

The engine asks for many things at once and does not say how many there will be. As long as it goes on asking, the list
is read on from where it was left, so that a thousand things cost ten pages.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.reading.polling import FEW, PAGE, HasId
from xplenty_pulumi.errors import XplentyError

_GATHERING = 0.05
_PAUSE_THAT_ENDS_IT = 2.0
_OLDEST = 120.0
_PAGES_AT_FIRST = 10

RecordT = TypeVar("RecordT", bound=HasId)


class RefreshListing(Generic[RecordT]):
    """Gives things from a list that it reads as far as it is asked for; thread-safe.

    What it gives was read after the first of those who ask together had asked, and is at most two minutes old.
    """

    def __init__(self, newest_first: Callable[[], Iterator[RecordT]], clock: Clock) -> None:
        self._newest_first = newest_first
        self._clock = clock
        self._turn = threading.Lock()
        self._asking = 0
        self._count = threading.Lock()
        self._sheet: _ListingPart[RecordT] | None = None

    def find(self, thing_id: int) -> RecordT | None:
        """Return the thing, or None where it is better read singly: few are asked for, or it is too far down the list.

        A list that cannot be read is not asked again; whoever wants to know why reads singly.
        """
        with self._among_those_who_ask():
            if self._open_sheet() is None:
                self._clock.sleep(_GATHERING)
            with self._turn:
                sheet = self._open_sheet() or self._new_sheet()
                return sheet.down_to(thing_id) if sheet else None

    def seen(self) -> list[RecordT]:
        """Return everything that was read so far, the newest first."""
        sheet = self._sheet
        return sheet.records() if sheet else []

    @contextmanager
    def _among_those_who_ask(self) -> Iterator[None]:
        with self._count:
            self._asking += 1
        try:
            yield
        finally:
            with self._count:
                self._asking -= 1

    def _open_sheet(self) -> "_ListingPart[RecordT] | None":
        sheet, now = self._sheet, self._clock.monotonic()
        return sheet if sheet and sheet.is_open(now) else None

    def _new_sheet(self) -> "_ListingPart[RecordT] | None":
        self._sheet = None
        if self._asking >= FEW:
            self._sheet = _ListingPart(self._newest_first(), self._clock)
        return self._sheet


class _ListingPart(Generic[RecordT]):
    """The part of a list that was read; used by one thread at a time."""

    def __init__(self, list_: Iterator[RecordT], clock: Clock) -> None:
        self._list = list_
        self._clock = clock
        self._begun = self._used_at = clock.monotonic()
        self._seen: dict[int, RecordT] = {}
        self._asked = 0

    def is_open(self, now: float) -> bool:
        """Return whether those who ask now ask together with those before."""
        return now - self._begun <= _OLDEST and now - self._used_at <= _PAUSE_THAT_ENDS_IT

    def down_to(self, thing_id: int) -> RecordT | None:
        """Return the thing, after reading on to the end of its page if need be.

        Ten pages at first, then one for each thing that was asked for: a list that goes back for years is not read to
        its end because of a handful of old things.
        """
        self._asked += 1
        while thing_id not in self._seen and len(self._seen) < (_PAGES_AT_FIRST + self._asked) * PAGE:
            if not self._read_page():
                break
        # However long the pages took, those who have waited for them ask together with this one.
        self._used_at = self._clock.monotonic()
        return self._seen.get(thing_id)

    def records(self) -> list[RecordT]:
        """Return what was read."""
        return list(self._seen.values())

    def _read_page(self) -> bool:
        before = len(self._seen)
        try:
            for record in self._list:
                self._seen[record.id] = record
                if len(self._seen) % PAGE == 0:
                    break
        except XplentyError:
            self._list = iter(())
        return len(self._seen) > before
