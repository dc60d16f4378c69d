"""From what callers pass to paths, queries and bodies; everything wrong with it is a SpecError that names it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from xplenty_pulumi.errors import SpecError

LARGEST_PAGE = 100


def checked_id(value: int, *, field: str) -> int:
    """Return `value` if it can be an id."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SpecError(f"{field} must be a positive whole number", field=field)
    return value


def checked_body(fields: Mapping[str, object]) -> dict[str, object]:
    """Return `fields` as a body, each value being one that JSON can express."""
    for name, value in fields.items():
        try:
            json.dumps(value, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError):
            raise SpecError(f"{name} holds a value that JSON cannot express", field=name) from None
    return dict(fields)


def list_query(
    *,
    status: str | None = None,
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
    named = {
        "status": status,
        "sort": sort,
        "direction": direction,
        "since": _timestamp(since),
        **filters,
        "limit": page_size,
    }
    return {name: str(value) for name, value in named.items() if value is not None} | include_query(include)


def include_query(include: Sequence[str]) -> dict[str, str]:
    """Return the query that asks for more than the service shows by itself."""
    return {"include": ",".join(include)} if include else {}


def _timestamp(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise SpecError("since must have a time zone", field="since")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
