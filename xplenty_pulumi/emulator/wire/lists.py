"""Lists: which records, in which order, and which part of them."""

import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from xplenty_pulumi.emulator.knobs import Knobs
from xplenty_pulumi.emulator.life.records import Moment
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.messages import invalid

LIMIT_DEFAULT = 20
LIMIT_MAXIMUM = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Filter(Generic[T]):
    """A parameter that keeps the records whose `value` it names; `everything` keeps all of them."""

    value: Callable[[T], str]
    allowed: Sequence[str]
    default: str = "all"
    everything: str = "all"


@dataclass(frozen=True, slots=True)
class ListRules(Generic[T]):
    """What one list can sort and filter by; the first sort is the default, and so is descending order."""

    sorts: Mapping[str, Callable[[T], Any]]
    updated_at: Callable[[T], Moment]
    created_at: Callable[[T], Moment]
    filters: Mapping[str, Filter[T]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """One part of a list, and where the parts before and after it begin."""

    items: Sequence[T]
    limit: int
    previous: int | None
    following: int | None


def page_of(
    records: Iterable[T], parameters: Mapping[str, Any], *, listing: ListRules[T], knobs: Knobs, now: Moment
) -> ListPage[T]:
    """Return the asked-for part of the records that pass every filter, sorted."""
    kept = [record for record in records if listing.created_at(record) + knobs.list_lag_seconds <= now]
    kept = _since(_filtered(kept, parameters, listing=listing, knobs=knobs), parameters, listing=listing, knobs=knobs)
    sort = _choice(parameters, "sort", tuple(listing.sorts), default=next(iter(listing.sorts)), knobs=knobs)
    direction = _choice(parameters, "direction", ("asc", "desc"), default="desc", knobs=knobs)
    kept.sort(key=listing.sorts[sort], reverse=direction == "desc")
    return _cut(kept, parameters, knobs=knobs)


def _filtered(records: list[T], parameters: Mapping[str, Any], *, listing: ListRules[T], knobs: Knobs) -> list[T]:
    for name, rule in listing.filters.items():
        allowed = (*rule.allowed, rule.everything)
        wanted = _choice(parameters, name, allowed, default=rule.default, knobs=knobs)
        if wanted != rule.everything:
            records = [record for record in records if rule.value(record) == wanted]
    return records


def _since(records: list[T], parameters: Mapping[str, Any], *, listing: ListRules[T], knobs: Knobs) -> list[T]:
    if not parameters.get("since"):
        return records
    since = moment_of("since", parameters["since"])
    changed = listing.updated_at if knobs.since_filters_on == "updated_at" else listing.created_at
    return [record for record in records if int(changed(record)) >= since]


def moment_of(field: str, value: Any) -> Moment:
    """Return an ISO 8601 time as a moment; without a zone it is UTC."""
    try:
        time = datetime.fromisoformat(values.text(field, value).strip())
    except ValueError:
        raise invalid(field, f"must be an ISO 8601 time, got {values.shown(value)}") from None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _choice(parameters: Mapping[str, Any], name: str, allowed: Sequence[str], *, default: str, knobs: Knobs) -> str:
    """Letters in any case are understood: a client in use sends `ASC`."""
    given = parameters.get(name)
    if given is None or given == "":
        return default
    wanted = str(given).lower()
    if wanted in allowed:
        return wanted
    if knobs.unknown_list_value == "ignore":
        return default
    raise invalid(name, f"must be one of {', '.join(allowed)}, got {values.shown(given)}")


def _cut(records: Sequence[T], parameters: Mapping[str, Any], *, knobs: Knobs) -> ListPage[T]:
    limit = _bounded(parameters, "limit", default=LIMIT_DEFAULT, lowest=1, highest=LIMIT_MAXIMUM, knobs=knobs)
    offset = _bounded(parameters, "offset", default=0, lowest=0, highest=None, knobs=knobs)
    more = offset + limit < len(records) or knobs.next_link_on_last_page
    return ListPage(
        items=records[offset : offset + limit],
        limit=limit,
        previous=max(offset - limit, 0) if offset else None,
        following=offset + limit if more else None,
    )


def _bounded(
    parameters: Mapping[str, Any], name: str, *, default: int, lowest: int, highest: int | None, knobs: Knobs
) -> int:
    given = parameters.get(name)
    if given is None or given == "":
        return default
    wanted = values.whole(name, given)
    bounded = max(wanted, lowest) if highest is None else min(max(wanted, lowest), highest)
    if bounded != wanted and knobs.limit_out_of_range == "refuse":
        range_text = f"{lowest} or more" if highest is None else f"between {lowest} and {highest}"
        raise invalid(name, f"must be {range_text}, got {wanted}")
    return bounded


def link_header(page: ListPage[Any], parameters: Mapping[str, Any], *, url: str) -> dict[str, str]:
    """Return the Link header that names the parts beside this one, if there are any (RFC 5988)."""
    others = {name: str(value) for name, value in parameters.items() if name not in ("limit", "offset")}
    links = [
        f'<{url}?{urllib.parse.urlencode(others | {"offset": str(offset), "limit": str(page.limit)})}>; rel="{rel}"'
        for rel, offset in (("next", page.following), ("prev", page.previous))
        if offset is not None
    ]
    return {"Link": ", ".join(links)} if links else {}
