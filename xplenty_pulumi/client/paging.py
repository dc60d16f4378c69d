"""Lists that come in pages: the query of a list call, and its items, fetched page by page as they are needed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from xplenty_pulumi.client.http.answers import offset_in
from xplenty_pulumi.client.models import Identified
from xplenty_pulumi.errors import SpecError
from xplenty_pulumi.text import stamp

MOST_PAGES = 200
LARGEST_PAGE = 100

Item = TypeVar("Item", bound=Identified)


def list_query(
    *,
    sort: str | None = None,
    direction: str | None = None,
    since: datetime | None = None,
    include: Sequence[str] = (),
    page_size: int,
    **filters: str | int | None,
) -> dict[str, str]:
    """Return the query of a list call, without its offset; what is None is left to the service."""
    if isinstance(page_size, bool) or not 1 <= page_size <= LARGEST_PAGE:
        raise SpecError(f"page_size must be from 1 to {LARGEST_PAGE}", field="page_size")
    if since is not None and since.tzinfo is None:
        raise SpecError("since must have a time zone", field="since")
    moment = None if since is None else stamp(since)
    named = {**filters, "sort": sort, "direction": direction, "since": moment, "limit": page_size}
    return {name: str(value) for name, value in named.items() if value is not None} | include_query(include)


def include_query(include: Sequence[str]) -> dict[str, str]:
    """Return the query that asks for more than the service shows by itself."""
    return {"include": ",".join(include)} if include else {}


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page, and where the next one starts."""

    items: tuple[Item, ...]
    following: int
    is_last: bool = False


def page_of(items: tuple[Item, ...], link: str | None, *, offset: int, limit: int) -> Page[Item]:
    """Return the page of a list that begins at `offset`, with the target of its Link header, if there is one.

    The Link header decides whether there is a next page; its offset counts unless it is less than what was read, as in
    the documented example. Without the header a page is the last unless it is full.
    """
    counted = offset + len(items)
    if link is None:
        return Page(items, counted, is_last=len(items) < limit)
    named = offset_in(link)
    return Page(items, offset if named is not None and named <= offset else max(counted, named or 0))


class Listed(Iterator[Item]):
    """The items of a list in the service's order, each once although the list may grow meanwhile.

    `is_complete` becomes true where the service says that there are no more. It stays false for a list that is not read
    to its end, that ends here after 200 pages, or that repeats itself: what is not in it may exist all the same.
    """

    def __init__(self, page_at: Callable[[int], Page[Item]], *, note_cut: Callable[[], None]) -> None:
        self.is_complete = False
        self._note_cut = note_cut
        self._items: Iterator[Item] = self._read(page_at)

    def __next__(self) -> Item:
        return next(self._items)

    def _read(self, page_at: Callable[[int], Page[Item]]) -> Iterator[Item]:
        seen: set[int | str] = set()
        offset = 0
        for _ in range(MOST_PAGES):
            page = page_at(offset)
            fresh = [item for item in page.items if item.key not in seen]
            yield from fresh
            seen.update(item.key for item in fresh)
            self.is_complete = page.is_last or not page.items
            if page.is_last or page.following <= offset or not fresh:
                break
            offset = page.following
        if not self.is_complete:
            self._note_cut()
