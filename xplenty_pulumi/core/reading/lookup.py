"""Reading one thing: a 404 and what it means, whether something is gone, and the one thing that has a name."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, Generic, TypeVar

from xplenty_pulumi.client import Client, Cluster, Connection, Package, Schedule
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.kind import Key
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import Marked, Origin
from xplenty_pulumi.core.reading.pages import RecordT
from xplenty_pulumi.core.reading.shared import SharedCall
from xplenty_pulumi.errors import AuthError, NotFoundError, RefusedError, UnsureError
from xplenty_pulumi.text import duration

GONE_AFTER = 10.0
"""Seconds between the two single reads that must both miss a thing before it counts as gone."""
APPEARS_WITHIN = 600.0
"""Seconds after its create for which what no read has shown may be shown later, and does not count as gone."""

T = TypeVar("T")
R = TypeVar("R", bound=Marked)
NamedT = TypeVar("NamedT", Cluster, Package, Schedule, Connection)


def or_none(get: Callable[[], T], client: Client | None) -> T | None:
    """Return what `get` returns, or None where the service does not know it, although it knows the account.

    Without a `client` the account is known already.

    Raises:
        AuthError: it does not know the account either, or the key may not see it; so nothing is known of what is there.
    """
    try:
        return get()
    except NotFoundError:
        if client is not None:
            require_account(client)
        return None


def or_listed(get: Callable[[], R], list_all: Callable[[], Iterable[R]], client: Client, *, number: Key) -> R | None:
    """Return what `get` returns, or else the record with this key in a whole list, where a 404 is about to pass.

    Raises:
        AuthError: as `or_none`.
    """
    return or_none(get, client) or next((one for one in list_all() if one.key == number), None)


class Presence(Generic[RecordT]):
    """Finds things of one kind by their key, and says of none that it is gone before that is certain; thread-safe.

    A service may not yet show by itself what its own list shows. It is certain where two single reads at least ten
    seconds apart miss the thing, and so does a complete list that was begun after the first of them. `get` reads one
    thing, None where the service does not know it; `list_all` reads the whole list.
    """

    def __init__(
        self,
        get: Callable[[Any], RecordT | None],
        list_all: Callable[[], Iterable[RecordT]],
        clock: Clock,
    ) -> None:
        self._get = get
        self._clock = clock
        self._list = SharedCall(lambda: {one.key: one for one in list_all()})

    def find(self, thing_id: Key) -> RecordT | None:
        """Return the thing as it is now, or None where it is gone; what a list shows is there."""
        if (found := self._get(thing_id)) is not None:
            return found
        missed_at = self._clock.monotonic()
        if (found := self.listed(thing_id)) is not None:
            return found
        self._clock.sleep(missed_at + GONE_AFTER - self._clock.monotonic())
        return self._get(thing_id)

    def get(self, thing_id: Key) -> RecordT | None:
        """Return the thing as it is by itself, or else in a complete list; None is no proof that it is gone."""
        return self._get(thing_id) or self.listed(thing_id)

    def listed(self, thing_id: Key) -> RecordT | None:
        """Return the thing as a complete list shows it that is begun after this call, or None."""
        return self._list.now().get(thing_id)


def require_shown(thing: object | None, made: Origin, client: Client, *, resource: str, costs: bool = True) -> None:
    """Return unless the `thing` is not shown and was `made` so recently that the service may show it later.

    Raises:
        UnsureError: less than ten minutes ago, and the state has it with its first status.
    """
    if thing is not None or not made.is_new:
        return
    if (born := _born(made)) is not None:
        age = (client.account_time - born).total_seconds()
        if abs(age) < APPEARS_WITHIN:  # a creation later than now says that two clocks differ, for however long
            raise UnsureError(
                f"the service does not show it (404), although it was created {duration(max(0.0, age))} ago, so it may "
                f"exist{', and cost money,' if costs else ''} and be shown later; nothing was changed",
                resource=resource,
                advice=f"Run the same command again; {duration(APPEARS_WITHIN)} after its creation it counts as gone",
            )


def _born(made: Origin) -> datetime | None:
    """When it was created: as the service showed it, or else by its last create call; None where neither is known."""
    with suppress(ValueError):
        return datetime.fromisoformat(made.at)
    begun = (Marker("", "", nonce).begun for nonce in made.nonces)
    return max((one for one in begun if one is not None), default=None)


def require_account(client: Client) -> None:
    """Return where the key may see the clusters of the account.

    Raises:
        AuthError: the service does not know the account, or the key may not see it.
    """
    try:
        next(iter(client.clusters.list(page_size=1)), None)
    except NotFoundError:
        raise AuthError(
            "the service does not know the account (404), or the key may not see it, so its contents are not known",
            status=404,
            advice=f"Check {client.names.both('accountId')}, {client.names.both('apiUrl')} and the key",
        ) from None


def named(found: Iterable[NamedT], name: str) -> tuple[NamedT, ...]:
    """Return those with exactly this name, the lowest id first."""
    return tuple(sorted((one for one in found if one.name == name), key=lambda one: one.id))


def only(found: Iterable[NamedT], name: str, *, noun: str, state: str = "", undone: str = "") -> NamedT:
    """Return the one of `found` with exactly this name; they are of a kind, the `noun`, and perhaps in one `state`.

    `undone` says what did not happen where it is not known which one is meant.

    Raises:
        NotFoundError: there is none.
        RefusedError: there are several.
    """
    matches = named(found, name)
    if len(matches) == 1:
        return matches[0]
    resource = f"{noun} {name!r}"
    if not matches:
        text = f"there is no {f'{state} ' if state else ''}{noun} of that name{undone}"
        advice = "Names count exactly as they are written, capitals included; or give its id"
        raise NotFoundError(text, status=404, resource=resource, advice=advice)
    ids = ", ".join(str(one.key) for one in matches)
    raise RefusedError(
        f"{noun}s {ids} all have that name{undone}", resource=resource, advice="Give the id of the one that is meant"
    )


def as_id(name_or_id: str) -> int | None:
    """Return the id that a text of digits is, None for a name."""
    text = name_or_id.strip()
    return int(text) if text.isascii() and text.isdigit() else None


def package_id(client: Client, name_or_id: str, *, undone: str = "") -> str:
    """Return the id of the active package with exactly this name; a text of digits is an id itself.

    Raises:
        NotFoundError: there is none.
        RefusedError: there are several.
    """
    number = as_id(name_or_id)
    if number is None:
        number = only(client.packages.list(), name_or_id, noun="package", state="active", undone=undone).id
    return str(number)
