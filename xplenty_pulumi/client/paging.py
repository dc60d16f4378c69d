"""Lists that come in pages, fetched one by one as they are needed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from xplenty_pulumi.client.calls import Call, Caller
from xplenty_pulumi.client.headers import has_next_page, next_offset
from xplenty_pulumi.client.hook_models import Hook
from xplenty_pulumi.client.models import Cluster, Job, Package
from xplenty_pulumi.client.outcomes import Answered, Request
from xplenty_pulumi.client.parsing import read_records
from xplenty_pulumi.client.retry import CallKind

MOST_PAGES = 200

Item = TypeVar("Item", Cluster, Job, Package, Hook)


@dataclass(frozen=True)
class Listing(Generic[Item]):
    """A list call: what its items are, where it is, and its query, which has a `limit` but no `offset`."""

    model: type[Item]
    path: str
    resource: str
    query: Mapping[str, str] = field(repr=False)

    def items(self, caller: Caller) -> Iterator[Item]:
        """Yield the items in the service's order, each once although the list may grow meanwhile.

        Ends after 200 pages, and at a page that brings nothing new, so that a list that repeats itself ends too.
        """
        seen: set[int] = set()
        offset = 0
        for _ in range(MOST_PAGES):
            page = caller.run(self._call(offset))
            fresh = [item for item in page.items if item.id not in seen]
            yield from fresh
            seen.update(item.id for item in fresh)
            if page.following is None or not fresh:
                return
            offset = page.following

    def _call(self, offset: int) -> "Call[_Page[Item]]":
        request = Request("GET", self.path, {**self.query, "offset": str(offset)})
        return Call(CallKind.READ, request, self.resource, lambda answer: self._page(offset, answer))

    def _page(self, offset: int, answer: Answered) -> "_Page[Item]":
        items = read_records(self.model, answer)
        return _Page(items, _following(offset, len(items), limit=int(self.query["limit"]), answer=answer))


@dataclass(frozen=True)
class _Page(Generic[Item]):
    items: tuple[Item, ...]
    following: int | None


def _following(offset: int, count: int, *, limit: int, answer: Answered) -> int | None:
    """Where the next page starts, None after the last.

    The Link header decides whether there is one; its offset counts unless it is less than what was read, as in the
    documented example. Without the header a full page means that there is more.
    """
    counted = offset + count
    if not has_next_page(answer.headers):
        return counted if count >= limit else None
    told = next_offset(answer.headers)
    if told is not None and told <= offset:
        return None
    return max(counted, told or 0)
