"""Whether something is gone. A service that lags behind itself may not know for a moment what its own list shows."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Generic, TypeVar

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.reading.polling import HasId
from xplenty_pulumi.core.reading.shared_look import SharedCall

GONE_AFTER = 10.0
"""Seconds between the two single looks that must both miss a thing before it counts as gone."""

Key = int | str
"""What identifies a thing among those of its kind: its id, or more where an id is one only within a type."""
RecordT = TypeVar("RecordT", bound=HasId)


class Presence(Generic[RecordT]):
    """Finds things of one kind by their key, and says of none that it is gone before that is certain; thread-safe.

    It is certain where two single looks at least ten seconds apart miss the thing, and so does a complete list that was
    begun after the first of them. `get` looks at one thing, None where the service does not know it; `list_all` reads
    the whole list, and `key` is what a thing of it is looked up by.
    """

    def __init__(
        self,
        get: Callable[[Any], RecordT | None],
        list_all: Callable[[], Iterable[RecordT]],
        clock: Clock,
        *,
        key: Callable[[RecordT], Key] = attrgetter("id"),
    ) -> None:
        self._get = get
        self._clock = clock
        self._list = SharedCall(lambda: {key(one): one for one in list_all()})

    def find(self, thing_id: Key) -> RecordT | None:
        """Return the thing as it is now, or None where it is gone; a list that shows it is believed."""
        return self._get(thing_id) or self._missed(thing_id)

    def seen(self, thing_id: Key) -> RecordT | None:
        """Return the thing as a single look shows it, or else a complete list; None is no proof that it is gone."""
        return self._get(thing_id) or self.listed(thing_id)

    def listed(self, thing_id: Key) -> RecordT | None:
        """Return the thing as a complete list shows it that is begun after this call, or None."""
        return self._list.now().get(thing_id)

    def _missed(self, thing_id: Key) -> RecordT | None:
        missed_at = self._clock.monotonic()
        found = self.listed(thing_id)
        if found is not None:
            return found
        self._clock.sleep(missed_at + GONE_AFTER - self._clock.monotonic())
        return self._get(thing_id)
