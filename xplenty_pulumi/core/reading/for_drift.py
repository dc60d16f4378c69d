"""Reading an account for all that many states hold, at a call for each hundred things."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.kind import ENDING, Kind, Phase
from xplenty_pulumi.core.reading.lookup import or_none
from xplenty_pulumi.core.reading.polling import FEW, PAGE, HasId, pages
from xplenty_pulumi.errors import NotFoundError

_LAG = 2.0

RecordT = TypeVar("RecordT", bound=HasId)


@dataclass(frozen=True)
class AccountSnapshot(Generic[RecordT]):
    """The things that were looked for, None where the service does not know one, and what else came to sight."""

    found: Mapping[int, RecordT | None]
    all: tuple[RecordT, ...] = ()


class SnapshotReader:
    """Reads one account; used by one thread at a time."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def read(self, kind: Kind, wanted: Collection[int], *, all_living: bool = False) -> AccountSnapshot[Any]:
        """Return these things of a kind as they are now; with `all_living`, also all that carry markers and live.

        A list is read, newest first, as long as that is cheaper than reading singly what is missing. What is in no list
        and not known to the service is asked for once more after two seconds, before it counts as gone.

        Raises:
            XplentyError: the account cannot be read.
        """
        calls, is_marked = getattr(self._client, kind.collection), bool(kind.signed)
        list_ = iter(calls.list(sort="created", direction="desc"))
        is_whole = all_living and is_marked and not kind.phases
        seen: AccountSnapshot[Any] = self._look(wanted, lambda: list_, calls.get, always=is_marked, is_whole=is_whole)
        if not (all_living and is_marked) or is_whole:
            return seen
        # Reading on costs no more than one list for each status, unless the list goes back for long.
        unended = kind.statuses(*{*Phase} - ENDING)
        rest = list(islice(list_, len(unended) * PAGE + 1))
        if len(rest) > len(unended) * PAGE:
            rest = list(chain.from_iterable(calls.list(status=status) for status in unended))
        return AccountSnapshot(seen.found, tuple({one.id: one for one in (*seen.all, *rest)}.values()))

    def _look(
        self,
        wanted: Collection[int],
        newest_first: Callable[[], Iterator[RecordT]],
        get: Callable[[int], RecordT],
        *,
        always: bool = False,
        is_whole: bool = False,
    ) -> AccountSnapshot[RecordT]:
        """Read a list; with `always`, also for a few, because of what else is in it; `is_whole`, to its end."""
        if is_whole:
            listed = {one.id: one for one in newest_first()}
        else:
            listed = look_down(wanted, newest_first()) if wanted and (always or len(wanted) >= FEW) else {}
        missing = [number for number in wanted if number not in listed]
        single = self._single(missing, get, is_known=bool(listed))
        return AccountSnapshot(
            {number: listed.get(number) or single[number] for number in wanted}, tuple(listed.values())
        )

    def _single(
        self, numbers: Collection[int], get: Callable[[int], RecordT], *, is_known: bool
    ) -> dict[int, RecordT | None]:
        """Read things one by one; whether the account `is_known` to the service was seen from a list."""

        def look(number: int) -> RecordT | None:
            one = partial(get, number)
            return _or_none(one) if is_known else or_none(one, self._client)

        found = {number: look(number) for number in numbers}
        absent = [number for number, record in found.items() if record is None]
        if absent:
            self._clock.sleep(_LAG)
        return {**found, **{number: look(number) for number in absent}}


def look_down(wanted: Collection[int], newest_first: Iterator[RecordT]) -> dict[int, RecordT]:
    """Return what is in the list, down to where reading the rest singly costs no more."""
    missing, barren, seen = {*wanted}, 0, dict[int, RecordT]()
    for page in pages(newest_first):
        found = {record.id: record for record in page}
        barren = 0 if missing & found.keys() else barren + 1
        missing -= found.keys()
        seen.update(found)
        if not missing or barren >= len(missing):
            break
    return seen


def _or_none(get: Callable[[], RecordT]) -> RecordT | None:
    try:
        return get()
    except NotFoundError:
        return None
