"""How far the list of a kind is read: for a refresh, for an overview that is shown again and again, and for drift."""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.kind import GOING_OR_GONE, Key, Kind, Phase
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import Marked
from xplenty_pulumi.core.reading.lookup import or_none
from xplenty_pulumi.core.reading.pages import (
    FEW,
    PAGE,
    PagedList,
    RecordT,
    first_page,
    listed_by_status,
    newest_first,
)
from xplenty_pulumi.core.reading.strays import UnfinishedRecords
from xplenty_pulumi.errors import ApiError, XplentyError

_GATHERING = 0.05
_PAUSE_THAT_ENDS_IT = 2.0
_OLDEST = 120.0
_PAGES_AT_FIRST = 10
_LAG = 2.0


class RefreshListing(Generic[RecordT]):
    """Gives things from a list that it reads as far as it is asked for; thread-safe.

    The engine asks for many things at once and does not say how many there will be. As long as it goes on asking, the
    list is read on from where it was left, so that a thousand things cost ten pages. What is given was read after the
    first of those who ask together had asked, and is at most two minutes old.
    """

    def __init__(self, newest_first: Callable[[], Iterator[RecordT]], clock: Clock) -> None:
        self._newest_first = newest_first
        self._clock = clock
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._asking = self._asked = 0
        self._listing: PagedList[RecordT] | None = None
        self._unfinished: UnfinishedRecords[RecordT] | None = None
        self._begun = self._used_at = float("-inf")

    def find(self, thing_id: Key) -> RecordT | None:
        """Return the thing, or None where it is better read singly: few are asked for, or it is too far down the list.

        A list that cannot be read is not asked again; whoever wants to know why reads singly.
        """
        self._count_asking(1)
        try:
            if not self._is_open():
                self._clock.sleep(_GATHERING)
            with self._turn:
                if not self._is_open():
                    self._listing, self._asked = None, 0
                    if self._asking >= FEW:
                        self._listing = PagedList(self._newest_first())
                        self._begun = self._used_at = self._clock.monotonic()
                return self._read_down_to(thing_id, self._listing) if self._listing else None
        finally:
            self._count_asking(-1)

    def unfinished_of(self, owner: Marker) -> list[RecordT] | None:
        """Return what was read so far and carries an unfinished marker of `owner`, the newest first.

        None where the list is not kept any more.
        """
        with self._turn:
            if self._listing is None:
                return None
            if self._unfinished is None or self._unfinished.listing is not self._listing:
                self._unfinished = UnfinishedRecords(self._listing)
            return self._unfinished.of(owner)

    def _count_asking(self, change: int) -> None:
        with self._count:
            self._asking += change

    def _is_open(self) -> bool:
        """Whether those who ask now ask together with those before."""
        now = self._clock.monotonic()
        return now - self._begun <= _OLDEST and now - self._used_at <= _PAUSE_THAT_ENDS_IT

    def _read_down_to(self, thing_id: Key, listing: PagedList[RecordT]) -> RecordT | None:
        """The thing, after reading on to the end of its page if need be.

        Ten pages at first, then one for each thing that was asked for: a list that goes back for years is not read to
        its end because of a handful of old things.
        """
        self._asked += 1
        try:
            while thing_id not in listing.found and len(listing.found) < (_PAGES_AT_FIRST + self._asked) * PAGE:
                if not listing.more():
                    break
        except XplentyError:
            return None
        finally:
            # However long the pages took, those who have waited for them ask together with this one.
            self._used_at = self._clock.monotonic()
        return listing.found.get(thing_id)


class ListedRecord(Marked, Protocol):
    """A record with a status."""

    @property
    def status(self) -> str: ...


StatusT = TypeVar("StatusT", bound=ListedRecord)


