"""Lists: which records, in which order, and which part of them."""

import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.wire import values
from xplenty_pulumi.emulator.wire.messages import invalid

LIMIT_DEFAULT = 20
LIMIT_MAXIMUM = 100


class Listable(Protocol):
    """What every record of a list has."""

    @property
    def id(self) -> int: ...

    @property
    def created_at(self) -> Moment: ...

    @property
    def updated_at(self) -> Moment: ...


ListableT = TypeVar("ListableT", bound=Listable)


@dataclass(frozen=True, slots=True)
class Filter(Generic[ListableT]):
    """A parameter that keeps the records whose `value` it names; `everything` keeps all of them."""

    value: Callable[[ListableT], str]
    allowed: Sequence[str]
    default: str = "all"
    everything: str = "all"


@dataclass(frozen=True, slots=True)
class ListRules(Generic[ListableT]):
    """How one list is filtered, and what it can be sorted by besides both of its times: the `name` and `others`."""

    filters: Mapping[str, Filter[ListableT]] = field(default_factory=dict)
    name: Callable[[ListableT], str] | None = None
    others: Mapping[str, Callable[[ListableT], Any]] = field(default_factory=dict)
    sort: str = "created"


@dataclass(frozen=True, slots=True)
class ListPage(Generic[ListableT]):
    """One part of a list, and where the parts before and after it begin."""

    items: Sequence[ListableT]
    limit: int
    previous: int | None
    following: int | None


def page_of(
    records: Iterable[ListableT],
    parameters: Mapping[str, Any],
    *,
    rules: ListRules[ListableT],
    knobs: Knobs,
    now: Moment,
) -> ListPage[ListableT]:
    """Return the asked-for part of the records that pass every filter, sorted; the newest first by default."""
    kept = [record for record in records if record.created_at + knobs.list_lag_seconds <= now]
    for name, rule in rules.filters.items():
        wanted = _choice(parameters, name, (*rule.allowed, rule.everything), default=rule.default, knobs=knobs)
        if wanted != rule.everything:
            kept = [record for record in kept if rule.value(record) == wanted]
    if parameters.get("since"):
        since, changed = moment_of("since", parameters["since"]), attrgetter(knobs.since_filters_on)
        kept = [record for record in kept if int(changed(record)) >= since]
    sorts: dict[str, Callable[[ListableT], Any]] = {
        "created": lambda record: int(record.created_at),
        "updated": attrgetter("updated_at"),
        **({"name": rules.name} if rules.name else {}),
        **rules.others,
    }
    key = sorts[_choice(parameters, "sort", tuple(sorts), default=rules.sort, knobs=knobs)]
    direction = _choice(parameters, "direction", ("asc", "desc"), default="desc", knobs=knobs)
    ties = 1 if knobs.list_ties == "by_id" else -1
    kept.sort(key=lambda record: (key(record), ties * record.id), reverse=direction == "desc")
    return _cut(kept, parameters, knobs=knobs)


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


def _cut(records: Sequence[ListableT], parameters: Mapping[str, Any], *, knobs: Knobs) -> ListPage[ListableT]:
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
