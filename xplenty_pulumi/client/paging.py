"""Lists that come in pages, fetched one by one as they are needed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from xplenty_pulumi.client.http.answers import offset_in
from xplenty_pulumi.client.http.calls import ApiCall, Caller
from xplenty_pulumi.client.http.outcomes import Answered, HttpRequest
from xplenty_pulumi.client.http.retry import CallKind
from xplenty_pulumi.client.models import Identified
from xplenty_pulumi.client.whose import Collection

MOST_PAGES = 200

Item = TypeVar("Item", bound=Identified)


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page, and where the next one starts.

    The Link header decides whether there is one; its offset counts unless it is less than what was read, as in the
    documented example. Without the header a page is the last unless it is full.
    """

    items: tuple[Item, ...]
    following: int
    is_last: bool = False


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
        yield from self._read_pages(page_at)
        if not self.is_complete:
            self._note_cut()

    def _read_pages(self, page_at: Callable[[int], Page[Item]]) -> Iterator[Item]:
        seen: set[int] = set()
        offset = 0
        for _ in range(MOST_PAGES):
            page = page_at(offset)
            fresh = [item for item in page.items if item.id not in seen]
            yield from fresh
            seen.update(item.id for item in fresh)
            self.is_complete = page.is_last or not page.items
            if page.is_last or page.following <= offset or not fresh:
                return
            offset = page.following


@dataclass(frozen=True)
class Listing(Generic[Item]):
    """A list call: what its items are, where they are, and its query, which has a `limit` but no `offset`."""

    model: type[Item]
    at: Collection
    query: Mapping[str, str] = field(repr=False)

    def items(self, caller: Caller) -> Listed[Item]:
        """Return the items; a page is fetched when it is needed."""
        return Listed(lambda offset: caller.run(self._call(offset)), note_cut=lambda: caller.cut.add(self.at.name))

    def _call(self, offset: int) -> ApiCall[Page[Item]]:
        request = HttpRequest("GET", self.at.path, {**self.query, "offset": str(offset)})
        return ApiCall(CallKind.READ, request, self.at.name, lambda answer: self._page(offset, answer))

    def _page(self, offset: int, answer: Answered) -> Page[Item]:
        items = self.at.read_all(self.model, answer)
        counted, limit = offset + len(items), int(self.query["limit"])
        if answer.next_page is None:
            return Page(items, counted, is_last=len(items) < limit)
        told = offset_in(answer.next_page)
        return Page(items, offset if told is not None and told <= offset else max(counted, told or 0))