class StatusListing(Generic[StatusT]):
    """What is in a list and matters: its newest hundred, and all that is older but has not ended.

    `newest_first` reads the list of a status (`all` for every one), `get` one thing, None where the service does not
    know it. With `statuses`, only the newest hundred of each are read. Used by one thread at a time.
    """

    def __init__(
        self,
        newest_first: Callable[[str], Iterator[StatusT]],
        get: Callable[[int], StatusT | None],
        kind: Kind,
        *,
        statuses: tuple[str, ...] = (),
    ) -> None:
        self._newest_first = newest_first
        self._get = get
        self._kind = kind
        self._statuses = statuses
        self._page: Mapping[int, StatusT] = {}
        self._older: Mapping[int, StatusT] = {}

    def read(self) -> tuple[StatusT, ...]:
        """Return what there is now, the newest first.

        This costs one call where everything fits on a page. Otherwise the first reading costs one more for each status
        that is no end, and later ones one more for each status that something older than the page has, and one for each
        such thing that has left it.
        """
        if self._statuses:
            found = [one for status in self._statuses for one in first_page(self._newest_first(status))]
            return _in_order(found)
        listing = PagedList(self._newest_first("all"))
        page = listing.more()
        self._older = {} if listing.is_complete else self._read_older(page)
        self._page = page
        return _in_order([*page.values(), *self._older.values()])

    def _read_older(self, page: Mapping[int, StatusT]) -> dict[int, StatusT]:
        """What has not ended and is not on the page; and for once what has ended there since the last reading."""
        followed = {
            number: one
            for number, one in {**self._page, **self._older}.items()
            if number not in page and not self._kind.is_final(one.status)
        }
        is_new = not self._page.keys() & page.keys()
        statuses = self._kind.unfinished if is_new else sorted({one.status for one in followed.values()})
        listed = {one.id: one for status in statuses for one in self._newest_first(status)}
        for number in followed.keys() - listed.keys():
            if (moved := self._get(number)) is not None:
                listed[number] = moved
        return {number: one for number, one in listed.items() if number not in page}


def _in_order(records: Iterable[StatusT]) -> tuple[StatusT, ...]:
    return tuple(sorted({one.id: one for one in records}.values(), key=lambda one: -one.id))


def definitions(client: Client, kind: Kind) -> tuple[Any, ...]:
    """Return all of a kind; none where the service refuses to list it, since this key has made none then either.

    Raises:
        XplentyError: the list cannot be read for another reason.
    """
    try:
        return tuple(getattr(client, kind.collection).list())
    except ApiError as refused:
        if refused.status not in {403, 404}:
            raise
        return ()


@dataclass(frozen=True)
class AccountSnapshot(Generic[RecordT]):
    """The things that were looked for, None where the service does not know one, and all else that was read."""

    found: Mapping[Key, RecordT | None]
    all: tuple[RecordT, ...] = ()


class SnapshotReader:
    """Reads one account for all that many states hold; used by one thread at a time."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def read(
        self, kind: Kind, wanted: Mapping[Key, Mapping[str, object]], *, all_living: bool = False
    ) -> AccountSnapshot[Any]:
        """Return these things of a kind as they are now; with `all_living`, also all that carry markers and live.

        `wanted` has what was seen of each last. A list is read, newest first, as long as that is cheaper than reading
        singly what is missing, or what the list does not show whole. What is in no list and not known to the service is
        asked for once more after two seconds, before it counts as gone.

        Raises:
            XplentyError: the account cannot be read.
        """
        listing: PagedList[Any] = PagedList(newest_first(self._client, kind.collection))
        is_marked = bool(kind.signed)
        if all_living and is_marked and not kind.phases:
            listing.read_all()
        elif wanted and (is_marked or len(wanted) >= FEW):
            listing.read_for({*wanted})
        listed = listing.found
        missing = [key for key, seen in wanted.items() if key not in listed or not kind.is_whole(listed[key], seen)]
        found = {**listing.found, **self._read_singly(kind, missing, is_account_known=bool(listing.found))}
        older = self._read_living(kind, listing) if all_living and is_marked else {}
        return AccountSnapshot({key: found[key] for key in wanted}, tuple({**listing.found, **older}.values()))

    def _read_living(self, kind: Kind, listing: PagedList[Any]) -> dict[Key, Any]:
        """Read on where that costs no more than one list for each status; else return what these lists have."""
        statuses = kind.statuses(*{*Phase} - GOING_OR_GONE)
        for _ in range(len(statuses) + 1):
            listing.more()
        if listing.is_complete:
            return {}
        return listed_by_status(self._client, kind, statuses)

    def _read_singly(self, kind: Kind, keys: Collection[Key], *, is_account_known: bool) -> dict[Key, Any]:
        client = None if is_account_known else self._client
        parts = {"include": kind.parts} if kind.parts else {}
        get = partial(getattr(self._client, kind.collection).get, **parts)
        found = {key: or_none(partial(get, key), client) for key in keys}
        absent = [key for key, record in found.items() if record is None]
        if absent:
            self._clock.sleep(_LAG)
        return {**found, **{key: or_none(partial(get, key), client) for key in absent}}
